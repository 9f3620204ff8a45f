import LinearAlgebra

/// The units of one kind in a layer: all that the verbs ask of them, so that no verb asks which kind they are.
package protocol UnitSpace: Sendable {
    var kind: UnitKind { get }
    /// The hook point.
    var layer: String { get }
    /// Units by index; the two poles of a neuron have one.
    var count: Int { get }
    /// Every unit, in order.
    var units: [InternalUnit] { get }
    /// What is known of their activations on the probe images.
    var statistics: any UnitStatistics { get }

    /// The unit that a user means by an index and a pole; nil where there is none.
    func unit(_ index: Int, pole: Pole?) -> InternalUnit?
    /// u of each of `units`: unit rows [units.count, d].
    func embeddings(of units: [InternalUnit]) -> Tensor

    /// Units for a concept, best first: all, or as many as a list has a use for.
    ///
    /// - Parameters:
    ///   - estimate: takes what can be told within a frame, where the whole answer takes longer.
    ///   - checkCancellation: asked now and then.
    func locate(
        _ query: ConceptQuery, estimate: (([RankedUnit]) throws -> Void)?, checkCancellation: () throws -> Void
    ) throws -> [RankedUnit]
    /// The `count` best concepts of a unit, best first.
    func describe(_ unit: InternalUnit, count: Int) throws -> UnitDescription
    /// Some of `units` with their best concepts, in order.
    func summaries(_ range: Range<Int>) throws -> [UnitSummary]
    /// What a unit has beyond what every unit has.
    func featureFacts(of unit: InternalUnit, concepts: Int, neighbours: Int) throws -> FeatureFacts?
    /// The ways to choose a concept's unit set, in the order of a table.
    var unitSets: [UnitSets] { get }

    /// The activations of all units by index on vectors of the layer [N, d]: [N, count]
    func activations(on vectors: Tensor) -> Tensor
    /// The activation of one unit on vectors of the layer [N, d].
    func activations(of index: Int, on vectors: Tensor) -> [Float]
    /// Activation vectors [N, d], read for interventions on these units.
    func readings(of activations: Tensor) -> any UnitReadings
    /// Where in activation space a unit moves a vector to.
    func direction(of unit: InternalUnit) -> UnitDirections
    /// The same of every unit, by index.
    var directions: UnitDirections { get }
    /// What each unit, by index, says of a direction of the concept space: its row of E_n times it, as it is.
    func said(of direction: [Float]) -> [Float]
}

extension UnitSpace {
    /// Every unit with its best concept, in order.
    package func summaries() throws -> [UnitSummary] { try summaries(units.indices) }

    package func featureFacts(of unit: InternalUnit, concepts: Int, neighbours: Int) throws -> FeatureFacts? { nil }

    package func locate(_ query: ConceptQuery) throws -> [RankedUnit] {
        try locate(query, estimate: nil, checkCancellation: {})
    }

    /// The quality of every unit, in order.
    ///
    /// - Parameter checkCancellation: asked now and then.
    package func qualities(
        imageEmbeddings: Tensor, checkCancellation: () throws -> Void
    ) throws -> [InternalUnit: UnitQuality] {
        let units = units
        let measured = try UnitQuality.measure(
            units, embeddings: embeddings(of: units), probe: statistics, imageEmbeddings: imageEmbeddings,
            checkCancellation: checkCancellation)
        return Dictionary(uniqueKeysWithValues: zip(units, measured))
    }
}

/// What units are read against in the concept space.
package struct ConceptContext: Sendable {
    /// Descriptions come from it, and c̄, around which concepts are centred.
    package let concepts: Once<ConceptSet>
    /// The classes that probe images were predicted as.
    package let classes: ConceptSet
    /// E_i of the probe images: unit rows [N, d]
    package let imageEmbeddings: Once<Tensor>
    private let usualNearness: Once<Float>

    package init(concepts: Once<ConceptSet>, classes: ConceptSet, imageEmbeddings: Once<Tensor>) {
        self.concepts = concepts
        self.classes = classes
        self.imageEmbeddings = imageEmbeddings
        usualNearness = Once { try concepts.value.usualNearness() }
    }

    /// The known concept nearest to words of this embedding; nil for words that are known themselves.
    package func nearest(to words: String, _ embedding: [Float]) throws -> NearestConcept? {
        let known = try concepts.value
        guard known.position(of: words) == nil, classes.position(of: words) == nil,
            let best = known.best(1, for: embedding).first
        else { return nil }
        return NearestConcept(
            concept: best.concept, score: best.score, isFar: best.score < (try usualNearness.value))
    }

    package init(concepts: ConceptSet, classes: ConceptSet, imageEmbeddings: Tensor) {
        self.init(
            concepts: Once(value: concepts), classes: classes, imageEmbeddings: Once(value: imageEmbeddings))
    }

    /// A concept's embedding less the mean of the concept set.
    func centred(_ embedding: [Float]) throws -> [Float] {
        zip(embedding, try concepts.value.mean).map { $0 - $1 }
    }
}
