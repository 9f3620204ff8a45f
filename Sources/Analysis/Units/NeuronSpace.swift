import Algorithms
import LinearAlgebra

/// The neurons of a layer, each with one pole or two, read through E_n.
package struct NeuronSpace: UnitSpace {
    package let encoder: NeuronEncoder
    package let probe: ProbeActivations
    let context: ConceptContext
    package let answers: ProbeAnswers
    package let units: [InternalUnit]
    private let embeddings: Once<Tensor>
    private let rivals: RivalRanking
    private let attribution: AttributionRanking

    /// - Parameter rivals: `UnitStatistics.rivals` of the classes, where it is kept; nil to find it when it is needed.
    package init(
        encoder: NeuronEncoder, probe: ProbeActivations, answers: ProbeAnswers, context: ConceptContext,
        rivals: Once<Tensor>? = nil
    ) {
        self.encoder = encoder
        self.probe = probe
        self.answers = answers
        self.context = context
        self.rivals = RivalRanking(probe, weights: encoder.weights, answers, context, ofClasses: rivals)
        attribution = AttributionRanking(probe, context.classes, ofClasses: answers.attribution)
        let units = encoder.units
        self.units = units
        embeddings = Once { encoder.embeddings(of: units) }
    }

    /// Finds what units say of rivals, which the first concept would wait for.
    package func readAhead() throws { try rivals.readAhead() }

    package var kind: UnitKind { .neuron }
    package var layer: String { encoder.layer }
    package var count: Int { encoder.count }
    package var statistics: any UnitStatistics { probe }

    /// A signed neuron without a pole means its `+` pole.
    package func unit(_ index: Int, pole: Pole?) -> InternalUnit? {
        guard (0..<count).contains(index), pole == nil || encoder.isSigned else { return nil }
        return InternalUnit(layer: layer, index: index, pole: encoder.isSigned ? pole ?? .positive : nil)
    }

    package func activations(on vectors: Tensor) -> Tensor { vectors }

    package func activations(of index: Int, on vectors: Tensor) -> [Float] { vectors.columns(at: [index]).values }

    package func embeddings(of units: [InternalUnit]) -> Tensor { encoder.embeddings(of: units) }

    package func locate(
        _ query: ConceptQuery, estimate: (([RankedUnit]) throws -> Void)?, checkCancellation: () throws -> Void
    ) throws -> [RankedUnit] {
        switch query.ranking {
        case .cosine: return try byCosine(query.embedding)
        case .contribution, .rivals:
            let found = try probe.weightedMeans(
                on: query, in: context, estimate: estimate.map { tell in { try tell(byMeans(query, $0)) } },
                checkCancellation: checkCancellation)
            return try byMeans(query, found)
        case .attribution: return try byAttribution(query)
        }
    }

    /// By what hangs on the activations on the concept's images through their means alone.
    private func byMeans(_ query: ConceptQuery, _ found: WeightedMeans) throws -> [RankedUnit] {
        query.ranking == .rivals
            ? ranked(
                try rivals.scores(query, means: found.means, images: found.images), toward: try said(query.embedding))
            : try byContribution(query.embedding, means: found.means)
    }

    /// cos(u_i, c) over every pole.
    private func byCosine(_ embedding: [Float]) throws -> [RankedUnit] {
        let scores = multiply(try embeddings.value, embedding)
        return TopK.indices(of: scores, count: scores.count).map { RankedUnit(unit: units[$0], score: scores[$0]) }
    }

    /// (W_i·(c - c̄)) (ā_{i,c} - ā_i) over neurons; a one-sided one that is not present on the concept scores nothing.
    private func byContribution(_ embedding: [Float], means: [Float]) throws -> [RankedUnit] {
        let along = try said(embedding)
        let scores = along.indices.map { index in
            let departure = means[index] - probe.means[index]
            return along[index] * (encoder.isSigned ? departure : max(0, departure))
        }
        return ranked(scores, toward: along)
    }

    /// The mean of a_i ∂ log p_c/∂a_i; the pole is the side that raises p_c.
    private func byAttribution(_ query: ConceptQuery) throws -> [RankedUnit] {
        let (scores, means) = try attribution.scores(query)
        return ranked(scores, toward: scores.indices.map { scores[$0] * means[$0] })
    }

    /// W_i·(c - c̄): what each neuron says of a concept.
    private func said(_ embedding: [Float]) throws -> [Float] { said(of: try context.centred(embedding)) }

    /// Every neuron by its score, of a signed one the pole that lies in the direction `toward`.
    private func ranked(_ scores: [Float], toward: [Float]) -> [RankedUnit] {
        TopK.indices(of: scores, count: scores.count).map { index in
            let pole: Pole? = encoder.isSigned ? (toward[index] < 0 ? .negative : .positive) : nil
            return RankedUnit(
                unit: InternalUnit(layer: layer, index: index, pole: pole), score: scores[index])
        }
    }

    /// Cosine of unit and concept embeddings (paper, D_u).
    package func describe(_ unit: InternalUnit, count: Int) throws -> UnitDescription {
        let concepts = try context.concepts.value
        return UnitDescription(
            unit: unit, concepts: concepts.best(count, for: encoder.embeddings(of: [unit]).values))
    }

    package func summaries(_ range: Range<Int>, checkCancellation: () throws -> Void) throws -> [UnitSummary] {
        let best = try context.concepts.value.best(
            for: embeddings.value, range, checkCancellation: checkCancellation)
        return zip(units[range], best).map { unit, best in
            UnitSummary(
                unit: unit, concept: best, mean: probe.means[unit.index], deviation: probe.deviations[unit.index])
        }
    }

    package func readings(of activations: Tensor) -> any UnitReadings { NeuronReadings(activations: activations) }

    package func direction(of unit: InternalUnit) -> UnitDirections { .coordinates([unit.index]) }

    package var directions: UnitDirections { .coordinates(Array(0..<count)) }

    package func said(of direction: [Float]) -> [Float] { multiply(encoder.weights, direction) }
}

extension NeuronSpace {
    /// Sets of neurons, each once and with the pole that speaks for the concept.
    package var unitSets: [UnitSets] {
        answers.rankings.map { ranking in
            UnitSets(.ranking(ranking)) { [self] concepts, count, _ in
                try concepts.names.indices.map { c in
                    let found = try locate(concepts.query(c, ranking))
                    return Array(found.map(\.unit).distinctNeurons.prefix(count))
                }
            }
        } + UnitSets.baselines(of: self, context) { [layer] in InternalUnit(layer: layer, index: $0) }
    }
}

extension [InternalUnit] {
    /// Every neuron once, by its better pole, in order.
    package var distinctNeurons: [InternalUnit] {
        uniqued(on: \.index)
    }
}
