extension Painter {
    /// A field with its label; the cursor stands in it when it has the focus.
    ///
    /// - Parameter completion: what → at its end makes of it; behind the text, where there is room.
    mutating func field(
        _ field: TextField, label: String, placeholder: String, completion: String? = nil, in line: Area, focused: Bool
    ) {
        let labelWidth = frame.put(
            label + " ", at: line.point(1), width: line.width - 1,
            style: focused ? palette[.accent].with(.bold) : palette[.dim])
        var box = line
        _ = box.takeLeft(labelWidth + 1)
        guard box.width > 2 else { return }
        // The text scrolls so that the cursor stays in sight.
        let before = displayWidth(of: String(field.characters.prefix(field.cursor)))
        var hidden = 0
        while before - displayWidth(of: String(field.characters.prefix(hidden))) > box.width - 1 { hidden += 1 }
        let shown = String(field.characters.dropFirst(hidden))
        let at = before - displayWidth(of: String(field.characters.prefix(hidden)))
        if shown.isEmpty {
            frame.put(placeholder.fitted(to: box.width), at: box.point(), width: box.width, style: palette[.dim])
        } else {
            var style = palette[.text].with(.bold)
            if focused, field.isSelected { palette.select(&style) }
            let used = frame.put(shown, at: box.point(), width: box.width, style: style)
            if let completion, focused, used + displayWidth(of: completion) + 4 <= box.width {
                let arrow = frame.put("→ ", at: box.point(used + 2), style: palette[.accent])
                frame.put(completion, at: box.point(used + 2 + arrow), style: palette[.dim])
            }
        }
        if focused { frame.cursor = box.point(min(at, box.width - 1)) }
    }
}
