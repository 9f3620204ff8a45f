import CNcurses
import Explorer

extension CursesTerminal {
    package func draw(_ frame: Frame) {
        if shown?.size != frame.size { redraw() }
        if !put(frame) {
            // Out of colour pairs: forget them all, and draw the frame from nothing.
            pairs.forget()
            redraw()
            _ = put(frame)
        }
        if let cursor = frame.cursor, frame.contains(cursor) {
            terminal_show_cursor(Int32(cursor.row), Int32(cursor.column))
        } else {
            terminal_hide_cursor()
        }
        terminal_refresh()
        shown = frame
    }

    /// Puts the cells that changed; false if the pairs ran out on the way.
    private func put(_ frame: Frame) -> Bool {
        let (old, new, columns) = (shown?.cells, frame.cells, frame.size.columns)
        for index in new.indices {
            let cell = new[index]
            if let old, old[index] == cell { continue }
            guard let character = cell.character else { continue }
            guard let pair = pairs.number(for: cell.style) else { return false }
            let isWide = index + 1 < new.count && (index + 1) % columns != 0 && new[index + 1].character == nil
            put(character, isWide: isWide, style: cell.style, pair: pair, row: index / columns, column: index % columns)
        }
        return true
    }

    private func put(_ character: Character, isWide: Bool, style: Style, pair: Int32, row: Int, column: Int) {
        var character = isUnicode ? character : transliterated(character)
        // ncurses goes by the C library's widths. Where that one knows better or worse, neither may draw.
        if let first = character.unicodeScalars.first, !first.isASCII,
            terminal_width(wchar_t(bitPattern: first.value)) != (isWide ? 2 : 1)
        {
            character = "?"
        }
        withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: 8) { text in
            var count = 0
            for scalar in character.unicodeScalars.prefix(5) {
                text[count] = wchar_t(bitPattern: scalar.value)
                count += 1
            }
            text[count] = 0
            let attributes = Int32(style.attributes.rawValue)
            terminal_put(Int32(row), Int32(column), text.baseAddress, attributes, pair)
            if isWide, character.isASCII {
                text[0] = wchar_t(0x20)
                text[1] = 0
                terminal_put(Int32(row), Int32(column + 1), text.baseAddress, attributes, pair)
            }
        }
    }
}
