import Analysis

/// Units that are like the one at hand, and one of them beside it.
package struct CompareState: Sendable {
    /// Newest answers.
    package internal(set) var kin: UnitKin?
    package internal(set) var pair: UnitPair?
    /// What methods call the unit; comes after those alike.
    package internal(set) var answers: UnitAnswers?

    /// A line of the list.
    package enum Line: Sendable, Hashable {
        case title(String)
        case unit(RankedUnit?, InternalUnit)
        case answer(UnitAnswers.Answer)
    }
}

extension CompareState.Line: TableLine {
    var place: TablePlace { if case .title = self { .head } else { .row } }
}

/// What is compared while its overlay is up.
package struct ComparePlace: Sendable, Equatable {
    package var unit: InternalUnit
    package var cursor = ListCursor()
    /// Beside it; nil while one is chosen.
    package var other: InternalUnit?
}

extension State {
    /// C: the units that the one at hand could be compared with.
    mutating func showKin(_ study: OpenStudy) {
        guard let unit = wantedUnit else { return tell("No unit under the cursor") }
        if compare.kin?.unit != unit { compare.kin = nil }
        var place = ComparePlace(unit: unit)
        place.cursor.jump(to: 1)
        overlay = .compare(place)
    }

    /// The list was empty until now: the cursor begins at its first unit.
    mutating func takeKin(_ kin: UnitKin) {
        compare.kin = kin
        guard case .compare(var place) = overlay, place.cursor.selected == 0 else { return }
        place.cursor.jump(to: 1)
        overlay = .compare(place)
    }

    /// Units picked by hand first, then those alike.
    func compareLines(_ place: ComparePlace) -> [CompareState.Line] {
        let picked = picked.filter { $0 != place.unit }
        var lines: [CompareState.Line] = []
        if !picked.isEmpty { lines += [.title("picked by hand")] + picked.map { .unit(nil, $0) } }
        guard let kin = compare.kin, kin.unit == place.unit else { return lines }
        lines += [.title("nearest by what they mean (cosine)")] + kin.nearest.map { .unit($0, $0.unit) }
        let images =
            kin.images < kin.imagesInAll ? "\(grouped(kin.images)) of \(grouped(kin.imagesInAll))" : grouped(kin.images)
        lines += [.title("active together (correlation on \(images) probe images)")]
        lines += kin.correlated.map { .unit($0, $0.unit) }
        guard let answers = compare.answers, answers.unit == place.unit else {
            return lines + (jobs.isRunning(.kin) ? [.title("what other methods call it…")] : [])
        }
        let scores = answers.images > 0 ? " (Pearson, AUPRC on \(grouped(answers.images)) held-out images)" : ""
        return lines + [.title("what methods call it" + scores)] + answers.answers.map { .answer($0) }
    }

    /// Enter: the unit under the cursor beside the one at hand; then to that unit. On what a method calls it, the units of
    /// that concept.
    mutating func acceptCompare(_ place: ComparePlace) {
        var place = place
        if let other = place.other { return goToUnit(other) }
        let lines = compareLines(place)
        guard lines.indices.contains(place.cursor.selected) else { return }
        switch lines[place.cursor.selected] {
        case .title: return
        case .answer(let answer):
            guard let concept = answer.concept, let study else { return }
            overlay = nil
            return lookFor(concept, study)
        case .unit(_, let unit): place.other = unit
        }
        overlay = .compare(place)
    }

    mutating func goToUnit(_ unit: InternalUnit) {
        overlay = nil
        if screen != .map { (screen, focus) = (.units, .table) }
        units.filter = TextField()
        units.select(unit)
        if screen == .map { map.select(unit) }
    }

    /// Esc: back to the list, then away.
    mutating func cancelCompare(_ place: ComparePlace) {
        var place = place
        guard place.other != nil else { return overlay = nil }
        place.other = nil
        overlay = .compare(place)
    }

    mutating func compareUnitRequests() -> [Effect] {
        guard case .compare(let place) = overlay else { return [] }
        if let other = place.other {
            struct Two: Hashable, Sendable { var first, second: InternalUnit }
            guard let job = jobs.start(.pair, for: Two(first: place.unit, second: other)) else { return [] }
            return [.pair(place.unit, other, job)]
        }
        guard compare.kin?.unit != place.unit, let job = jobs.start(.kin, for: place.unit) else { return [] }
        return [.kin(place.unit, job)]
    }
}
