import Analysis

extension OverlayLayout {
    static func compare(in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(140, size.columns - 2), height: size.rows - 1, in: size)
    }
}

extension Painter {
    mutating func compareOverlay(_ place: ComparePlace) {
        let layout = OverlayLayout.compare(in: frame.size)
        guard let other = place.other else { return kin(place, layout) }
        let inside = box(layout, "\(place.unit.shortName) beside \(other.shortName)")
        guard let pair = state.compare.pair, pair.first.unit == place.unit, pair.second.unit == other else {
            return hint(["Reading both…"], in: inside)
        }
        var rest = inside
        let line = rest.takeTop(1)
        let shared = Set(pair.first.concepts.prefix(10).map(\.concept)).intersection(
            pair.second.concepts.prefix(10).map(\.concept))
        let (cosine, correlation) = (fixed(Double(pair.cosine), 2), fixed(Double(pair.correlation), 2))
        let texts = [
            "cosine \(cosine) · correlation \(correlation) on \(grouped(pair.images)) probe images · "
                + "\(shared.count) of the first 10 concepts shared",
            "cosine \(cosine) · correlation \(correlation) (\(grouped(pair.images)) images) · "
                + "\(shared.count) of 10 concepts shared",
        ]
        frame.put(fitting(texts, in: line.width), at: line.origin, style: palette[.text].with(.bold))
        _ = rest.takeTop(1)
        let left = rest.takeLeft((rest.width - 2) / 2)
        _ = rest.takeLeft(2)
        for (profile, area) in [(pair.first, left), (pair.second, rest)] { side(profile, shared, in: area) }
    }

    private mutating func kin(_ place: ComparePlace, _ layout: OverlayLayout) {
        let inside = box(layout, "Compare \(place.unit.shortName) with")
        let lines = state.compareLines(place)
        guard !lines.isEmpty, let list = state.overlayList(in: frame.size) else {
            return hint(["Looking for units alike…"], in: inside)
        }
        for (row, line) in list.rows(place.cursor) {
            switch lines[row] {
            case .title(let text):
                frame.put(text.fitted(to: line.width), at: line.origin, style: palette[.accent].with(.bold))
            case .answer(let answer): put(answer, in: line)
            case .unit(let ranked, let unit):
                var rest = line
                _ = rest.takeLeft(2)
                frame.put(unit.shortName, at: rest.takeLeft(9).origin, style: palette[.text])
                if let ranked {
                    frame.putRight(
                        fixed(Double(ranked.score), 2, signed: true), in: rest.takeLeft(7), style: palette[.text])
                    _ = rest.takeLeft(2)
                }
                let concept =
                    state.units[unit].map { "\($0.concept.concept) \(fixed(Double($0.concept.score), 2))" } ?? ""
                frame.put(concept.fitted(to: rest.width), at: rest.origin, style: palette[.dim])
            }
            if row == place.cursor.selected { select(line, focused: true) }
        }
    }

    /// The method as the tables of the evaluation call it, its scores, and the concept.
    private mutating func put(_ answer: UnitAnswers.Answer, in line: Area) {
        var rest = line
        _ = rest.takeLeft(2)
        let isOwn = answer.method == .description || answer.method == .effectDescription
        frame.put(
            answer.method.description.fitted(to: 18), at: rest.takeLeft(19).origin,
            style: palette[isOwn ? .accent : .text])
        for value in [answer.scores?.pearson, answer.scores?.auprc] {
            let text = answer.concept == nil ? "" : value.map { fixed(Double($0), 2) } ?? "–"
            frame.putRight(
                text, in: rest.takeLeft(6), style: palette[answer.isNoBetterThanChance ? .warning : .text])
        }
        _ = rest.takeLeft(2)
        let words = answer.concept ?? "says nothing of it"
        let chance = answer.isNoBetterThanChance ? " (no better than chance)" : ""
        frame.put(
            (words + chance).fitted(to: rest.width), at: rest.origin,
            style: palette[answer.concept == nil ? .dim : .text])
    }

    /// One unit: its figures, its concepts with those that both have marked, its histogram and images.
    private mutating func side(_ profile: UnitProfile, _ shared: Set<String>, in area: Area) {
        let title = "Unit \(profile.unit.shortName)"
        var rest = pane(
            title, note: "mean \(fixed(Double(profile.mean), 2)), dev \(fixed(Double(profile.deviation), 2))", in: area,
            focused: false)
        if let quality = state.units[profile.unit]?.quality {
            let clarity = "clarity \(fixed(Double(quality.clarity), 2))"
            let selectivity = " · select \(fixed(Double(quality.selectivity), 2))"
            let pearson = quality.explanation?.scores.map { " · Pearson \(fixed(Double($0.pearson), 2))" } ?? ""
            let line = rest.takeTop(1)
            frame.put(
                fitting([clarity + selectivity + pearson, clarity + pearson], in: line.width), at: line.origin,
                style: palette[.dim])
        }
        let count = min(10, profile.concepts.count, max(3, rest.height / 3))
        for concept in profile.concepts.prefix(count) {
            var line = rest.takeTop(1)
            let isShared = shared.contains(concept.concept)
            frame.putRight(fixed(Double(concept.score), 2), in: line.takeRight(6), style: palette[.dim])
            frame.put(
                ((isShared ? "= " : "  ") + concept.concept).fitted(to: line.width), at: line.origin,
                style: palette[isShared ? .accent : .text])
        }
        _ = rest.takeTop(1)
        if rest.height > 14 {
            histogram(profile.histogram, title: "activation", mean: nil, in: rest.takeBottom(min(7, rest.height / 3)))
        }
        images(profile.mostActivating, title: "most activating", in: rest)
    }
}
