/// What became of a concept from one layer to another, by the units that it describes best.
package enum ConceptFate: String, Sendable, Codable, CaseIterable {
    /// It describes units of both, and some of them are pairs.
    case kept
    /// It describes units of both, none of which are pairs.
    case moved
    /// It describes units of the second alone, or of the first alone.
    case gained, lost
}

/// A concept in two layers.
package struct ConceptMove: Sendable, Hashable {
    package var concept: String
    package var fate: ConceptFate
    /// The units that it describes best.
    package var before: [InternalUnit]
    package var after: [InternalUnit]

    package init(concept: String, fate: ConceptFate, before: [InternalUnit], after: [InternalUnit]) {
        (self.concept, self.fate, self.before, self.after) = (concept, fate, before, after)
    }

    /// Of every concept that describes a unit of either, in order of the concepts' names.
    ///
    /// - Parameters:
    ///   - first: of each unit its best concept; `second` the same of the other layer.
    ///   - pairs: neurons that go together; those of r < 0 with the other pole.
    package static func all(
        from first: [(unit: InternalUnit, concept: String)], to second: [(unit: InternalUnit, concept: String)],
        _ pairs: [UnitMatch]
    ) -> [ConceptMove] {
        let before = Dictionary(grouping: first, by: \.concept).mapValues { $0.map(\.unit) }
        let after = Dictionary(grouping: second, by: \.concept).mapValues { $0.map(\.unit) }
        let partner = Dictionary(uniqueKeysWithValues: pairs.map { ($0.first, $0) })
        func arePair(_ a: InternalUnit, _ b: InternalUnit) -> Bool {
            guard let pair = partner[a.index], pair.second == b.index else { return false }
            guard let one = a.pole, let other = b.pole else { return true }
            return (one == other) == (pair.correlation > 0)
        }
        return Set(before.keys).union(after.keys).sorted().map { concept in
            let (old, new) = (before[concept] ?? [], after[concept] ?? [])
            let fate: ConceptFate =
                old.isEmpty
                ? .gained
                : new.isEmpty ? .lost : old.contains { a in new.contains { arePair(a, $0) } } ? .kept : .moved
            return ConceptMove(concept: concept, fate: fate, before: old, after: new)
        }
    }
}
