import Analysis

/// A second concept, to be seen beside the one at hand.
package struct ConceptPairState: Sendable {
    /// The newest answer.
    package internal(set) var found: Localization?
}

/// The two concepts while their overlay is up.
package struct ConceptPairPlace: Sendable, Equatable {
    /// What is typed of the second, while it is chosen.
    package var field = TextField()
    /// Over what can be chosen, then over the units.
    package var cursor = ListCursor()
    /// The second; nil while it is chosen.
    package var other: String?
    /// Whether the cursor is among the second's units.
    var isOnOther = false
}

/// How a unit of one concept stands to the first units of another.
enum SharedUnit: Equatable {
    case same
    /// The neuron is among them by its other pole.
    case otherPole
}

/// Two concepts side by side.
extension State {
    /// X: what the concept at hand could be compared with.
    mutating func showConceptPair() {
        guard !steer.list.active.concept.isEmpty else { return tell("Type a concept first") }
        overlay = .concepts(ConceptPairPlace())
    }

    /// What was typed, then what was asked for lately and the classes, as far as they fit.
    func conceptChoices(_ place: ConceptPairPlace) -> [String] {
        let (typed, match) = (place.field.text.trimmed, FuzzyMatch(place.field.text))
        var seen: Set = [steer.list.active.concept, typed]
        let known = (locate.recent + (study?.facts.classes ?? [])).filter { seen.insert($0).inserted }
        let fitting = known.enumerated().compactMap { at, name in
            match.score(name).map { (score: $0, at: at, name: name) }
        }
        .sorted { ($1.score, $0.at) < ($0.score, $1.at) }.map(\.name)
        return typed.isEmpty ? known : [typed] + fitting
    }

    /// Enter: the concept under the cursor beside the one at hand; then to the unit under the cursor.
    mutating func acceptConceptPair(_ place: ConceptPairPlace) {
        var place = place
        guard place.other == nil else {
            let units = (place.isOnOther ? conceptPair.found : locate.found)?.units ?? []
            if units.indices.contains(place.cursor.selected) { goToUnit(units[place.cursor.selected].unit) }
            return
        }
        let choices = conceptChoices(place)
        guard choices.indices.contains(place.cursor.selected) else { return }
        place.other = choices[place.cursor.selected]
        if conceptPair.found?.concept != place.other { conceptPair.found = nil }
        place.cursor = ListCursor()
        overlay = .concepts(place)
    }

    /// Esc: back to the choice, then away.
    mutating func cancelConceptPair(_ place: ConceptPairPlace) {
        var place = place
        guard place.other != nil else { return overlay = nil }
        (place.other, place.cursor) = (nil, ListCursor())
        overlay = .concepts(place)
    }

    /// From the units of one to those of the other.
    mutating func switchConceptPair() {
        guard case .concepts(var place) = overlay, place.other != nil else { return }
        place.isOnOther.toggle()
        overlay = .concepts(place)
    }

    /// The lists of both, where both are there.
    var conceptPairLists: (first: Localization, second: Localization)? {
        guard case .concepts(let place) = overlay, let first = locate.found, let second = conceptPair.found,
            first.concept == steer.list.active.concept, second.concept == place.other, first.ranking == second.ranking
        else { return nil }
        return (first, second)
    }

    /// Rows of the longer list.
    var conceptPairCount: Int { conceptPairLists.map { max($0.first.units.count, $0.second.units.count) } ?? 0 }

    mutating func conceptPairRequests() -> [Effect] {
        guard case .concepts(let place) = overlay, let other = place.other else { return [] }
        let request = LocateRequest(concept: other, ranking: ranking, units: unitKind)
        guard let job = jobs.start(.conceptPair, for: request) else { return [] }
        return [.locate(concept: other, ranking, unitKind, job)]
    }

    /// Which of some units are among the first of another concept.
    func shared(_ units: [RankedUnit], with other: Localization) -> [Int: SharedUnit] {
        let first = other.units.prefix(steer.setSize).map(\.unit)
        let (names, neurons) = (Set(first), Set(first.map(\.index)))
        return Dictionary(
            uniqueKeysWithValues: units.enumerated().compactMap { place, ranked in
                if names.contains(ranked.unit) { return (place, .same) }
                return neurons.contains(ranked.unit.index) ? (place, .otherPole) : nil
            })
    }
}
