import Analysis

extension Painter {
    mutating func layerComparisonOverlay(_ study: OpenStudy, _ place: LayerComparisonPlace) {
        let layout = OverlayLayout.evaluation(in: frame.size)
        let (own, other) = (study.name(of: study.facts.reference), study.name(of: place.other))
        let inside = box(layout, "\(own) beside \(other)".fitted(to: layout.inside.width - 2))
        let lines = state.layerComparisonLines(width: layout.rows.width)
        guard !lines.isEmpty, let list = state.overlayList(in: frame.size) else {
            frame.put(
                standing(state.layerComparison).fitted(to: inside.width), at: inside.origin, width: inside.width,
                style: palette[.warning])
            return hint(
                [
                    "Which units go together over the probe images, which concepts",
                    "are gained, lost or moved, and what scaling a concept's units does.",
                ], in: layout.rows)
        }
        let chosen = place.isOnOther ? other : own
        frame.put(
            "Enter goes to the unit of \(chosen); ← → for the other layer's".fitted(to: inside.width),
            at: inside.origin,
            width: inside.width, style: palette[.accent])
        let concepts = state.comparedLayers?.concepts ?? ([:], [:])
        for (row, line) in list.rows(place.cursor) {
            switch lines[row] {
            case .title(let text):
                frame.put(text, at: line.origin, width: line.width, style: palette[.accent].with(.bold))
            case .sentence(let text): frame.put(text, at: line.origin, width: line.width, style: palette[.dim])
            case .columns(let text):
                frame.put(text, at: line.origin, width: line.width, style: palette[.text].with(.bold))
            case .row(let text): frame.put(text, at: line.origin, width: line.width, style: palette[.text])
            case .pair(let pair): put(pair, concepts, place, in: line)
            case .move(let move): put(move, place, in: line)
            case .blank: break
            }
            if row == place.cursor.selected { select(line, focused: true) }
        }
    }

    /// `45 boot        ↔ 12 sole        0.93`
    private mutating func put(
        _ pair: UnitMatch, _ concepts: (first: [Int: String], second: [Int: String]), _ place: LayerComparisonPlace,
        in line: Area
    ) {
        var rest = line
        _ = rest.takeLeft(2)
        frame.putRight(
            fixed(Double(pair.correlation), 3, signed: true), in: rest.takeRight(8), style: palette[.text])
        let half = (rest.width - 3) / 2
        for (index, names, isOther) in [(pair.first, concepts.first, false), (pair.second, concepts.second, true)] {
            var side = rest.takeLeft(half)
            frame.put(
                "\(index)", at: side.takeLeft(7).origin,
                style: palette[place.isOnOther == isOther ? .accent : .text])
            frame.put((names[index] ?? "").fitted(to: side.width), at: side.origin, style: palette[.dim])
            if !isOther {
                frame.put(pair.first == pair.second ? "= " : "↔ ", at: rest.takeLeft(3).origin, style: palette[.dim])
            }
        }
    }

    /// `gained sleeve   –  → 12+ 40-   0.231 → 0.388`
    private mutating func put(_ found: ComparedLayers.Move, _ place: LayerComparisonPlace, in line: Area) {
        var rest = line
        _ = rest.takeLeft(2)
        let role: Role =
            switch found.move.fate {
            case .gained: .positive
            case .lost: .negative
            case .moved, .kept: .text
            }
        frame.put(found.move.fate.rawValue, at: rest.takeLeft(8).origin, style: palette[role])
        let strengths = "\(fixed(Double(found.first), 3)) → \(fixed(Double(found.second), 3))"
        frame.putRight(strengths, in: rest.takeRight(15), style: palette[.text])
        var concept = rest.takeLeft(max(12, rest.width / 3))
        _ = concept.takeRight(1)
        frame.put(found.move.concept.fitted(to: concept.width), at: concept.origin, style: palette[.text])
        func names(_ units: [InternalUnit]) -> String {
            guard !units.isEmpty else { return "–" }
            return units.prefix(3).map(\.shortName).joined(separator: " ")
                + (units.count > 3 ? " + \(units.count - 3)" : "")
        }
        let half = (rest.width - 3) / 2
        for (units, isOther) in [(found.move.before, false), (found.move.after, true)] {
            let side = rest.takeLeft(half)
            frame.put(
                names(units).fitted(to: side.width), at: side.origin,
                style: palette[place.isOnOther == isOther ? .accent : .dim])
            if !isOther { frame.put("→ ", at: rest.takeLeft(3).origin, style: palette[.dim]) }
        }
    }

    private func standing(_ comparison: LayerComparisonState) -> String {
        guard state.jobs.isRunning(.layerComparison) else { return "Stopped. Enter goes on" }
        guard let progress = comparison.progress else { return "Comparing… Esc stops" }
        let left = progress.secondsLeft.map { " · \(duration($0)) left" } ?? ""
        return
            "\(progress.phase.rawValue) \(grouped(progress.completed)) of \(grouped(progress.total))\(left) · Esc stops"
    }
}
