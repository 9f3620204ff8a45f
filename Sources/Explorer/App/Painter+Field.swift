extension Painter {
    /// A field with its label; the cursor stands in it when it has the focus.
    mutating func field(_ field: TextField, label: String, placeholder: String, in line: Area, focused: Bool) {
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
            frame.put(shown, at: box.point(), width: box.width, style: style)
        }
        if focused { frame.cursor = box.point(min(at, box.width - 1)) }
    }
}
