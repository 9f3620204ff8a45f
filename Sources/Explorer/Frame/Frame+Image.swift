import Analysis

extension Frame {
    /// Draws a picture as large as fits in `area`, its proportions kept, by what the palette's terminal can show: two
    /// pixels a cell by upper half blocks, four by quadrants where the picture has as many; shades of grey where colours
    /// are few or none. Returns the area it took.
    ///
    /// - Parameter tint: laid over it, where there are colours for that.
    @discardableResult
    mutating func image(
        _ thumbnail: Thumbnail, in area: Area, _ palette: Palette, tint: HeatTint? = nil
    ) -> Area {
        let taken = Self.extent(of: thumbnail, in: area)
        guard !taken.isEmpty else { return taken }
        switch palette.depth {
        case .indexed256, .direct:
            if thumbnail.width >= taken.width * 3 / 2 {
                quadrants(thumbnail, tint, in: taken)
            } else {
                halves(thumbnail, tint, taken)
            }
        case .ansi16: greys(thumbnail, in: taken)
        // White ink on black paper, or the terminal's own ink on its own paper.
        case .ansi8: shades(thumbnail, in: taken, Style(foreground: .ansi(7), background: .ansi(0)), inverted: false)
        case .none: shades(thumbnail, in: taken, Style(), inverted: !palette.isDark)
        }
        show(Picture(area: taken, thumbnail: thumbnail, tint: tint))
        return taken
    }

    /// The cells that a picture takes in an area: a cell is half as wide as it is high.
    static func extent(of thumbnail: Thumbnail, in area: Area) -> Area {
        guard !area.isEmpty, thumbnail.width > 0, thumbnail.height > 0 else {
            return Area(column: area.column, row: area.row, width: 0, height: 0)
        }
        let scale = min(
            Double(area.width) / Double(thumbnail.width), Double(area.height * 2) / Double(thumbnail.height))
        let width = max(1, Int((Double(thumbnail.width) * scale).rounded()))
        let rows = max(1, Int((Double(thumbnail.height) * scale / 2).rounded()))
        return Area(column: area.column, row: area.row, width: width, height: rows)
    }

    /// Two pixels a cell.
    private mutating func halves(_ thumbnail: Thumbnail, _ tint: HeatTint?, _ area: Area) {
        let picture = thumbnail.scaled(width: area.width, height: area.height * 2).under(tint)
        area.forEachCell { point, column, row in
            let (upper, lower) = (picture.color(x: column, y: row * 2), picture.color(x: column, y: row * 2 + 1))
            put("▀", at: point, style: Style(foreground: upper.told, background: lower.told))
        }
    }

    /// Four pixels a cell in two colours.
    private mutating func quadrants(_ thumbnail: Thumbnail, _ tint: HeatTint?, in area: Area) {
        let picture = thumbnail.scaled(width: area.width * 2, height: area.height * 2).under(tint)
        area.forEachCell { point, column, row in
            let cell = QuadrantCell([
                picture.color(x: column * 2, y: row * 2), picture.color(x: column * 2 + 1, y: row * 2),
                picture.color(x: column * 2, y: row * 2 + 1), picture.color(x: column * 2 + 1, y: row * 2 + 1),
            ])
            put(
                String(cell.character), at: point,
                style: Style(foreground: cell.ink.told, background: cell.paper.told))
        }
    }

    /// Two pixels a cell in the four greys among the sixteen colours, an ordered dither between them.
    private mutating func greys(_ thumbnail: Thumbnail, in area: Area) {
        let tones = Tones(thumbnail.scaled(width: area.width, height: area.height * 2))
        let numbers: [UInt8] = [0, 8, 7, 15]
        area.forEachCell { point, column, row in
            let (upper, lower) = (tones.dithered(column, row * 2, of: 4), tones.dithered(column, row * 2 + 1, of: 4))
            put(
                "▀", at: point, style: Style(foreground: .ansi(numbers[upper]), background: .ansi(numbers[lower])))
        }
    }

    /// One pixel a cell by how much of it is inked.
    private mutating func shades(_ thumbnail: Thumbnail, in area: Area, _ style: Style, inverted: Bool) {
        let tones = Tones(thumbnail.scaled(width: area.width, height: area.height))
        let characters: [Character] = [" ", "░", "▒", "▓", "█"]
        area.forEachCell { point, column, row in
            let level = min(4, Int(tones.share(column, row) * 5))
            put(String(characters[inverted ? 4 - level : level]), at: point, style: style)
        }
    }
}

extension Area {
    /// Calls `body` with each cell's place on the screen, and its column and row in the area.
    fileprivate func forEachCell(_ body: (Point, Int, Int) -> Void) {
        for row in 0..<height {
            for column in 0..<width { body(point(column, row), column, row) }
        }
    }
}

extension RGB {
    /// The colour in steps of 8 a channel, of 4 where it is dark, or almost a grey, that of the palette's ramp: cells that
    /// look alike are then of one colour, and a terminal is told fewer.
    fileprivate var told: RGB {
        let (least, most) = (min(red, green, blue), max(red, green, blue))
        guard most - least <= 2 else {
            let step = most < 96 ? 4 : 8
            func rounded(_ value: UInt8) -> UInt8 { UInt8(min(255, (Int(value) + step / 2) / step * step)) }
            return RGB(rounded(red), rounded(green), rounded(blue))
        }
        if most <= 3 { return RGB(0, 0, 0) }
        if least >= 247 { return RGB(255, 255, 255) }
        let grey = UInt8(8 + 10 * min(23, max(0, (Int(green) - 3) / 10)))
        return RGB(grey, grey, grey)
    }
}

extension Thumbnail {
    fileprivate func under(_ tint: HeatTint?) -> Thumbnail { tint.map { $0.applied(to: self) } ?? self }
}
