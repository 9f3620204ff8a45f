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
            case .pairs:
                let parts = PairParts(line)
                let style = palette[.text].with(.bold)
                for (name, side) in [(own, parts.first), (other, parts.second)] {
                    frame.put(fitting(["unit of \(name)", name], in: side.width), at: side.origin, style: style)
                }
                frame.putRight("r", in: parts.correlation, style: style)
            case .pair(let pair): put(pair, concepts, place, in: line)
            case .moves:
                let parts = MoveParts(line)
                let style = palette[.text].with(.bold)
                frame.put("concept", at: parts.concept.origin, style: style)
                for (name, side) in [(own, parts.first), (other, parts.second)] {
                    frame.put(fitting(["units of \(name)", name], in: side.width), at: side.origin, style: style)
                }
                frame.putRight("strength", in: parts.strengths, style: style)
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
        let parts = PairParts(line)
        frame.putRight(fixed(Double(pair.correlation), 3, signed: true), in: parts.correlation, style: palette[.text])
        frame.put(pair.first == pair.second ? "= " : "↔ ", at: parts.sign.origin, style: palette[.dim])
        for (index, names, isOther) in [(pair.first, concepts.first, false), (pair.second, concepts.second, true)] {
            var side = isOther ? parts.second : parts.first
            frame.put(
                "\(index)", at: side.takeLeft(7).origin,
                style: palette[place.isOnOther == isOther ? .accent : .text])
            frame.put((names[index] ?? "").fitted(to: side.width), at: side.origin, style: palette[.dim])
        }
    }

    /// `gained sleeve   –  → 12+ 40-   0.231 → 0.388`
    private mutating func put(_ found: ComparedLayers.Move, _ place: LayerComparisonPlace, in line: Area) {
        let parts = MoveParts(line)
        let role: Role =
            switch found.move.fate {
            case .gained: .positive
            case .lost: .negative
            case .moved, .kept: .text
            }
        frame.put(found.move.fate.rawValue, at: parts.fate.origin, style: palette[role])
        let strengths = "\(fixed(Double(found.first), 3)) → \(fixed(Double(found.second), 3))"
        frame.putRight(strengths, in: parts.strengths, style: palette[.text])
        frame.put(found.move.concept.fitted(to: parts.concept.width), at: parts.concept.origin, style: palette[.text])
        frame.put("→ ", at: parts.arrow.origin, style: palette[.dim])
        func names(_ units: [InternalUnit]) -> String {
            guard !units.isEmpty else { return "–" }
            return units.prefix(3).map(\.shortName).joined(separator: " ")
                + (units.count > 3 ? " + \(units.count - 3)" : "")
        }
        for (units, isOther) in [(found.move.before, false), (found.move.after, true)] {
            let side = isOther ? parts.second : parts.first
            frame.put(
                names(units).fitted(to: side.width), at: side.origin,
                style: palette[place.isOnOther == isOther ? .accent : .dim])
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

/// The columns of a pair of units.
private struct PairParts {
    let first, sign, second, correlation: Area

    init(_ line: Area) {
        var rest = line
        _ = rest.takeLeft(2)
        correlation = rest.takeRight(8)
        let half = (rest.width - 3) / 2
        (first, sign) = (rest.takeLeft(half), rest.takeLeft(3))
        second = rest.takeLeft(half)
    }
}

/// The columns of a concept that did not stay.
private struct MoveParts {
    let fate, concept, first, arrow, second, strengths: Area

    init(_ line: Area) {
        var rest = line
        _ = rest.takeLeft(2)
        fate = rest.takeLeft(8)
        strengths = rest.takeRight(15)
        var concept = rest.takeLeft(max(12, rest.width / 3))
        _ = concept.takeRight(1)
        self.concept = concept
        let half = (rest.width - 3) / 2
        (first, arrow) = (rest.takeLeft(half), rest.takeLeft(3))
        second = rest.takeLeft(half)
    }
}
