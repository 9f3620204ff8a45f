import Analysis

extension Painter {
    mutating func overlayBox(_ title: String, width: Int, height: Int, margin: Int = 1) -> Area {
        var screen = frame.area
        _ = screen.takeBottom(1)
        let area = screen.centered(width: min(width, screen.width - 2 * margin), height: min(height, screen.height))
        frame.cursor = nil
        frame.fill(area, style: palette[.text])
        return frame.box(area, title: title, border: palette[.accent], titleStyle: palette[.accent].with(.bold))
            .inset(columns: 1)
    }

    /// Every key, by scope, from the key table.
    mutating func helpOverlay(offset: Int) {
        let lines = HelpText.lines
        var screen = frame.area
        _ = screen.takeBottom(1)
        let inside = overlayBox("Keys", width: 76, height: lines.count + 2)
        let first = max(0, min(offset, lines.count - inside.height))
        for (row, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
            switch line {
            case .heading(let scope):
                frame.put(scope, at: inside.point(0, row), width: inside.width, style: palette[.text].with(.bold))
            case .key(let keys, let help):
                frame.put(keys.fitted(to: 22), at: inside.point(2, row), width: 22, style: palette[.accent])
                frame.put(help.fitted(to: inside.width - 25), at: inside.point(25, row), style: palette[.text])
            case .blank: break
            }
        }
        if first + inside.height < lines.count {
            frame.putRight(
                " ↓ more ", in: Area(column: inside.column, row: inside.bottom, width: inside.width, height: 1),
                style: palette[.accent])
        }
    }

    mutating func noteOverlay(_ note: TextField, _ subject: NoteSubject) {
        let title =
            switch subject {
            case .new(let subject): "Keep \(subject.title)"
            case .existing: "Note"
            }
        let inside = overlayBox(title, width: 64, height: 5)
        field(note, label: "Note", placeholder: "optional", in: inside.line(1), focused: true)
    }

    mutating func exportOverlay(_ selected: Int) {
        let inside = overlayBox("Export \(counted(state.findings.all.count, "finding"))", width: 32, height: 5)
        for (index, format) in ExportFormat.allCases.enumerated() {
            let name =
                switch format {
                case .json: "JSON"
                case .csv: "CSV"
                case .markdown: "Markdown"
                }
            frame.put(
                "\(index + 1)  \(name)", at: inside.line(index).point(1), width: inside.width, style: palette[.text])
            if index == selected { select(inside.line(index), focused: true) }
        }
    }
}

/// The lines of the help overlay, made from the key table.
enum HelpText {
    enum Line: Equatable {
        case heading(String)
        case key(String, String)
        case blank
    }

    /// Most general scopes first.
    static let lines: [Line] = Array(
        [
            Scope.browsing, .everywhere, .list, .units, .profile, .table, .steering, .changes, .findings, .map, .field,
        ]
        .flatMap { scope -> [Line] in
            [.heading(scope.rawValue)]
                + KeyTable.bindings.filter { $0.scope == scope }
                .map { .key($0.keys.map(\.label).joined(separator: " "), $0.help) } + [.blank]
        }.dropLast())
}
