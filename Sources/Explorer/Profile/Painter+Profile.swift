import Analysis

extension Painter {
    /// A unit's best concepts, extreme images, activation histogram and the classes it moves.
    mutating func profilePane(in area: Area, focused: Bool) {
        guard let profile = state.profile.shown, let wanted = state.wantedUnit else {
            let inside = pane("Unit", in: area, focused: focused)
            let why = state.wantedUnit == nil ? "No unit selected" : "Its profile could not be read"
            return hint([state.jobs.isRunning(.profile) ? "Reading its profile…" : why], in: inside)
        }
        let isCurrent = profile.unit == wanted
        let title = "Unit \(state.study?.name(of: profile.unit) ?? profile.unit.description)" + (isCurrent ? "" : " …")
        let inside = pane(title, note: spread(of: profile, beside: title, in: area), in: area, focused: focused)
        let parts = ProfileLayout(in: inside, of: profile)
        frame.put("responds to", at: parts.responds.origin, width: parts.responds.width, style: palette[.dim])
        explanation(of: profile.unit, in: parts.responds)
        concepts(profile.concepts, in: parts.concepts, cursor: state.profile.cursor, focused: focused)
        images(profile.mostActivating, title: "most activating", in: parts.mostActivating)
        images(profile.leastActivating, title: "least activating", in: parts.leastActivating)
        histogram(
            profile.histogram, title: profile.feature == nil ? "activation" : "activation where active",
            mean: profile.feature == nil ? profile.mean : nil, in: parts.histogram)
        if profile.raises.isEmpty { noEffects(in: parts.raises) }
        effects(profile.raises, title: "raises", role: .positive, in: parts.raises)
        effects(profile.lowers, title: "lowers", role: .negative, in: parts.lowers)
        guard let facts = profile.feature else { return }
        var does = parts.does
        frame.put("does", at: does.takeTop(1).origin, width: does.width, style: palette[.dim])
        concepts(facts.does, in: does, cursor: ListCursor(), focused: false)
        company(facts.nearest, title: "features alike", in: parts.nearest)
        company(facts.neurons, title: "neurons with it", in: parts.neurons)
    }

    /// Why no classes are told that the unit raises and lowers; nothing while they are on their way.
    private mutating func noEffects(in line: Area) {
        let whys: [String] =
            switch state.study?.facts.remainder {
            case .linear, nil: []
            case .normalized, .resumed:
                [
                    "raises, lowers: no one number a class at this layer; W and g measure",
                    "raises, lowers: W and g measure",
                ]
            case RemainderKind.none?: ["raises, lowers: nobody tells classes apart here", "raises: no classes here"]
            }
        guard let why = whys.first(where: { displayWidth(of: $0) <= line.width }) ?? whys.last, !line.isEmpty else {
            return
        }
        frame.put(why.fitted(to: line.width), at: line.origin, style: palette[.dim])
    }

    /// How well the unit's first concept does on held-out images, once that is known; doubtful ones are marked.
    private mutating func explanation(of unit: InternalUnit, in area: Area) {
        guard let explanation = state.units[unit]?.quality?.explanation, let scores = explanation.scores else { return }
        let text = "Pearson \(fixed(Double(scores.pearson), 2)), AUPRC \(fixed(Double(scores.auprc), 2))"
        guard area.width >= text.count + 14 else { return }
        frame.putRight(text, in: area, style: palette[explanation.isNoBetterThanChance ? .warning : .dim])
    }

    /// Density of a feature, mean and deviation: the longest that fits beside the title.
    private func spread(of profile: UnitProfile, beside title: String, in area: Area) -> String {
        var words = ["mean \(fixed(Double(profile.mean), 2)), dev \(fixed(Double(profile.deviation), 2))"]
        if let facts = profile.feature {
            // Two decimals tell a feature of three images in ten thousand from one of none.
            let density =
                facts.density < 0.001 ? fixed(Double(facts.density) * 100, 2) + " %" : percent(Double(facts.density))
            words = ["active on \(density) of the images, " + words[0], "active on \(density)", "on \(density)"]
        }
        return words.first { displayWidth(of: $0) < area.width - displayWidth(of: title) - 8 } ?? ""
    }

    mutating func concepts(_ concepts: [RankedConcept], in area: Area, cursor: ListCursor, focused: Bool) {
        let top = max(1e-6, concepts.reduce(0) { max($0, abs(Double($1.score))) })
        let nameWidth = nameWidth(of: concepts.map(\.concept), in: area)
        for (row, index) in cursor.visible(count: concepts.count, height: area.height).enumerated() {
            let (concept, line) = (concepts[index], area.line(row))
            var rest = line
            frame.put(
                concept.concept.fitted(to: nameWidth - 1), at: rest.takeLeft(nameWidth).origin, width: nameWidth,
                style: palette[.text])
            frame.putRight(fixed(Double(concept.score), 2), in: rest.takeRight(6), style: palette[.dim])
            frame.bar(Double(concept.score) / top, in: rest, style: palette[.bar])
            if focused, index == cursor.selected { select(line, focused: true) }
        }
    }

    /// Columns of the names in a list with a bar and a figure: what they take, where that leaves the bar enough.
    func nameWidth(of names: [String], in area: Area) -> Int {
        let longest = names.reduce(9) { max($0, displayWidth(of: $1)) } + 1
        return max(10, min(25, longest, area.width - 12))
    }

    /// Other units with their score, on one line or in a list.
    private mutating func company(_ units: [RankedUnit], title: String, in area: Area) {
        guard !area.isEmpty, !units.isEmpty else { return }
        if area.height == 1 {
            let used = frame.put(title + " ", at: area.origin, width: area.width, style: palette[.dim])
            let texts = units.map { "\($0.unit.shortName) \(fixed(Double($0.score), 2))" }
            // Whole units only.
            let shown = texts.indices.last {
                used + displayWidth(of: texts[...$0].joined(separator: ", ")) <= area.width
            }
            return _ = frame.put(
                texts[...(shown ?? 0)].joined(separator: ", "), at: area.point(used), width: area.width - used,
                style: palette[.text])
        }
        var rest = area
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        for ranked in units.prefix(rest.height) {
            var line = rest.takeTop(1)
            frame.put(ranked.unit.shortName, at: line.takeLeft(8).origin, width: 8, style: palette[.text])
            frame.putRight(fixed(Double(ranked.score), 2), in: line.takeRight(6), style: palette[.dim])
            let role: Role = ranked.score < 0 ? .negative : .bar
            frame.bar(abs(Double(ranked.score)), in: line, style: palette[role])
        }
    }
}
