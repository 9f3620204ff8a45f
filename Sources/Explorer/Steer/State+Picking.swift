import Analysis

/// A set of units picked by hand: one of the interventions, whose concept names its units.
extension State {
    /// The intervention that is such a set: the selected one, or the last.
    private var pickedEntry: Int? {
        let isSet = steer.list.entries.map { !ConceptText($0.concept, layer: study?.facts.layer ?? "").units.isEmpty }
        return isSet.indices.contains(steer.list.selected) && isSet[steer.list.selected]
            ? steer.list.selected : isSet.lastIndex(of: true)
    }

    /// The units picked by hand.
    var picked: [InternalUnit] {
        guard let study, let entry = pickedEntry else { return [] }
        return ConceptText(steer.list.entries[entry].concept, layer: study.facts.layer).units
    }

    /// Puts the unit at hand into the set, or takes it out.
    mutating func pick(_ isIn: Bool, _ study: OpenStudy) {
        guard let unit = wantedUnit else { return }
        if let why = study.whyNotCounted { return tell(why) }
        guard isIn != picked.contains(unit) else {
            return tell("\(unit.shortName) is \(isIn ? "in the set already" : "not in the set")")
        }
        let entry = pickedEntry
        let units = isIn ? picked + [unit] : picked.filter { $0 != unit }
        guard let entry else {
            guard insertSet([unit], study) != nil else { return }
            return tell("\(unit.shortName) begins a set of its own; + adds to it, g steers it", .success)
        }
        guard !units.isEmpty else {
            guard steer.list.entries.count > 1 else { return tell("The last unit of the only set stays") }
            steer.list.apply(.remove(entry: entry))
            return tell("The set is empty, and gone")
        }
        let old = ConceptText(steer.list.entries[entry].concept, layer: study.facts.layer)
        let text = ConceptText.text(of: units, name: old.name, className: old.className)
        guard text.count <= TextField.limit, units.count <= SteerState.largestSet else {
            return tell("The set is full: \(counted(picked.count, "unit"))")
        }
        steer.list.apply(.concept(text, entry: entry))
        steer.list.apply(.size(units.count, entry: entry))
        tell("The set is now \(text)", .success)
    }

    /// Goes to Steer with the unit at hand: with the set it is in, or with it alone.
    mutating func steerUnit(_ study: OpenStudy) {
        guard let unit = wantedUnit else { return }
        if let why = study.whyNotCounted { return tell(why) }
        var position = pickedEntry.flatMap { picked.contains(unit) ? $0 : nil }
        if position == nil { position = insertSet([unit], study) }
        guard let position else { return }
        selectIntervention(position)
        screen = .steer
        focus = .steering
        choose(steer.operator == .scaling ? .scaling : .adding)
        let others = steer.list.entries.enumerated().filter { place, entry in
            place != position && !entry.isMuted && entry.beta != entry.operator.identity
        }
        guard let other = others.first else { return }
        tell(
            others.count == 1
                ? "Intervention \(other.offset + 1), \(other.element.concept), still acts too; x on it mutes it"
                : "\(others.count) other interventions still act too; x on one mutes it")
    }

    /// One more intervention, on these units; its place, or nil where there is no room for it.
    private mutating func insertSet(_ units: [InternalUnit], _ study: OpenStudy) -> Int? {
        guard steer.list.entries.count < SteerState.mostEntries else {
            tell("No more than \(SteerState.mostEntries) interventions at once")
            return nil
        }
        let position = steer.list.entries.count
        let entry = SteeringEntry(
            concept: ConceptText.text(of: units, className: classAtHand), ranking: ranking, setSize: units.count,
            operator: steer.operator)
        steer.list.apply(.insert(entry, entry: position))
        return position
    }

    /// The class of the concept at hand, which the accuracy goes on being read on; nil on screens without a concept.
    private var classAtHand: String? {
        screen == .locate || screen == .steer ? locate.found?.target.name : nil
    }

    /// Where a set is selected and words are to be typed, the first intervention of words takes them: a set is not to be
    /// typed over by mistake.
    mutating func leaveSet(_ study: OpenStudy) {
        guard pickedEntry == steer.list.selected,
            let words = steer.list.entries.firstIndex(where: {
                ConceptText($0.concept, layer: study.facts.layer).units.isEmpty
            })
        else { return }
        selectIntervention(words)
    }
}
