import Analysis

extension Painter {
    mutating func locateScreen(_ study: OpenStudy) {
        conceptLine(study)
        if let area = layout[.units] { unitList(in: area) }
        if let area = layout[.profile] { profilePane(in: area, focused: isFocused(.profile)) }
        if let area = layout[.steering] { steeringPane(study, in: area) }
    }

    /// The concept field, and the class it is tied to.
    mutating func conceptLine(_ study: OpenStudy) {
        guard var line = layout[.concept] else { return }
        _ = line.takeRight(1)
        if let found = state.locate.found {
            let isCurrent = found.concept == state.steer.list.active.concept
            let how =
                switch found.target.origin {
                case .name: "class \(found.target.name) (by name)"
                case .nearest: "nearest class \(found.target.name)"
                case .chosen: "class \(found.target.name) (chosen)"
                }
            var (text, role) = (isCurrent ? how : "for “\(found.concept)”: \(how)", isCurrent ? Role.text : .dim)
            if isCurrent, let nearest = found.nearest {
                let near = "\(nearest.concept) \(fixed(Double(nearest.score), 2))"
                let texts =
                    nearest.isFar
                    ? [
                        "far from every known concept, the nearest is \(near) · \(how)",
                        "far from every known concept, the nearest is \(near)", "far from all; nearest \(near)",
                    ]
                    : ["like \(near) · \(how)", how]
                text = texts.first { displayWidth(of: $0) <= line.width * 3 / 5 } ?? texts[texts.count - 1]
                if nearest.isFar { role = .warning }
            }
            if isCurrent, let name = state.unknownClass {
                let texts = [
                    "no class “\(name)”: @ is taken as a word · \(how)", "no class “\(name)”: @ is taken as a word",
                ]
                text = texts.first { displayWidth(of: $0) <= line.width * 3 / 5 } ?? "no class “\(name)”"
                role = .warning
            }
            let box = line.takeRight(min(displayWidth(of: text), line.width * 3 / 5))
            frame.putRight(text, in: box, style: palette[role])
            _ = line.takeRight(2)
        }
        field(
            state.concept, label: "Concept",
            placeholder: "any words: \(study.facts.classes.prefix(3).joined(separator: ", "))…",
            completion: state.locate.completion, in: line, focused: isFocused(.concept))
    }

    /// The units of the concept, best first.
    mutating func unitList(in area: Area) {
        let locate = state.locate
        let isRunning = state.jobs.isRunning(.locate)
        let focused = isFocused(.units)
        guard let found = locate.found, !found.units.isEmpty else {
            let inside = pane("Units by \(state.ranking.name)", in: area, focused: focused)
            return hint(isRunning ? ["Looking…"] : ["Type a concept", "to see the units that carry it"], in: inside)
        }
        let set = state.study.map { ConceptText(found.concept, layer: $0.facts.layer) }
        let isSet = set?.units.isEmpty == false
        let title =
            "\(state.unitKind == .feature ? "Features" : "Units") "
            + (isSet ? set?.name.map { "of \($0)" } ?? "picked by hand" : "by \(found.ranking.name)")
            + (locate.isEstimate ? " ~" : isRunning ? " …" : "")
        let inside = pane(
            title, note: "\(locate.cursor.selected + 1)/\(grouped(found.units.count))", in: area, focused: focused)
        // Best first: the largest is at either end. Bars are of those that speak for the concept.
        let (most, least) = (Double(found.units.first?.score ?? 0), Double(found.units.last?.score ?? 0))
        // So do decimals, as long as a low score at the end has room for as many.
        let (top, decimals) = (
            max(most, 0), decimals(for: abs(least) < 10 && most > 0 ? most : max(abs(most), abs(least)))
        )
        // Name and score have their width; of the rest the unit's own best concept has most, for words cut say little.
        let free = inside.width - 19
        let conceptWidth = free >= 14 ? free - max(5, free / 3) : 0
        let picked = Set(state.picked)
        for (index, line) in state.list(.units, in: layout)?.rows(locate.cursor) ?? [] {
            let ranked = found.units[index]
            let isInSet = index < state.steer.setSize
            var rest = line
            let isPicked = picked.contains(ranked.unit)
            frame.put(
                isPicked ? "+" : isInSet ? "▎" : " ", at: rest.takeLeft(1).origin,
                style: palette[isPicked ? .other : .accent])
            let isMarked = state.findings.marks(ranked.unit)
            frame.put(
                ranked.unit.shortName.fitted(to: 6), at: rest.takeLeft(6).origin,
                style: palette[.text])
            let star = rest.takeLeft(2)
            if isMarked { frame.put("★", at: star.origin, style: palette[.warning]) }
            // Units that were named have no score.
            let (bar, figure) = (rest.takeLeft(free - conceptWidth), rest.takeLeft(8))
            if !isSet {
                frame.bar(Double(ranked.score) / max(top, .leastNormalMagnitude), in: bar, style: palette[.bar])
                frame.putRight(fixed(Double(ranked.score), decimals), in: figure, style: palette[.text])
            }
            _ = rest.takeLeft(1)
            if conceptWidth > 0, let summary = state.units[ranked.unit] {
                frame.put(
                    summary.concept.concept.fitted(to: rest.width), at: rest.origin, width: rest.width,
                    style: palette[.dim])
            }
            if index == locate.cursor.selected { select(line, focused: focused) }
        }
    }
}
