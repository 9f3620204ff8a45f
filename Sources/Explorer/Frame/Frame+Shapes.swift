extension Frame {
    /// A horizontal bar that fills `fraction` of `area`'s first row, to half a cell: a thin line, so that the bars of
    /// neighbouring rows stay apart.
    package mutating func bar(_ fraction: Double, in area: Area, style: Style) {
        guard !area.isEmpty, fraction > 0 else { return }
        let halves = Int((min(1, fraction) * Double(area.width * 2)).rounded())
        let full = String(repeating: "━", count: halves / 2)
        // Something that is not nothing always shows.
        put(full + (halves % 2 == 1 || halves == 0 ? "╸" : ""), at: area.origin, width: area.width, style: style)
    }

    /// Columns of different heights (0 to 1), one for each value, growing from the bottom of `area`.
    package mutating func columns(_ heights: [Double], in area: Area, style: Style) {
        let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        for (column, height) in heights.prefix(area.width).enumerated() {
            var eighths = Int((max(0, min(1, height)) * Double(area.height * 8)).rounded())
            if eighths == 0, height > 0 { eighths = 1 }
            for row in stride(from: area.height - 1, through: 0, by: -1) {
                put(String(blocks[min(8, max(0, eighths))]), at: area.point(column, row), style: style)
                eighths -= 8
            }
        }
    }

    /// A box with rounded corners, its inside cleared, its title in the upper edge. Returns the inside.
    @discardableResult
    package mutating func box(_ area: Area, title: String, border: Style, titleStyle: Style) -> Area {
        guard area.width >= 2, area.height >= 2 else { return area.inset(columns: 1, rows: 1) }
        fill(area, style: border)
        let edge = String(repeating: "─", count: area.width - 2)
        put("╭" + edge + "╮", at: area.origin, style: border)
        put("╰" + edge + "╯", at: area.point(0, area.height - 1), style: border)
        for row in 1..<area.height - 1 {
            put("│", at: area.point(0, row), style: border)
            put("│", at: area.point(area.width - 1, row), style: border)
        }
        if !title.isEmpty {
            put(
                " " + title.fitted(to: area.width - 6) + " ", at: area.point(2), width: area.width - 4,
                style: titleStyle)
        }
        return area.inset(columns: 1, rows: 1)
    }
}
