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
    ///
    /// - Parameter checkCancellation: asked every few milliseconds.
    func summaries(_ range: Range<Int>, checkCancellation: () throws -> Void) throws -> [UnitSummary]
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
    package func summaries(checkCancellation: () throws -> Void = {}) throws -> [UnitSummary] {
        try summaries(units.indices, checkCancellation: checkCancellation)
    }

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
    private let usualNearnessOfImages: Once<Float>
    /// c̄ less the mean of E_i: [d]
    private let gap: Once<[Float]>

    package init(concepts: Once<ConceptSet>, classes: ConceptSet, imageEmbeddings: Once<Tensor>) {
        self.concepts = concepts
        self.classes = classes
        self.imageEmbeddings = imageEmbeddings
        usualNearness = Once { try concepts.value.usualNearness() }
        let gap = Once { zip(try concepts.value.mean, try imageEmbeddings.value.columnMeans()).map { $0 - $1 } }
        usualNearnessOfImages = Once {
            let images = try imageEmbeddings.value
            let count = min(256, images.rows)
            let some = try (0..<count).flatMap { Self.moved(images.row($0 * images.rows / count), by: try gap.value) }
            return try concepts.value.usualNearness(of: Tensor([count, images.columns], some))
        }
        self.gap = gap
    }

    /// The probe image of a number as a concept: its embedding, moved to where texts lie and made a unit vector again. Images
    /// and texts lie apart in a concept space (Liang et al. 2022, "Mind the gap"), by about the difference of their means;
    /// as it is, an image says less of every concept than the classes do that it is ranked against. Nil where there is none.
    package func concept(ofImage number: Int) throws -> [Float]? {
        let images = try imageEmbeddings.value
        return try number < images.rows ? Self.moved(images.row(number), by: gap.value) : nil
    }

    private static func moved(_ image: [Float], by gap: [Float]) -> [Float] {
        Tensor([1, image.count], zip(image, gap).map { $0 + $1 }).normalized().row(0)
    }

    /// The known concept nearest to what was typed; nil for words that are known themselves.
    ///
    /// - Parameter embedding: its unit vector.
    package func nearest(to sum: ConceptSum, _ embedding: [Float]) throws -> NearestConcept? {
        guard try sum.onlyWords.map(isKnown) != true, let best = try concepts.value.best(1, for: embedding).first else {
            return nil
        }
        // Images lie further from every text than texts do.
        let usual = try (sum.hasImages ? usualNearnessOfImages : usualNearness).value
        return NearestConcept(concept: best.concept, score: best.score, isFar: best.score < usual)
    }

    /// Whether words are a concept of the set or a class.
    package func isKnown(_ words: String) throws -> Bool {
        try classes.position(of: words) != nil || concepts.value.position(of: words) != nil
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
