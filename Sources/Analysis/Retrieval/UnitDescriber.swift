import LinearAlgebra

/// Unit -> concepts: cosine of unit and concept embeddings (paper, D_u).
public struct UnitDescriber: Sendable {
    public let encoder: NeuronEncoder
    public let concepts: ConceptSet
    /// All units with their embeddings.
    private let units: [InternalUnit]
    private let embeddings: Tensor

    public init(encoder: NeuronEncoder, concepts: ConceptSet) {
        self.encoder = encoder
        self.concepts = concepts
        units = encoder.units
        embeddings = encoder.embeddings(of: units)
    }

    /// The `count` best concepts of a unit, best first.
    public func describe(_ unit: InternalUnit, count: Int) -> UnitDescription {
        let scores = multiply(concepts.embeddings, encoder.embeddings(of: [unit]).values)
        let best = TopK.indices(of: scores, count: count)
        return UnitDescription(
            unit: unit, concepts: best.map { RankedConcept(concept: concepts.names[$0], score: scores[$0]) })
    }

    /// Every unit with its best concept, in unit order.
    public func summaries(_ probe: ProbeActivations) -> [UnitSummary] {
        guard !concepts.names.isEmpty else { return [] }
        let scores = multiply(embeddings, .plain, concepts.embeddings, .transposed)
        let best = scores.argmax()
        return units.enumerated().map { row, unit in
            UnitSummary(
                unit: unit, concept: RankedConcept(concept: concepts.names[best[row]], score: scores[row, best[row]]),
                mean: probe.means[unit.index], deviation: probe.deviations[unit.index])
        }
    }
}
