import Analysis

extension Painter {
    mutating func steerScreen(_ study: OpenStudy) {
        conceptLine(study)
        if let area = layout[.units] { unitList(in: area) }
        if let area = layout[.steering] { steeringPane(study, in: area) }
        if let area = layout[.profile] { profilePane(in: area, focused: isFocused(.profile)) }
    }

    /// Sliders, read-out and curve of the intervention on the concept's best units.
    mutating func steeringPane(_ study: OpenStudy, in area: Area) {
        let focused = isFocused(.steering)
        if study.whyNotCounted != nil { return nothingCounted(study, in: area, focused: focused) }
        guard let reading, let steering = reading.steering else {
            let inside = pane("Steer", in: area, focused: focused)
            return hint(["Type a concept first:", "its best units are the ones to steer"], in: inside)
        }
        let parts = SteeringLayout(in: area, entries: state.steer.list.entries.count)
        let units = state.locate.found?.units.prefix(state.steer.setSize).map(\.unit.shortName) ?? []
        let set = ConceptText(state.steer.list.active.concept, layer: study.facts.layer)
        _ = pane(
            steering.active.units.isEmpty
                ? "Steer: muted"
                : set.units.isEmpty
                    ? "Steer the top \(units.count)"
                    : "Steer \(set.name ?? "picked by hand"), \(counted(units.count, "unit"))",
            note: set.units.isEmpty ? "by \(state.locate.found?.ranking.name ?? "")" : "", in: area,
            focused: focused)
        for row in SteerState.Row.allCases { slider(row, study, parts, focused: focused) }
        let names = units.joined(separator: " ")
        for (row, line) in wrapped(names, to: parts.members.width - 2).prefix(parts.members.height).enumerated() {
            frame.put(line, at: parts.members.line(row).point(1), width: parts.members.width - 1, style: palette[.dim])
        }
        readOut(study, reading, in: parts.readOut)
        entryList(study, parts, focused: focused)
        plot(study, reading, parts)
    }

    private mutating func slider(
        _ row: SteerState.Row, _ study: OpenStudy, _ parts: SteeringLayout, focused: Bool
    ) {
        guard let line = parts.sliders[row], !line.isEmpty else { return }
        let slider = state.slider(row, study)
        let value = state.value(of: row)
        let isChosen = row == state.steer.row
        // The operator that is off is there to be reached, not to be read.
        let isOn =
            switch row {
            case .size: true
            case .scaling: state.steer.operator == .scaling
            case .adding: state.steer.operator == .adding
            }
        let label =
            switch row {
            case .size: "units τ"
            case .scaling: "scale β"
            case .adding: "add β"
            }
        frame.put(
            isChosen ? "▸" : " ", at: line.origin, style: palette[focused ? .accent : .dim].with(.bold))
        let labelStyle = isOn ? palette[.text].with(isChosen ? .bold : []) : palette[.dim]
        frame.put(label, at: line.point(2), width: SteeringLayout.labelWidth - 3, style: labelStyle)
        let track = parts.track(row)
        let knob = slider.column(of: value, width: track.width)
        // Filled from what changes nothing.
        let still: Double? =
            switch row {
            case .size: nil
            case .scaling: Operator.scaling.identity
            case .adding: Operator.adding.identity
            }
        let origin = still.map { slider.column(of: $0, width: track.width) } ?? 0
        frame.fill(track, with: "─", style: palette[.track])
        if isOn {
            let filled = Area(
                column: track.column + min(knob, origin), row: track.row, width: abs(knob - origin),
                height: track.height)
            frame.fill(filled, with: "━", style: palette[.bar])
        }
        if !track.isEmpty {
            let knobStyle = isOn ? palette[isChosen && focused ? .accent : .bar].with(.bold) : palette[.dim]
            frame.put(isOn ? "●" : "○", at: track.point(knob), style: knobStyle)
        }
        frame.putRight(
            row == .size ? fixed(value, 0) : fixed(value, slider.decimals, signed: row == .adding),
            in: Area(column: track.end, row: line.row, width: SteeringLayout.valueWidth, height: 1), style: labelStyle)
    }

    /// Where nothing that gives classes follows the layer.
    private mutating func nothingCounted(_ study: OpenStudy, in area: Area, focused: Bool) {
        let inside = pane("Steer", in: area, focused: focused)
        hint(
            [
                "\(study.whyNotCounted ?? ""),", "so there is no accuracy to count and no slider to move.",
                "Its units can be located, looked at and marked.",
            ].map { $0.fitted(to: inside.width) }, in: inside)
    }
}
