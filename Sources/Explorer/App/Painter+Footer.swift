extension Painter {
    /// The message, or what the keys do here.
    mutating func footer() {
        let line = layout.footer.inset(columns: 1)
        if let message = state.message { return put(message, endingIn: line) }
        let hints = KeyTable.hints(for: state.scopes)
        var left = line
        let always = hints.filter { [.help, .quit].contains($0.command) }
        for hint in always.reversed() {
            let text = hint.keys + " " + hint.label
            let box = left.takeRight(displayWidth(of: text))
            put(hint, at: box)
            _ = left.takeRight(2)
        }
        for hint in hints where ![.help, .quit].contains(hint.command) {
            let width = displayWidth(of: hint.keys + " " + hint.label)
            guard width <= left.width else { break }
            put(hint, at: left.takeLeft(width))
            _ = left.takeLeft(2)
        }
    }

    /// A message that is longer than the line takes lines above it: what is wrong stands at its beginning, what to do at its
    /// end.
    private mutating func put(_ message: Message, endingIn line: Area) {
        let role: Role =
            switch message.tone {
            case .plain: .text
            case .success: .positive
            case .failure: .negative
            }
        let lines = wrapped((message.tone == .failure ? "! " : "") + message.text, to: line.width)
            .suffix(max(1, frame.size.rows / 3))
        let area = Area(
            column: 0, row: line.row - lines.count + 1, width: frame.size.columns, height: lines.count)
        if lines.count > 1 {
            frame.cover(area)
            frame.fill(area, style: palette[.text])
        }
        for (row, text) in lines.enumerated() {
            frame.put(text, at: area.point(line.column, row), style: palette[role].with(.bold))
        }
    }

    private mutating func put(_ hint: KeyTable.Hint, at area: Area) {
        let used = frame.put(hint.keys, at: area.point(), width: area.width, style: palette[.accent])
        frame.put(" " + hint.label, at: area.point(used), width: area.width - used, style: palette[.dim])
    }
}
