import Analysis

extension Painter {
    /// Clears the place of an overlay and draws its border. Returns the inside.
    mutating func box(_ layout: OverlayLayout, _ title: String) -> Area {
        frame.cursor = nil
        frame.cover(layout.area)
        frame.fill(layout.area, style: palette[.text])
        frame.box(
            layout.area, title: title, border: palette[.accent], titleStyle: palette[.accent].with(.bold))
        return layout.inside
    }

    mutating func overlayBox(_ title: String, width: Int, height: Int) -> Area {
        box(OverlayLayout(width: width, height: height, in: frame.size), title)
    }

    /// Every key, by scope, from the key table.
    mutating func helpOverlay(_ place: HelpPlace) {
        let lines = state.helpLines(matching: place.search)
        var inside = overlayBox("Keys and figures", width: 76, height: state.helpLines(matching: nil).count + 2)
        if let search = place.search {
            field(
                search, label: "/", placeholder: "a part of a key, of what it does, or of a figure",
                in: inside.takeTop(1), focused: true)
            if lines.isEmpty { return hint(["Nothing of that name"], in: inside) }
        }
        let first = max(0, min(place.offset, lines.count - inside.height))
        for (row, line) in lines.shown(from: first, height: inside.height).enumerated() {
            switch line {
            case .heading(let scope):
                frame.put(scope, at: inside.point(0, row), width: inside.width, style: palette[.text].with(.bold))
            case .key(let keys, let help):
                frame.put(
                    keys.fitted(to: HelpText.termWidth), at: inside.point(2, row), width: HelpText.termWidth,
                    style: palette[.accent])
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
            case .new(let subject, _): "Keep \(subject.title)"
            case .existing: "Note"
            }
        let inside = overlayBox(title, width: 64, height: 5)
        field(note, label: "Note", placeholder: "optional; #words are tags", in: inside.line(1), focused: true)
    }

    mutating func exportOverlay(_ name: TextField) {
        let layout = OverlayLayout.export(in: frame.size)
        let (shown, all) = (state.findings.shown.count, state.findings.all.count)
        let inside = box(
            layout, shown == all ? "Export \(counted(all, "finding"))" : "Export the \(shown) of \(all) findings shown")
        guard let list = state.overlayList(in: frame.size) else { return }
        let cursor = state[keyPath: list.cursor]
        for (row, line) in list.rows(cursor) {
            let text = ExportFormat.allCases[row].summary
            frame.put(text.name, at: line.point(1), width: 10, style: palette[.text])
            frame.put(text.use.fitted(to: line.width - 12), at: line.point(12), style: palette[.dim])
            if row == cursor.selected { select(line, focused: true) }
        }
        guard ExportFormat.allCases.indices.contains(cursor.selected) else { return }
        let ending = ExportFormat.allCases[cursor.selected].fileExtension
        fileField(name, ("findings", [ending]), in: inside.line(inside.height - 1))
    }
}

extension ExportFormat {
    /// What it is called, and what it is for.
    var summary: (name: String, use: String) {
        switch self {
        case .markdown: ("Markdown", "prose and small tables, to paste")
        case .html: ("HTML", "one page with pictures and plots")
        case .csv: ("CSV", "a row a finding, for a spreadsheet")
        case .json: ("JSON", "all of it; miclip import findings takes it")
        }
    }
}
