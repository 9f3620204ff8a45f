import Analysis

/// What the selected finding says, beside the list.
extension Painter {
    /// A unit whose layer is not on show: what was kept of it, and how to get there.
    mutating func unitOfAnotherLayer(
        _ description: UnitDescription, _ origin: LayerReference?, _ study: OpenStudy, in area: Area
    ) {
        var rest = pane("Unit \(description.unit.description)", in: area, focused: false)
        let layer = origin.map { study.name(of: $0) } ?? description.unit.layer
        let (of, key) = (rest.takeTop(1), rest.takeTop(1))
        frame.put("of \(layer)".fitted(to: of.width), at: of.origin, style: palette[.other])
        frame.put("L goes to that layer".fitted(to: key.width), at: key.origin, style: palette[.dim])
        _ = rest.takeTop(1)
        concepts(description.concepts, in: rest, cursor: ListCursor(), focused: false)
    }

    /// What the figures of a finding were made with.
    private func madeWith(_ finding: Finding) -> [String] {
        guard let provenance = finding.provenance else { return [] }
        return [
            provenance.searched.map { "units \($0)" }, "encoder \(provenance.encoder)",
            provenance.digests["alignment"].map { "alignment \($0.prefix(12))" },
        ].compactMap { $0 }
    }

    mutating func interventionDetail(
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
        for (name, accuracy) in outcome.rows(target) {
            guard let accuracy else {
                line(name.fitted(to: 14).padded(to: 15) + "no image".leftPadded(to: 23), .dim, &self)
                continue
            }
            let row = rest.takeTop(1)
            let change = accuracy.after - accuracy.before
            let text =
                name.fitted(to: 14).padded(to: 15) + percent(accuracy.before).leftPadded(to: 7)
                + percent(accuracy.after).leftPadded(to: 8)
            let used = frame.put(text, at: row.origin, width: row.width, style: palette[.text])
            frame.put(
                points(change).leftPadded(to: 8), at: row.point(used), width: max(0, row.width - used),
                style: palette.change(change))
        }
        _ = rest.takeTop(1)
        let all = outcome.images == outcome.imagesInAll
        line(
            all
                ? "\(grouped(outcome.images)) held-out images"
                : "\(grouped(outcome.images)) of \(grouped(outcome.imagesInAll)) held-out images", .dim, &self)
        for text in state.findings.selected.map(madeWith) ?? [] { line(text, .dim, &self) }
    }
}
