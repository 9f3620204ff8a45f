import LinearAlgebra

/// Concept -> units (paper, L_c), by cosine or by contribution.
public struct UnitLocalizer: Sendable {
    private let encoder: NeuronEncoder
    private let concepts: ConceptSet
    private let classes: ConceptSet
    private let probe: ProbeActivations
    /// E_i of the probe images: unit rows [N, d]
    private let imageEmbeddings: Tensor
    private let units: [InternalUnit]
    private let unitEmbeddings: Tensor

    public init(
        encoder: NeuronEncoder, concepts: ConceptSet, classes: ConceptSet, probe: ProbeActivations,
        imageEmbeddings: Tensor
    ) {
        self.encoder = encoder
        self.concepts = concepts
        self.classes = classes
        self.probe = probe
        self.imageEmbeddings = imageEmbeddings
        units = encoder.units
        unitEmbeddings = encoder.embeddings(of: units)
    }

    /// All units, best first for `concept`, whose embedding is a unit vector of d values.
    ///
    /// - Parameter chosenClass: overrides the class the concept is tied to.
    public func locate(
        _ concept: String, embedding: [Float], ranking: Ranking, chosenClass: Int? = nil
    ) -> Localization {
        let target = self.target(of: concept, embedding: embedding, chosen: chosenClass)
        let ranked = ranking == .cosine ? byCosine(embedding) : byContribution(concept, embedding)
        return Localization(concept: concept, target: target, ranking: ranking, units: ranked)
    }

    /// The class a concept is tied to.
    public func target(of concept: String, embedding: [Float], chosen: Int? = nil) -> ConceptClass {
        classes.target(of: concept, embedding: embedding, chosen: chosen)
    }

    /// cos(u_i, c) over every pole.
    private func byCosine(_ embedding: [Float]) -> [RankedUnit] {
        let scores = multiply(unitEmbeddings, embedding)
        return TopK.indices(of: scores, count: scores.count).map { RankedUnit(unit: units[$0], score: scores[$0]) }
    }

    /// (W_i·(c - c̄)) (ā_{i,c} - ā_i) over neurons; the pole is the side that W_i·(c - c̄) names.
    private func byContribution(_ concept: String, _ embedding: [Float]) -> [RankedUnit] {
        let centred = zip(embedding, concepts.mean).map { $0 - $1 }
        let along = multiply(encoder.weights, centred)
        let means = probe.means(on: concept, embedding, classes: classes, imageEmbeddings: imageEmbeddings)
        let scores = along.indices.map { along[$0] * (means[$0] - probe.means[$0]) }
        return TopK.indices(of: scores, count: scores.count).map { index in
            let pole: Pole? = encoder.isSigned ? (along[index] < 0 ? .negative : .positive) : nil
            return RankedUnit(
                unit: InternalUnit(layer: encoder.layer, index: index, pole: pole), score: scores[index])
        }
    }
}

extension ConceptSet {
    /// The class a concept is tied to: chosen, else of its name but for case, else nearest in the concept space.
    public func target(of concept: String, embedding: [Float], chosen: Int?) -> ConceptClass {
        if let chosen { return ConceptClass(index: chosen, name: names[chosen], origin: .chosen) }
        if let index = position(of: concept) {
            return ConceptClass(index: index, name: names[index], origin: .name)
        }
        let index = nearest(to: embedding) ?? 0
        return ConceptClass(index: index, name: names[index], origin: .nearest)
    }
}
