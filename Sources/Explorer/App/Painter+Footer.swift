extension Painter {
    /// The message, or what the keys do here.
    mutating func footer() {
        let line = layout.footer.inset(columns: 1)
        if let message = state.message {
            let role: Role =
                switch message.tone {
                case .plain: .text
                case .success: .positive
                case .failure: .negative
                }
            let sign = message.tone == .failure ? "! " : ""
            frame.put((sign + message.text).fitted(to: line.width), at: line.point(), style: palette[role].with(.bold))
            return
        }
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

    private mutating func put(_ hint: KeyTable.Hint, at area: Area) {
        let used = frame.put(hint.keys, at: area.point(), width: area.width, style: palette[.accent])
        frame.put(" " + hint.label, at: area.point(used), width: area.width - used, style: palette[.dim])
    }
}
