import LinearAlgebra

/// A way to choose the unit set of a class: the method's rankings, and what they are measured against.
package enum UnitSetMethod: String, Sendable, Hashable, Codable, CaseIterable {
    case contribution
    case cosine
    case rivals
    case attribution
    case clipDissect = "clip-dissect"
    case actValues = "act-values"
    case random
    /// Of features: cosine of the concept, centred, and what a feature responds to (E_n trained on features).
    case respondingCosine = "responding-cosine"
    /// Of features: that, not normalised, times how the feature departs on the class.
    case respondingContribution = "responding-contribution"
    /// Of features: what it says of the concept against what it says of the model's other answers.
    case respondingRivals = "responding-rivals"
    /// Of features: cosine of the concept, centred, and what a feature does (E_n of its decoder direction).
    case effectCosine = "effect-cosine"
    /// Of features: that, not normalised, times how the feature departs on the class.
    case effectContribution = "effect-contribution"
}

extension UnitSetMethod {
    /// By one of the rankings of units.
    static func ranking(_ ranking: Ranking) -> Self {
        switch ranking {
        case .contribution: .contribution
        case .cosine: .cosine
        case .rivals: .rivals
        case .attribution: .attribution
        }
    }
}

/// One such way as the units of a layer have it.
package struct UnitSets: Sendable {
    package let method: UnitSetMethod
    private let choose: @Sendable (ConceptSet, Int, UInt64) throws -> [[InternalUnit]]

    init(
        _ method: UnitSetMethod,
        _ choose:
            @escaping @Sendable (_ concepts: ConceptSet, _ count: Int, _ seed: UInt64) throws ->
            [[InternalUnit]]
    ) {
        self.method = method
        self.choose = choose
    }

    /// For every concept its `count` best units, best first.
    ///
    /// - Parameter seed: of a random choice.
    package func sets(for concepts: ConceptSet, count: Int, seed: UInt64 = 0) throws -> [[InternalUnit]] {
        try choose(concepts, count, seed)
    }
}

extension UnitSets {
    /// CLIP-Dissect, Act-Values and chance, which know nothing of E_n.
    static func baselines(
        of space: some UnitSpace, _ context: ConceptContext, unit: @escaping @Sendable (Int) -> InternalUnit
    ) -> [UnitSets] {
        let statistics = space.statistics
        let all = 0..<statistics.unitCount
        return [
            UnitSets(.clipDissect) { concepts, count, _ in
                let similarities = multiply(
                    try context.imageEmbeddings.value, .plain, concepts.embeddings, .transposed)
                let dissect = try CLIPDissect(probe: statistics, similarities: similarities)
                return concepts.names.indices.map { c in
                    TopK.indices(of: all.map { dissect.scores[$0, c] }, count: count).map(unit)
                }
            },
            // Act-Values: ā_{i,c}. A concept that is none of the study's classes has no images predicted as it; the
            // probe images then count by how similar to it they are.
            UnitSets(.actValues) { concepts, count, _ in
                try concepts.names.indices.map { c in
                    let means = try statistics.means(on: concepts.query(c), in: context)
                    return TopK.indices(of: means, count: count).map(unit)
                }
            },
            UnitSets(.random) { concepts, count, seed in
                var random = SeededGenerator(seed: seed)
                return concepts.names.map { _ in all.shuffled(using: &random).prefix(count).map(unit) }
            },
        ]
    }
}
