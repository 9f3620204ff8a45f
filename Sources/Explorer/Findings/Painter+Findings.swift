import Analysis

extension Painter {
    mutating func findingsScreen(_ study: OpenStudy) {
        guard let area = layout[.findings], let detail = layout.detail else { return }
        let findings = state.findings
        let focused = isFocused(.findings)
        let note =
            findings.deleted == 0
            ? "\(findings.all.count) kept" : "\(findings.all.count) kept, \(findings.deleted) deleted"
        let inside = pane("Findings", note: note, in: area, focused: focused)
        guard !findings.all.isEmpty else {
            return hint(
                ["Nothing marked yet", "m marks the unit or the intervention", "under the cursor on any screen"]
                    + (findings.deleted == 0 ? [] : ["u brings back what was deleted"]),
                in: inside)
        }
        // Two lines each: what it is, and the note.
        for (index, lines) in state.list(.findings, in: layout)?.rows(findings.cursor) ?? [] {
            let finding = findings.all[index]
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
            let note = finding.note.isEmpty ? "no note" : finding.note
            frame.put(
                note.fitted(to: second.width - 1), at: second.origin, width: second.width, style: palette[.dim])
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
