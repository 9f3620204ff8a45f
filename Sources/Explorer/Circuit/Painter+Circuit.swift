import Analysis

extension OverlayLayout {
    /// Below a line that says where the walk is and one of what was measured, the units.
    static func circuit(in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(100, size.columns - 2), height: size.rows - 1, in: size)
    }

    var circuitRows: Area {
        var rest = inside
        _ = rest.takeTop(3)
        return rest
    }
}

extension Painter {
    mutating func circuitOverlay(_ study: OpenStudy, _ cursor: ListCursor) {
        let inside = box(OverlayLayout.circuit(in: frame.size), "What the unit moves")
        let trail = state.circuit.trail.map { "\(study.name(of: $0.layer)) \($0.unit.shortName)" }.joined(
            separator: " → ")
        put(end: trail, in: inside.line(0))
        let rows = OverlayLayout.circuit(in: frame.size).circuitRows
        frame.put(
            fitting(measured(study), in: inside.width), at: inside.line(1).origin, style: palette[.dim])
        let lines = state.circuit.lines
        guard !lines.isEmpty, let list = state.overlayList(in: frame.size) else {
            return hint(reasons(study), in: rows)
        }
        let top = lines.reduce(0.0) { most, line in
            if case .moved(_, let moved) = line { max(most, abs(moved.change)) } else { most }
        }
        for (row, line) in list.rows(cursor) {
            switch lines[row] {
            case .layer(let reference):
                let style = palette[.accent].with(.bold)
                frame.put(study.name(of: reference).fitted(to: line.width), at: line.origin, style: style)
            case .moved(_, let moved): put(moved, top: top, in: line)
            }
            if row == cursor.selected { select(line, focused: true) }
        }
    }

    /// Unit, concept, change with its interval, and a bar.
    private mutating func put(_ moved: Circuit.Moved, top: Double, in line: Area) {
        var rest = line
        _ = rest.takeLeft(2)
        frame.put(moved.unit.shortName, at: rest.takeLeft(9).origin, style: palette[.text])
        let text = "\(fixed(moved.change, 2, signed: true)) ± \(fixed(moved.halfWidth, 2))"
        let isSure = abs(moved.change) > moved.halfWidth
        frame.putRight(text, in: rest.takeRight(15), style: palette[isSure ? .text : .dim])
        var concept = rest.takeLeft(max(12, rest.width / 2))
        _ = concept.takeRight(1)
        let name = moved.concept.map { "\($0.concept) \(fixed(Double($0.score), 2))" } ?? "no concept"
        frame.put(name.fitted(to: concept.width), at: concept.origin, style: palette[isSure ? .text : .dim])
        if top > 0, rest.width > 4 {
            _ = rest.takeRight(1)
            frame.bar(abs(moved.change) / top, in: rest, style: palette[moved.change < 0 ? .negative : .positive])
        }
    }

    /// What was measured on what, the longest wording first.
    private func measured(_ study: OpenStudy) -> [String] {
        guard let circuit = state.circuit.shown, circuit.images > 0 else { return [] }
        let isWhole = state.circuit.stop.map(state.circuit.whole.contains) ?? false
        let images = "\(circuit.images)" + (isWhole ? "" : " so far")
        return [
            "taken out (× 0): change in deviations, ± 95 %, on \(images) of its \(grouped(circuit.imagesInAll)) most active "
                + "images",
            "× 0: change in deviations, ± 95 %, on \(images) of \(grouped(circuit.imagesInAll)) images",
            "change in deviations, ± 95 %, on \(images)",
        ]
    }

    private func reasons(_ study: OpenStudy) -> [String] {
        if let wanted = state.layers.wanted { return ["Opening \(study.name(of: wanted))…"] }
        guard let stop = state.circuit.stop, state.circuit.whole.contains(stop) else {
            return ["Running the model with the unit and without it…", "Esc stops"]
        }
        return [
            "No later layer of \(stop.layer.model) is studied here.", "L, then a, adds one by a forward pass.",
        ]
    }

    /// The end of a text that may be longer than the line.
    private mutating func put(end text: String, in line: Area) {
        var shown = text
        while displayWidth(of: shown) > line.width, let cut = shown.firstIndex(of: "→") {
            shown = "…" + shown[shown.index(after: cut)...]
        }
        frame.put(shown.fitted(to: line.width), at: line.origin, style: palette[.text].with(.bold))
    }
}
