import Analysis

extension Painter {
    mutating func findingsScreen(_ study: OpenStudy) {
        guard let area = layout[.findings], let detail = layout.detail else { return }
        let findings = state.findings
        let focused = isFocused(.findings)
        let inside = pane("Findings", note: "\(findings.all.count) kept", in: area, focused: focused)
        guard !findings.all.isEmpty else {
            return hint(
                ["Nothing marked yet", "m marks the unit or the intervention", "under the cursor on any screen"],
                in: inside)
        }
        // Two lines each: what it is, and the note.
        let height = inside.height / 2
        for (row, index) in findings.cursor.visible(count: findings.all.count, height: height).enumerated() {
            let finding = findings.all[index]
            let lines = Area(column: inside.column, row: inside.row + 2 * row, width: inside.width, height: 2)
            var first = lines.line(0).inset(columns: 1)
            if let change = finding.subject.change {
                frame.putRight("∆Acc \(points(change))", in: first.takeRight(12), style: palette.change(change))
            }
            frame.put(finding.subject.title.fitted(to: first.width), at: first.origin, style: palette[.text])
            let note = finding.note.isEmpty ? "no note" : finding.note
            frame.put(
                note.fitted(to: lines.width - 4), at: lines.point(3, 1), width: lines.width - 3, style: palette[.dim])
            if index == findings.cursor.selected { select(lines, focused: focused) }
        }
        switch findings.selected?.subject {
        case .unit: profilePane(in: detail, focused: false)
        case .intervention(let concept, let target, let intervention, let outcome):
            interventionDetail([concept], target, [intervention], outcome, in: detail)
        case .steering(let concepts, let target, let steering, let outcome):
            interventionDetail(concepts, target, steering.interventions, outcome, in: detail)
        case nil: break
        }
    }

    private mutating func interventionDetail(
        _ concepts: [String], _ target: ConceptClass, _ interventions: [Intervention], _ outcome: InterventionOutcome,
        in area: Area
    ) {
        var rest = pane("Intervention", in: area, focused: false)
        func line(_ text: String, _ role: Role, _ painter: inout Painter) {
            let line = rest.takeTop(1)
            painter.frame.put(
                text.fitted(to: line.width), at: line.origin, width: line.width, style: painter.palette[role])
        }
        line(
            interventions.count == 1
                ? "concept “\(concepts.joined())”, read on class \(target.name)"
                : "\(interventions.count) interventions, read on class \(target.name)", .text, &self)
        for (position, intervention) in interventions.enumerated() {
            if interventions.count > 1, position < concepts.count {
                line("concept “\(concepts[position])”", .text, &self)
            }
            line("\(intervention.operator.rawValue), β = \(fixed(intervention.beta, 2))", .text, &self)
            line("on \(counted(intervention.units.count, "unit")):", .text, &self)
            let names = intervention.units.map(\.shortName).joined(separator: " ")
            for text in wrapped(names, to: rest.width).prefix(interventions.count == 1 ? 5 : 1) {
                line(text, .dim, &self)
            }
        }
        _ = rest.takeTop(1)
        line("accuracy".padded(to: 16) + "before   after    ∆Acc", .dim, &self)
        for (name, before, after) in [
            (target.name, outcome.before.ofClass, outcome.after.ofClass),
            ("other classes", outcome.before.ofOthers, outcome.after.ofOthers),
            ("all", outcome.before.overall, outcome.after.overall),
        ] {
            let row = rest.takeTop(1)
            let text =
                name.fitted(to: 14).padded(to: 15) + percent(before).leftPadded(to: 7)
                + percent(after).leftPadded(to: 8)
            let used = frame.put(text, at: row.origin, width: row.width, style: palette[.text])
            frame.put(
                points(after - before).leftPadded(to: 8), at: row.point(used), width: max(0, row.width - used),
                style: palette.change(after - before))
        }
        _ = rest.takeTop(1)
        let all = outcome.images == outcome.imagesInAll
        line(
            all
                ? "\(grouped(outcome.images)) held-out images"
                : "\(grouped(outcome.images)) of \(grouped(outcome.imagesInAll)) held-out images", .dim, &self)
    }
}

extension Finding.Subject {
    /// One line that tells it from others.
    var title: String {
        switch self {
        case .unit(let description):
            let best = description.concepts.first.map { "  \($0.concept) \(fixed(Double($0.score), 2))" } ?? ""
            return "unit \(description.unit.shortName)\(best)"
        case .intervention(let concept, _, let intervention, _):
            let beta = fixed(intervention.beta, 2, signed: intervention.operator == .adding)
            let sign = intervention.operator == .scaling ? "×" : ""
            return "\(concept) \(sign)\(beta), \(counted(intervention.units.count, "unit"))"
        case .steering(let concepts, _, let steering, _):
            let parts = zip(concepts, steering.interventions).map { concept, intervention in
                intervention.operator == .scaling
                    ? "\(concept) ×\(fixed(intervention.beta, 2))"
                    : "\(concept) \(fixed(intervention.beta, 2, signed: true))"
            }
            return parts.joined(separator: ", ")
        }
    }

    /// ∆Acc on the concept's class; nil for a unit.
    var change: Double? {
        switch self {
        case .unit: return nil
        case .intervention(_, _, _, let outcome), .steering(_, _, _, let outcome):
            return outcome.after.ofClass - outcome.before.ofClass
        }
    }
}
