import Analysis

extension Painter {
    /// The note, its tags told from the rest.
    private mutating func put(note: String, in line: Area) {
        guard !note.isEmpty else { return _ = frame.put("no note", at: line.origin, style: palette[.dim]) }
        var rest = line
        for word in note.fitted(to: line.width - 1).split(separator: " ", omittingEmptySubsequences: false) {
            let isTag = word.count > 1 && word.first == "#"
            let used = frame.put(
                String(word), at: rest.origin, width: rest.width, style: palette[isTag ? .accent : .dim])
            _ = rest.takeLeft(used + 1)
        }
    }

    /// The filter, and what the order is.
    private mutating func findingsFilter() {
        guard var line = layout[.filter] else { return }
        let findings = state.findings
        let order = "by \(findings.order.name)" + (findings.isReversed ? ", reversed" : "")
        let counts =
            findings.shown.count == findings.all.count ? order : "\(findings.shown.count) shown, \(order)"
        frame.putRight(counts, in: line.inset(columns: 1), style: palette[.dim])
        _ = line.takeRight(displayWidth(of: counts) + 3)
        field(
            findings.filter, label: "Filter", placeholder: "f, then part of a name or note, or a #tag", in: line,
            focused: isFocused(.filter))
    }

    mutating func findingsScreen(_ study: OpenStudy) {
        guard let area = layout[.findings], let detail = layout.detail else { return }
        let findings = state.findings
        let focused = isFocused(.findings)
        let note =
            findings.deleted == 0
            ? "\(findings.all.count) kept" : "\(findings.all.count) kept, \(findings.deleted) deleted"
        findingsFilter()
        let inside = pane("Findings", note: note, in: area, focused: focused)
        guard !findings.all.isEmpty else {
            return hint(
                ["Nothing marked yet", "m marks the unit or the intervention", "under the cursor on any screen"]
                    + (findings.deleted == 0 ? [] : ["u brings back what was deleted"]),
                in: inside)
        }
        guard !findings.shown.isEmpty else { return hint(["No finding matches"], in: inside) }
        // Two lines each: what it is, and the note.
        for (index, lines) in state.list(.findings, in: layout)?.rows(findings.cursor) ?? [] {
            let finding = findings.all[findings.shown[index]]
            var first = lines.line(0).inset(columns: 1)
            if let change = finding.subject.change {
                frame.putRight("∆Acc \(points(change))", in: first.takeRight(12), style: palette.change(change))
            }
            frame.put(finding.subject.title.fitted(to: first.width), at: first.origin, style: palette[.text])
            var second = lines.line(1)
            _ = second.takeLeft(3)
            if let origin = finding.origin, !study.isOfLayer(finding) {
                let text = study.name(of: origin).fitted(to: second.width / 2)
                _ = second.takeRight(1)
                frame.putRight(text, in: second.takeRight(displayWidth(of: text)), style: palette[.other])
            }
            put(note: finding.note, in: second)
            if index == findings.cursor.selected { select(lines, focused: focused) }
        }
        guard let selected = findings.selected else { return }
        switch selected.subject {
        case .unit(let description):
            if study.isOfLayer(selected) {
                profilePane(in: detail, focused: false)
            } else {
                unitOfAnotherLayer(description, selected.origin, study, in: detail)
            }
        case .intervention(let concept, let target, let intervention, let outcome):
            interventionDetail([concept], target, [intervention], outcome, in: detail)
        case .steering(let concepts, let target, let steering, let outcome):
            interventionDetail(concepts, target, steering.interventions, outcome, in: detail)
        }
    }
}
