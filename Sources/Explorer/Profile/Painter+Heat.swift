import Analysis

/// The heat maps of the pictures on the screen, on one scale.
struct ShownHeat {
    private let maps: [Int: HeatMap]
    /// From the least to the greatest activation of them; nil while none is there.
    let scale: ClosedRange<Float>?
    /// How many maps there are to come in all.
    let wanted: Int
    var known: Int { maps.count }
    /// How many of the maps are there; nil once all are.
    var progress: String? { known < wanted ? "heat \(known) of \(wanted)…" : nil }

    /// Nil where they are not wanted, or nothing on the screen has any.
    init?(_ state: State) {
        guard state.profile.heat.isShown, let shown = state.shownPictures else { return nil }
        maps = Dictionary(
            uniqueKeysWithValues: shown.images.compactMap { image in
                state.profile.heat.map(of: shown.unit, image).map { (image, $0) }
            })
        scale = ClosedRange(of: maps.values)
        wanted = shown.images.count
    }

    /// What is laid over an image.
    func tint(_ image: Int) -> HeatTint? {
        guard let map = maps[image], let scale else { return nil }
        return HeatTint(map, over: scale)
    }
}

extension Painter {
    /// An image with its heat, where that is wanted and known. Where colours are few, digits or marks say it; in colour the
    /// hottest place has a mark of its own.
    mutating func picture(_ image: ActivatingImage, in area: Area) {
        let tint = heat?.tint(image.image)
        let taken = frame.image(image.thumbnail, in: area, palette, tint: tint)
        guard let tint, !taken.isEmpty else { return }
        if palette.depth >= .indexed256 {
            markHottest(tint, in: taken)
        } else if HeatMarks.hasDigits(tint.map, on: taken) {
            digits(tint, in: taken)
        } else {
            marks(tint, in: taken)
        }
    }

    /// What colours, digits or marks mean, at the right end of a line: the longest wording that fits.
    mutating func heatLegend(in line: Area) {
        guard let heat else { return }
        guard let scale = heat.scale else { return frame.putRight("heat…", in: line, style: palette[.dim]) }
        let far = heat.known < heat.wanted ? "\(heat.known)/\(heat.wanted) " : ""
        for words in ["heat " + far, far, ""] where scaleBar(words, scale, in: line) { return }
    }

    /// `words −1.20 ▇▇▇▇▇ 3.41`, flush right; false where there is no room.
    private mutating func scaleBar(_ words: String, _ scale: ClosedRange<Float>, in line: Area) -> Bool {
        let isNegative = state.wantedUnit?.pole == .negative
        let ends = isNegative ? [scale.upperBound, scale.lowerBound] : [scale.lowerBound, scale.upperBound]
        let figures = ends.map { fixed(Double($0), decimals(for: Double(max(abs(ends[0]), abs(ends[1]))))) }
        let bar = palette.depth >= .indexed256 ? "      " : HeatMarks.legend
        let text = words + figures[0] + " " + bar + " " + figures[1]
        guard displayWidth(of: text) <= line.width else { return false }
        frame.putRight(text, in: line, style: palette[.dim])
        guard palette.depth >= .indexed256 else { return true }
        let start = line.width - displayWidth(of: figures[1]) - 1 - bar.count
        for step in 0..<bar.count {
            frame.put(
                "█", at: line.point(start + step),
                style: Style(foreground: HeatTint.color(Float(step) / Float(bar.count - 1))))
        }
        return true
    }

    /// Under an enlarged image: the unit, the scale, the hottest place, and what the unit itself is read from.
    mutating func heatLines(of image: ActivatingImage, from rest: inout Area) {
        guard let heat else { return }
        let line = rest.takeBottom(1)
        guard let tint = heat.tint(image.image) else {
            return _ = frame.put("heat…", at: line.origin, width: line.width, style: palette[.dim])
        }
        let (map, hottest) = (tint.map, tint.map.hottest)
        let value = map.values[hottest.row * map.columns + hottest.column]
        let words =
            "hottest \(fixed(Double(value), 3)) at row \(hottest.row + 1), column \(hottest.column + 1) of "
            + "\(map.rows) x \(map.columns)"
        let read = state.study?.facts.pooling ?? ""
        let source =
            switch read {
            case "cls": "; the unit is read at the class token: \(fixed(Double(map.pooled), 3))"
            case "mean": "; mean of all \(map.values.count + map.others.count): \(fixed(Double(map.pooled), 3))"
            default: ""
            }
        var legend = line
        for text in [words + source, words] where displayWidth(of: text) + 24 <= line.width || text == words {
            let used = frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[.dim])
            _ = legend.takeLeft(used + 2)
            return heatLegend(in: legend)
        }
    }

    private mutating func markHottest(_ tint: HeatTint, in area: Area) {
        let cell = HeatMarks.middle(of: tint.map.hottest, tint.map, on: area)
        guard area.width >= 6, area.contains(cell) else { return }
        let place = tint.map.hottest
        let heat = tint.map.heat(row: place.row, column: place.column, over: tint.range)
        let ink = heat > 0.5 ? RGB(0, 0, 0) : RGB(255, 255, 255)
        frame.put("◆", at: cell, style: Style(foreground: ink, background: HeatTint.color(heat)))
    }

    /// In the middle of every place a digit, from 0 to 9.
    private mutating func digits(_ tint: HeatTint, in area: Area) {
        for row in 0..<tint.map.rows {
            for column in 0..<tint.map.columns {
                let cell = HeatMarks.middle(of: (row, column), tint.map, on: area)
                guard area.contains(cell) else { continue }
                let digit = min(9, Int(tint.map.heat(row: row, column: column, over: tint.range) * 10))
                frame.put("\(digit)", at: cell, style: HeatMarks.style(isHot: digit >= 7, palette))
            }
        }
    }

    /// A mark on every cell that is of the hottest part.
    private mutating func marks(_ tint: HeatTint, in area: Area) {
        for row in 0..<area.height {
            for column in 0..<area.width {
                let heat = tint.heat(
                    x: (Double(column) + 0.5) / Double(area.width), y: (Double(row) + 0.5) / Double(area.height))
                guard let heat, heat >= HeatMarks.hot else { continue }
                frame.put("#", at: area.point(column, row), style: HeatMarks.style(isHot: true, palette))
            }
        }
    }
}

/// How heat reads where there are no colours for it.
private enum HeatMarks {
    static let legend = "0…9 #"
    static let hot: Float = 0.7

    /// Whether every place is large enough for a digit beside some of the picture.
    static func hasDigits(_ map: HeatMap, on area: Area) -> Bool {
        Double(area.width) * map.window.width >= 2 * Double(map.columns)
            && Double(area.height) * map.window.height >= Double(map.rows)
    }

    /// The cell in the middle of a place.
    static func middle(of place: (row: Int, column: Int), _ map: HeatMap, on area: Area) -> Point {
        area.cell(
            at: map.window.middle(row: place.row, column: place.column, rows: map.rows, columns: map.columns))
    }

    static func style(isHot: Bool, _ palette: Palette) -> Style {
        let style = Style(
            foreground: palette.inColor ? .ansi(7) : nil, background: palette.inColor ? .ansi(0) : nil,
            attributes: .bold)
        return isHot ? style.with(.reverse) : style
    }
}

extension Area {
    /// The cell at a point of it, given as shares of its width and height; outside where the point is.
    func cell(at point: (x: Double, y: Double)) -> Point {
        self.point(
            Int((point.x * Double(width)).rounded(.down)), Int((point.y * Double(height)).rounded(.down)))
    }
}
