import Analysis

/// Where the parts of a drawn map stand, in pixels: shared by SVG and PNG.
struct MapDrawing {
    let map: UnitMap
    let coloring: MapColoring
    static let width = 1000
    static let height = 760
    static let plot = (x: 40.0, y: 70.0, width: 700.0, height: 650.0)
    static let legend = (x: 775.0, y: 92.0, pitch: 22.0)
    static let mostGroups = 26

    /// A disc's radius by the number of units.
    var radius: Double { max(1.6, min(6, 90 / Double(max(1, map.points.count)).squareRoot())) }

    /// Every point with its place; one scale for both axes, as t-SNE knows no axes.
    var places: [(point: UnitMap.Point, x: Double, y: Double)] {
        let (xs, ys) = (map.points.map { Double($0.x) }, map.points.map { Double($0.y) })
        guard let left = xs.min(), let right = xs.max(), let bottom = ys.min(), let top = ys.max() else { return [] }
        let plot = Self.plot
        let scale = min(
            (plot.width - 2 * radius) / max(right - left, 1e-9), (plot.height - 2 * radius) / max(top - bottom, 1e-9))
        return map.points.map { point in
            (
                point, plot.x + plot.width / 2 + (Double(point.x) - (left + right) / 2) * scale,
                plot.y + plot.height / 2 - (Double(point.y) - (bottom + top) / 2) * scale
            )
        }
    }

    /// The groups by name with their units and colours, those beyond the legend left out.
    var groups: [(name: String, size: Int, color: UInt32)] {
        zip(map.groups(coloring), map.sizes(coloring)).enumerated().prefix(Self.mostGroups).map {
            ($1.0, $1.1, GroupColors.color($0, onDark: false))
        }
    }

    func color(_ point: UnitMap.Point) -> UInt32 { GroupColors.color(map.group(of: point, coloring), onDark: false) }

    /// What the picture shows.
    var title: String {
        let unit = map.points.first?.unit
        let noun = unit?.kind == .feature ? "features" : "units"
        return "\(map.points.count) \(noun) of \(unit?.layer ?? "") in the concept space"
    }

    /// How it was made, and how well the colours part it.
    var caption: String {
        let perplexity = fixed(map.perplexity, map.perplexity == map.perplexity.rounded() ? 0 : 1)
        var parts = ["t-SNE, perplexity \(perplexity), seed \(map.seed)"]
        if let divergence = map.divergence { parts.append("KL \(fixed(divergence, 3))") }
        if let silhouette = map.silhouette(coloring) { parts.append(Self.words(silhouette)) }
        if map.deadFeatures > 0 { parts.append("\(map.deadFeatures) dead features left out") }
        return parts.joined(separator: "; ")
    }

    static func words(_ silhouette: SilhouetteScore) -> String {
        "silhouette \(fixed(silhouette.score, 3)), labels shuffled \(fixed(silhouette.shuffledMean, 3)) "
            + "± \(fixed(silhouette.shuffledDeviation, 3)), p = \(fixed(silhouette.pValue, 3))"
    }

    /// A number with so many decimals, without Foundation's locale.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
        let digits = Int((abs(value) * Double(scale)).rounded())
        let fraction = "\(digits % scale)"
        let tail = decimals == 0 ? "" : "." + String(repeating: "0", count: decimals - fraction.count) + fraction
        return (value < 0 && digits > 0 ? "-" : "") + "\(digits / scale)" + tail
    }

    private func fixed(_ value: Double, _ decimals: Int) -> String { Self.fixed(value, decimals) }
}
