import Analysis

extension Painter {
    /// Classes and prompts, a line each.
    mutating func wordsOverlay(_ editor: WordsEditor) {
        // Two headings, the lines, and a line for what is wrong.
        let inside = overlayBox("Classes to count on", width: 60, height: editor.lines.count + 6)
        var area = inside
        let bottom = area.takeBottom(1)
        if let problem = editor.problem {
            frame.put(
                problem.fitted(to: bottom.width), at: bottom.point(), width: bottom.width, style: palette[.warning])
        }
        let rows = rows(of: editor)
        // The selected line stays in sight.
        let place = rows.firstIndex { $0 == .line(editor.selected) } ?? 0
        let first = max(0, min(place - area.height / 2, rows.count - area.height))
        for (index, row) in rows.shown(from: first, height: area.height).enumerated() {
            draw(row, of: editor, in: area.line(index))
        }
    }

    private enum Row: Equatable, TableLine {
        case heading(String)
        case line(Int)

        var place: TablePlace { if case .heading = self { .head } else { .row } }
    }

    private func rows(of editor: WordsEditor) -> [Row] {
        let names = editor.lines.firstIndex { $0.kind == .name } ?? 0
        return [.heading("Prompts; {} stands for the name")] + (0..<names).map(Row.line)
            + [.heading("Classes, in the order of the labels")] + (names..<editor.lines.count).map(Row.line)
    }

    private mutating func draw(_ row: Row, of editor: WordsEditor, in line: Area) {
        switch row {
        case .heading(let text):
            frame.put(text.fitted(to: line.width), at: line.point(), width: line.width, style: palette[.dim])
        case .line(let index):
            let (kind, text) = editor.lines[index]
            let number = index - (editor.lines.firstIndex { $0.kind == kind } ?? 0) + 1
            let isNew = text.isEmpty && index != editor.selected
            let shown = index == editor.selected ? editor.field : TextField(text)
            field(
                shown, label: isNew ? "  +" : "\(number)".leftPadded(to: 3),
                placeholder: kind == .prompt ? "one more prompt" : "one more class", in: line,
                focused: index == editor.selected)
        }
    }
}
