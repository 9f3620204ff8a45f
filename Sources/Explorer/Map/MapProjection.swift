/// The smallest rectangle around all points, in the map's units.
struct MapBounds: Sendable {
    private(set) var lower = SIMD2<Float>()
    private(set) var upper = SIMD2<Float>()

    init(_ places: [SIMD2<Float>]) {
        guard let first = places.first else { return }
        lower = first
        upper = first
        for place in places { (lower, upper) = (pointwiseMin(lower, place), pointwiseMax(upper, place)) }
    }
}

/// From the map's units to the dots of a canvas. Both axes have one scale: a Braille dot is about square.
struct MapProjection {
    /// Dots a unit of the map.
    let scale: Float
    let center: SIMD2<Float>
    private let middle: SIMD2<Float>

    /// - Parameters:
    ///   - width: of the canvas, in dots.
    ///   - height: likewise.
    init(_ bounds: MapBounds, _ window: MapWindow, width: Int, height: Int) {
        let extent = bounds.upper - bounds.lower
        let room = SIMD2(Float(max(1, width - 4)), Float(max(1, height - 4)))
        let fit = (room / pointwiseMax(extent, SIMD2(repeating: .leastNormalMagnitude))).min()
        scale = (fit.isFinite ? fit : 1) * window.factor
        center = window.center ?? (bounds.lower + bounds.upper) / 2
        middle = SIMD2(Float(width) / 2, Float(height) / 2)
    }

    /// The dot of a place, from the upper left; perhaps outside the canvas.
    func dot(_ place: SIMD2<Float>) -> (x: Int, y: Int) {
        let d = (place - center) * scale
        return (Self.whole(middle.x + d.x), Self.whole(middle.y - d.y))
    }

    /// Rounded down; far outside is as good as the edge of Int.
    private static func whole(_ value: Float) -> Int {
        let bounded = max(-1e6, min(1e6, value))
        let whole = Int(bounded)
        return Float(whole) > bounded ? whole - 1 : whole
    }

    /// The place under the middle of a dot.
    func place(x: Int, y: Int) -> SIMD2<Float> {
        center + SIMD2(Float(x) + 0.5 - middle.x, middle.y - Float(y) - 0.5) / scale
    }
}
