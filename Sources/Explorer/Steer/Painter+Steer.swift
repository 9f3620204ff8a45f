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
        guard let steering = state.steering else {
            let inside = pane("Steer", in: area, focused: focused)
            return hint(["Type a concept first:", "its best units are the ones to steer"], in: inside)
        }
        let parts = SteeringLayout(in: area, entries: state.steer.list.entries.count)
        let units = state.locate.found?.units.prefix(state.steer.setSize).map(\.unit.shortName) ?? []
        _ = pane(
            steering.active.units.isEmpty ? "Steer: muted" : "Steer the top \(units.count)",
            note: "by \(state.locate.found?.ranking.rawValue ?? "")", in: area, focused: focused)
        for row in SteerState.Row.allCases { slider(row, study, parts, focused: focused) }
        let names = units.joined(separator: " ")
        for (row, line) in wrapped(names, to: parts.members.width - 2).prefix(parts.members.height).enumerated() {
            frame.put(line, at: parts.members.line(row).point(1), width: parts.members.width - 1, style: palette[.dim])
        }
        readOut(study, in: parts.readOut)
        entryList(study, parts, focused: focused)
        plot(study, parts)
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

    /// Accuracy before and after: on the concept's class, on the rest, on all.
    private mutating func readOut(_ study: OpenStudy, in area: Area) {
        guard area.height >= 4 else { return }
        guard let readOut = state.readOut else {
            return hint([state.jobs.isRunning(.curve) || state.jobs.isRunning(.count) ? "Counting…" : ""], in: area)
        }
        var rest = area
        let columns = 8
        func cells(_ line: Area) -> (name: Area, numbers: [Area]) {
            var line = line
            _ = line.takeRight(1)
            let numbers = (0..<3).map { _ in line.takeRight(columns) }
            return (line, numbers.reversed())
        }
        let header = cells(rest.takeTop(1))
        frame.put("accuracy".fitted(to: header.name.width), at: header.name.origin, style: palette[.dim])
        for (title, cell) in zip(["before", "after", "∆Acc"], header.numbers) {
            frame.putRight(title, in: cell, style: palette[.dim])
        }
        let (before, after) = (readOut.outcome.before, readOut.outcome.after)
        let rows: [(String, Double, Double)] = [
            (readOut.target.name, before.ofClass, after.ofClass),
            ("other classes", before.ofOthers, after.ofOthers),
            ("all", before.overall, after.overall),
        ]
        for (index, (name, was, now)) in rows.enumerated() {
            let (label, numbers) = cells(rest.takeTop(1))
            let text = readOut.isCurrent ? palette[.text] : palette[.dim]
            let strong: Style.Attributes = index == 0 && readOut.isCurrent ? .bold : []
            frame.put(
                label.width > 0 ? name.fitted(to: label.width - 1) : "", at: label.origin, style: text.with(strong))
            frame.putRight(percent(was), in: numbers[0], style: text)
            frame.putRight(percent(now), in: numbers[1], style: text.with(strong))
            let change = readOut.isCurrent ? palette.change(now - was) : palette[.dim]
            frame.putRight(points(now - was), in: numbers[2], style: change.with(strong))
        }
        caption(readOut, study, in: &rest)
    }

    /// How sure the figures are.
    private mutating func caption(_ readOut: ReadOut, _ study: OpenStudy, in rest: inout Area) {
        let line = rest.takeTop(1)
        let (seen, all) = (readOut.outcome.images, readOut.outcome.imagesInAll)
        let text: String
        if !readOut.isCurrent {
            text = "the newest sliders are being counted…"
        } else if seen < all {
            let interval = readOut.outcome.classInterval ?? readOut.outcome.overallInterval
            let name = readOut.outcome.classInterval == nil ? "all" : readOut.target.name
            text =
                "\(grouped(seen)) of \(grouped(all)); \(name) \(fixed(interval.lowerBound * 100, 1))–"
                + "\(percent(interval.upperBound)) (95 %)"
        } else {
            text = "\(study.isLinear || study.isClosedForm ? "exact, " : "")\(grouped(all)) held-out images"
        }
        frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[.dim])
        if let flipped = readOut.flipped, readOut.isCurrent, flipped.right + flipped.wrong > 0 {
            let line = rest.takeTop(1)
            let used = frame.put("flipped ", at: line.origin, width: line.width, style: palette[.dim])
            let right = frame.put(
                "\(grouped(flipped.right)) right ", at: line.point(used), width: line.width - used,
                style: palette[flipped.right > 0 ? .positive : .dim])
            frame.put(
                "\(grouped(flipped.wrong)) wrong", at: line.point(used + right), width: line.width - used - right,
                style: palette[flipped.wrong > 0 ? .negative : .dim])
        }
        if readOut.isCurrent, seen < all {
            frame.bar(Double(seen) / Double(max(1, all)), in: rest.takeTop(1).inset(columns: 1), style: palette[.bar])
        }
    }
}

extension State {
    /// The slider of a row: its range and steps.
    func slider(_ row: SteerState.Row, _ study: OpenStudy) -> Slider {
        switch row {
        case .size: .size(upTo: min(SteerState.largestSet, locate.found?.units.count ?? SteerState.largestSet))
        case .scaling: .scaling
        case .adding: study.adding
        }
    }

    func value(of row: SteerState.Row) -> Double {
        switch row {
        case .size: Double(steer.setSize)
        case .scaling: steer.scalingBeta
        case .adding: steer.addingBeta
        }
    }
}
