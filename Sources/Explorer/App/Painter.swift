/// Draws a state on a frame; each screen and pane is an extension in a file of its own.
struct Painter {
    let state: State
    let palette: Palette
    let layout: Layout
    /// What the interventions come to, where the screen shows them.
    let reading: SteerReading?
    /// The heat maps of the pictures on the screen, where they are wanted.
    let heat: ShownHeat?
    var frame: Frame

    init(_ state: State, size: Size) {
        self.state = state
        palette = state.appearance.palette
        let layout = state.layout(in: size)
        self.layout = layout
        let needsReading = layout[.steering] != nil || state.overlay?.isChanges == true
        reading = needsReading ? state.study.map { SteerReading(state, $0) } : nil
        heat = ShownHeat(state)
        frame = Frame(size: size, style: state.appearance.palette[.text])
    }

    func isFocused(_ panel: Panel) -> Bool { state.focus == panel && state.overlay == nil }

    /// Draws a pane's title over a rule, heavy where the focus is, and returns the area below.
    mutating func pane(_ title: String, note: String = "", in area: Area, focused: Bool) -> Area {
        var rest = area
        let line = rest.takeTop(1)
        guard !line.isEmpty else { return rest }
        let rule = palette[focused ? .accent : .border]
        frame.fill(line, with: focused ? "━" : "─", style: rule)
        let titleStyle = palette[focused ? .accent : .text].with(.bold)
        let used = frame.put(
            " " + title.fitted(to: line.width - 5) + " ", at: line.point(2), width: line.width - 3, style: titleStyle)
        if !note.isEmpty, line.width - used - 6 > displayWidth(of: note) {
            frame.putRight(
                " " + note + " ", in: Area(column: line.column, row: line.row, width: line.width - 1, height: 1),
                style: palette[.dim])
        }
        return rest
    }

    /// A hint in the middle of an empty pane.
    mutating func hint(_ lines: [String], in area: Area) {
        let lines = lines.flatMap { wrapped($0, to: area.width) }
        let block = area.centered(width: area.width, height: lines.count)
        for (row, line) in lines.enumerated() {
            frame.putCentered(line, in: block.line(row), style: palette[.dim])
        }
    }

    /// Marks a row of a list: plainly where the focus is, faintly elsewhere.
    mutating func select(_ line: Area, focused: Bool) {
        let palette = palette
        frame.restyle(line) { style in
            if focused || palette.inColor && !palette.depth.isANSI {
                palette.select(&style)
            } else {
                style.attributes.insert(.underline)
            }
            if focused { style.attributes.insert(.bold) }
        }
    }

    /// The first of some wordings, the longest first, that is no wider than `width`; else the last, cut.
    func fitting(_ wordings: [String], in width: Int) -> String {
        wordings.first { displayWidth(of: $0) <= width } ?? wordings.last?.fitted(to: width) ?? ""
    }

    /// Decimals that show three figures of a score of this size.
    func decimals(for largest: Double) -> Int {
        switch abs(largest) {
        case 100...: 0
        case 10...: 1
        case 1...: 2
        case 0.1...: 3
        case 0.01...: 4
        default: 5
        }
    }

    /// Text broken at blanks into lines of at most `width` columns.
    func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in text.split(whereSeparator: \.isWhitespace) {
            let last = lines[lines.count - 1]
            let longer = last.isEmpty ? String(word) : last + " " + word
            if last.isEmpty || displayWidth(of: longer) <= width {
                lines[lines.count - 1] = longer
            } else {
                lines.append(String(word))
            }
        }
        return lines.map { $0.fitted(to: width) }
    }
}
