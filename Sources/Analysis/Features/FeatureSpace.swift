import LinearAlgebra

/// The features of a layer's sparse autoencoder, in the concept space with both honest descriptions.
///
/// What a feature *responds to* is E_n trained on feature activations; what it *does* is E_n of its decoder direction,
/// d_jᵀ W. Concepts are centred over the concept set.
package struct FeatureSpace: UnitSpace {
    package let layer: String
    package let probe: FeatureActivations
    package let autoencoder: SparseAutoencoder
    private let neurons: NeuronSpace
    private let answers: ProbeAnswers
    private let context: ConceptContext
    /// Unit rows [features, d]
    package let responding: Tensor
    /// d_jᵀ W, unit rows [features, d]
    package let doing: Tensor
    /// E_n trained on feature activations, as it is.
    private let respondingWeights: Tensor
    private let doingWeights: Tensor
    private let respondingIndex: InnerProductIndex
    /// Over `respondingWeights`.
    private let contributionIndex: InnerProductIndex
    private let rivals: RivalRanking
    private let attribution: AttributionRanking

    /// - Parameters:
    ///   - neurons: those of the same layer, on the same probe images.
    ///   - codes: the autoencoder's on the probe images [N, features]; pooled, of one of tokens.
    ///   - responding: E_n trained on these: [features, d].
    ///   - answers: of the model on the probe images; nil for those of `neurons`.
    package init(
        _ autoencoder: SparseAutoencoder, neurons: NeuronSpace, codes: SparseRows, responding: Tensor,
        answers: ProbeAnswers? = nil
    ) {
        layer = neurons.layer
        self.autoencoder = autoencoder
        self.neurons = neurons
        let answers = answers ?? neurons.answers
        self.answers = answers
        context = neurons.context
        probe = FeatureActivations(
            codes: codes, predictions: neurons.probe.predictions, classes: neurons.context.classes.names.count)
        let doing = multiply(autoencoder.decoder, .plain, neurons.encoder.weights)
        self.responding = responding.normalized()
        self.doing = doing.normalized()
        (respondingWeights, doingWeights) = (responding, doing)
        respondingIndex = InnerProductIndex(self.responding)
        contributionIndex = InnerProductIndex(responding)
        rivals = RivalRanking(probe, weights: responding, answers, context)
        attribution = AttributionRanking(
            probe, context.classes,
            ofClasses: Once { [probe, context] in
                // What a step of a feature's code adds to the activations is its decoder's direction.
                try probe.attribution(
                    of: { range in
                        let scales = autoencoder.outputScales(of: try neurons.probe.values.rows(range))
                        return try answers.gradients(range).scaled(rows: scales)
                    }, along: autoencoder.decoder, classes: context.classes.names.count)
            })
    }

    package var kind: UnitKind { .feature }
    package var count: Int { autoencoder.count }
    package var units: [InternalUnit] { (0..<count).map(unit) }
    package var statistics: any UnitStatistics { probe }

    package func unit(_ index: Int) -> InternalUnit { InternalUnit(layer: layer, index: index, kind: .feature) }

    package func unit(_ index: Int, pole: Pole?) -> InternalUnit? {
        (0..<count).contains(index) && pole == nil ? unit(index) : nil
    }

    package func activations(on vectors: Tensor) -> Tensor { autoencoder.encode(vectors).dense() }

    package func activations(of index: Int, on vectors: Tensor) -> [Float] {
        Self.column(index, of: autoencoder.encode(vectors))
    }

    /// Of images, from the tokens [N, T, d] of an autoencoder of tokens.
    package func activations(of index: Int, onImages tokens: Tensor) -> [Float] {
        Self.column(index, of: autoencoder.encode(images: tokens))
    }

    private static func column(_ index: Int, of codes: SparseRows) -> [Float] {
        (0..<codes.rows).map { row in
            codes.range(of: row).first { codes.indices[$0] == Int32(index) }.map { codes.values[$0] } ?? 0
        }
    }

    /// By what they respond to.
    package func embeddings(of units: [InternalUnit]) -> Tensor { responding.rows(at: units.map(\.index)) }

    /// How many features a ranked list holds; a layer has up to millions.
    static let listed = 1000

    /// The 1,000 best, with w_j of the E_n trained on feature activations in place of W_i: `contribution` is
    /// (w_j·(c - c̄)) (f̄_{j,c} - f̄_j) of features that are present on the concept, `cosine` that of w_j and the concept,
    /// centred; `attribution` goes by the direction that a feature's decoder moves the activations in.
    package func locate(
        _ query: ConceptQuery, estimate: (([RankedUnit]) throws -> Void)?, checkCancellation: () throws -> Void
    ) throws -> [RankedUnit] {
        let centred = try context.centred(query.embedding)
        let best: [(row: Int, score: Float)]
        switch query.ranking {
        case .cosine:
            let norm = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
            best = respondingIndex.greatest(Self.listed, for: norm > 0 ? centred.map { $0 / norm } : centred)
        case .contribution:
            let means = try probe.means(on: query, in: context, checkCancellation: checkCancellation)
            best = contributionIndex.greatest(
                Self.listed, for: centred, weights: means.indices.map { max(0, means[$0] - probe.means[$0]) })
        case .rivals:
            let (means, images) = try probe.weightedMeans(
                on: query, in: context, checkCancellation: checkCancellation)
            best = contributionIndex.greatest(
                Self.listed, for: query.embedding, weights: means,
                offsets: try rivals.rivals(of: query, images: images).map { -$0 })
        case .attribution: best = Self.best(try attribution.scores(query).scores)
        }
        return best.map { RankedUnit(unit: unit($0.row), score: $0.score) }
    }

    private static func best(_ scores: [Float]) -> [(row: Int, score: Float)] {
        TopK.indices(of: scores, count: listed).map { ($0, scores[$0]) }
    }

    /// The concepts of what a feature responds to.
    package func describe(_ unit: InternalUnit, count: Int) throws -> UnitDescription {
        UnitDescription(
            unit: unit, concepts: try context.concepts.value.best(count, for: responding.row(unit.index)))
    }

    package func summaries(_ range: Range<Int>, checkCancellation: () throws -> Void) throws -> [UnitSummary] {
        let best = try context.concepts.value.best(for: responding, range, checkCancellation: checkCancellation)
        return zip(range, best).map { index, best in
            UnitSummary(unit: unit(index), concept: best, mean: probe.means[index], deviation: probe.deviations[index])
        }
    }

    package func readings(of activations: Tensor) -> any UnitReadings {
        FeatureReadings(autoencoder: autoencoder, activations: activations)
    }

    package func direction(of unit: InternalUnit) -> UnitDirections {
        .vectors(autoencoder.decoder.rows(at: [unit.index]))
    }

    package var directions: UnitDirections { .vectors(autoencoder.decoder) }

    /// Of what features respond to.
    package func said(of direction: [Float]) -> [Float] { multiply(respondingWeights, direction) }

    package func featureFacts(of unit: InternalUnit, concepts: Int, neighbours: Int) throws -> FeatureFacts? {
        let correlations = try probe.correlations(unit.index, with: neurons.probe)
        let strongest = TopK.indices(of: correlations.map { abs($0) }, count: neighbours)
        let nearest = respondingIndex.greatest(neighbours + 1, for: responding.row(unit.index))
        return FeatureFacts(
            density: probe.density(unit.index),
            does: try context.concepts.value.best(concepts, for: doing.row(unit.index)),
            nearest: nearest.filter { $0.row != unit.index }.prefix(neighbours)
                .map { RankedUnit(unit: self.unit($0.row), score: $0.score) },
            neurons: strongest.compactMap { neuron in
                // Of a signed neuron the pole that goes with the feature, so that its correlation is positive.
                let pole: Pole? = neurons.encoder.isSigned ? (correlations[neuron] < 0 ? .negative : .positive) : nil
                return neurons.unit(neuron, pole: pole).map {
                    RankedUnit(unit: $0, score: correlations[neuron] * (pole?.sign ?? 1))
                }
            })
    }
}

extension FeatureSpace {
    /// By both descriptions, each as cosine of the concept, centred, and as that, not normalised, times how the feature
    /// departs on the class.
    package var unitSets: [UnitSets] {
        func sets(_ method: UnitSetMethod, _ scores: @escaping @Sendable ([Float], _ means: [Float]) -> [Float])
            -> UnitSets
        {
            UnitSets(method) { [self] concepts, count, _ in
                try concepts.names.indices.map { c in
                    let means = try probe.means(on: concepts.query(c), in: context)
                    let centred = try context.centred(concepts.embeddings.row(c))
                    return TopK.indices(of: scores(centred, means), count: count).map(unit)
                }
            }
        }
        @Sendable func departures(_ along: [Float], _ means: [Float]) -> [Float] {
            along.indices.map { along[$0] * max(0, means[$0] - probe.means[$0]) }
        }
        func ranked(_ method: UnitSetMethod, by ranking: Ranking) -> UnitSets {
            UnitSets(method) { [self] concepts, count, _ in
                try concepts.names.indices.map { c in
                    try locate(concepts.query(c, ranking)).prefix(count).map(\.unit)
                }
            }
        }
        return [
            sets(.respondingCosine) { [responding] concept, _ in multiply(responding, concept) },
            sets(.respondingContribution) { [respondingWeights] concept, means in
                departures(multiply(respondingWeights, concept), means)
            },
            ranked(.respondingRivals, by: .rivals),
            sets(.effectCosine) { [doing] concept, _ in multiply(doing, concept) },
            sets(.effectContribution) { [doingWeights] concept, means in
                departures(multiply(doingWeights, concept), means)
            },
        ] + (answers.isDifferentiable ? [ranked(.ranking(.attribution), by: .attribution)] : [])
            + UnitSets.baselines(of: self, context) { [layer] in InternalUnit(layer: layer, index: $0, kind: .feature) }
    }
}

/// What is known of a feature beyond what every unit has.
package struct FeatureFacts: Sendable, Hashable, Codable {
    /// Share of the probe images that activate it.
    package var density: Float
    /// What it does: the concepts nearest to E_n of its decoder direction.
    package var does: [RankedConcept]
    /// Features that respond alike, by cosine.
    package var nearest: [RankedUnit]
    /// The neurons whose activations go with its own most, by correlation along their pole, the strongest first.
    package var neurons: [RankedUnit]

    package init(density: Float, does: [RankedConcept], nearest: [RankedUnit], neurons: [RankedUnit]) {
        self.density = density
        self.does = does
        self.nearest = nearest
        self.neurons = neurons
    }
}
