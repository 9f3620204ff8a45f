import LinearAlgebra

/// The two honest descriptions of features in the concept space, and retrieval by both.
///
/// What a feature *responds to* is E_n trained on feature activations; what it *does* is E_n of its decoder direction,
/// d_jᵀ W. Concepts are centred over the concept set.
public struct FeatureRetrieval: Sendable {
    private let layer: String
    private let concepts: ConceptSet
    private let classes: ConceptSet
    private let probe: FeatureActivations
    private let imageEmbeddings: Tensor
    /// Unit rows [features, d]
    public let responding: Tensor
    /// d_jᵀ W, unit rows [features, d]
    public let doing: Tensor
    /// E_n trained on feature activations, as it is.
    private let respondingWeights: Tensor
    private let doingWeights: Tensor
    private let respondingIndex: InnerProductIndex
    /// Over `respondingWeights`.
    private let contributionIndex: InnerProductIndex

    /// - Parameters:
    ///   - responding: E_n trained on feature activations: [features, d].
    ///   - doing: decoder times the neurons' W: [features, d].
    public init(
        layer: String, responding: Tensor, doing: Tensor, concepts: ConceptSet, classes: ConceptSet,
        probe: FeatureActivations, imageEmbeddings: Tensor
    ) {
        self.layer = layer
        self.responding = responding.normalized()
        self.doing = doing.normalized()
        (respondingWeights, doingWeights) = (responding, doing)
        self.concepts = concepts
        self.classes = classes
        self.probe = probe
        self.imageEmbeddings = imageEmbeddings
        respondingIndex = InnerProductIndex(self.responding)
        contributionIndex = InnerProductIndex(responding)
    }

    /// The `count` best features for `concept`, whose embedding is a unit vector.
    ///
    /// - Parameter ranking: `contribution` is (w_j·(c - c̄)) (f̄_{j,c} - f̄_j), with w_j of the E_n trained on feature
    ///   activations, as for neurons; `cosine` is that of w_j and the concept, centred.
    public func locate(
        _ concept: String, embedding: [Float], ranking: Ranking, chosenClass: Int? = nil, count: Int
    ) -> Localization {
        let centred = zip(embedding, concepts.mean).map { $0 - $1 }
        let best: [(row: Int, score: Float)]
        switch ranking {
        case .cosine:
            let norm = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
            best = respondingIndex.greatest(count, for: norm > 0 ? centred.map { $0 / norm } : centred)
        case .contribution:
            let means = probe.means(on: concept, embedding, classes: classes, imageEmbeddings: imageEmbeddings)
            best = contributionIndex.greatest(
                count, for: centred, weights: means.indices.map { means[$0] - probe.means[$0] })
        }
        return Localization(
            concept: concept, target: classes.target(of: concept, embedding: embedding, chosen: chosenClass),
            ranking: ranking, units: best.map { RankedUnit(unit: unit($0.row), score: $0.score) })
    }

    /// Which of a feature's two descriptions.
    public enum Side: Sendable { case responding, doing }

    /// The score of every feature for a concept, centred: the cosine, or with class means f̄_{j,c} the contribution
    /// (w_j·(c - c̄)) (f̄_{j,c} - f̄_j).
    public func scores(for embedding: [Float], of side: Side, departures means: [Float]? = nil) -> [Float] {
        let centred = zip(embedding, concepts.mean).map { $0 - $1 }
        guard let means else { return multiply(side == .responding ? responding : doing, centred) }
        let along = multiply(side == .responding ? respondingWeights : doingWeights, centred)
        return along.indices.map { along[$0] * (means[$0] - probe.means[$0]) }
    }

    public func unit(_ index: Int) -> InternalUnit { InternalUnit(layer: layer, index: index, kind: .feature) }

    /// The `count` best concepts of what a feature responds to.
    public func describe(_ index: Int, count: Int) -> UnitDescription {
        UnitDescription(unit: unit(index), concepts: best(concepts: responding.row(index), count))
    }

    /// The `count` best concepts of what a feature does.
    public func effect(_ index: Int, count: Int) -> [RankedConcept] { best(concepts: doing.row(index), count) }

    private func best(concepts embedding: [Float], _ count: Int) -> [RankedConcept] {
        let scores = multiply(concepts.embeddings, embedding)
        return TopK.indices(of: scores, count: count).map {
            RankedConcept(concept: concepts.names[$0], score: scores[$0])
        }
    }

    /// The features nearest to one in what they respond to, itself left out.
    public func nearest(to index: Int, count: Int) -> [RankedUnit] {
        respondingIndex.greatest(count + 1, for: responding.row(index)).filter { $0.row != index }.prefix(count)
            .map { RankedUnit(unit: unit($0.row), score: $0.score) }
    }

    /// Every feature with its best concept, in order.
    public func summaries() -> [UnitSummary] {
        guard !concepts.names.isEmpty else { return [] }
        let parts = parallelMap(blocks(of: responding.rows, size: 2048)) { range -> [UnitSummary] in
            let scores = multiply(responding.rows(range), .plain, concepts.embeddings, .transposed)
            let best = scores.argmax()
            return range.map { index in
                let row = index - range.lowerBound
                return UnitSummary(
                    unit: unit(index),
                    concept: RankedConcept(concept: concepts.names[best[row]], score: scores[row, best[row]]),
                    mean: probe.means[index], deviation: probe.deviations[index])
            }
        }
        return Array(parts.joined())
    }
}

/// What is known of a feature beyond what every unit has.
public struct FeatureFacts: Sendable, Hashable, Codable {
    /// Share of the probe images that activate it.
    public var density: Float
    /// What it does: the concepts nearest to E_n of its decoder direction.
    public var does: [RankedConcept]
    /// Features that respond alike, by cosine.
    public var nearest: [RankedUnit]
    /// The neurons whose activations go with its own most, by correlation along their pole, the strongest first.
    public var neurons: [RankedUnit]

    public init(density: Float, does: [RankedConcept], nearest: [RankedUnit], neurons: [RankedUnit]) {
        self.density = density
        self.does = does
        self.nearest = nearest
        self.neurons = neurons
    }
}
