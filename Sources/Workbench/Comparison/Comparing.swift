import Analysis
import LinearAlgebra

/// What a comparison is to look at: enough to do it again.
package struct ComparisonRequest: Sendable, Codable, Hashable {
    package var first: LayerReference
    package var second: LayerReference
    package var units: UnitKind
    /// Concepts whose units are scaled; τ, how many units; and the values of β.
    package var concepts: [String]
    package var top: Int
    package var betas: [Double]

    /// Those that are asked for by default.
    package static let betas = [0, 0.5, 1, 1.5, 2]

    package init(
        first: LayerReference, second: LayerReference, units: UnitKind = .neuron, concepts: [String] = [],
        top: Int = 20, betas: [Double] = Self.betas
    ) {
        (self.first, self.second, self.units) = (first, second, units)
        (self.concepts, self.top, self.betas) = (concepts, top, betas)
    }
}

/// What two layers of one study have in common.
package struct LayerComparison: Sendable {
    package var request: ComparisonRequest
    /// Facts of the first layer, and of what both depend on.
    package var facts: StudyFacts
    package var digests: [String: String]
    /// Probe images, and units of either that are ever active.
    package var images: Int
    package var units: (first: Int, second: Int)
    /// Units that go together more than any do by chance.
    package var pairs: [UnitMatch]
    /// The greatest |r| of any two units with the images of the second in another order.
    package var chance: Float
    package var moves: [Move]
    /// Concepts of the first layer that are lost and gained where it is aligned from another seed: what means nothing.
    package var noise: (lost: Int, gained: Int)
    package var curves: [ComparedCurve]

    /// What became of a concept, with the greatest cosine of any unit with it in either layer.
    package struct Move: Sendable {
        package var move: ConceptMove
        package var strengths: (first: Float, second: Float)
    }

    package func count(_ fate: ConceptFate) -> Int { moves.count { $0.move.fate == fate } }

    package var first: LayerReference { request.first }
    package var second: LayerReference { request.second }

    /// Units paired with those of the same number.
    package var unmoved: Int { pairs.count { $0.first == $0.second } }

    package var meanCorrelation: Double { Sample(pairs.map { Double(abs($0.correlation)) }).mean }
}

/// Accuracy on a class as the units of a concept are scaled, each layer's own, over the same images.
package struct ComparedCurve: Sendable {
    package struct Point: Sendable {
        package var beta: Double
        /// Right answers among the images of the class.
        package var first: Int
        package var second: Int
        /// Of second less first, in points: mean over the images, ± 95 % by the differences image by image.
        package var difference: Double
        package var halfWidth: Double?
        /// The same on all other images.
        package var others: Double
        package var othersHalfWidth: Double?
    }

    package var concept: String
    package var `class`: String
    /// Held-out images of the class.
    package var images: Int
    package var points: [Point]
}

extension StudiedLayer {
    /// Compares this layer with another of the study: which units go together over the probe images, which concepts
    /// describe units of one and not of the other, and what scaling each one's units of a concept by β does.
    ///
    /// - Throws: `tooManyPairs` where a table of all units of both would fill the memory.
    package func comparison(
        with other: StudiedLayer, _ request: ComparisonRequest, _ work: Work = Work()
    ) throws -> LayerComparison {
        let kind = request.units
        let (space, otherSpace) = (try space(kind), try other.space(kind))
        guard space.count * otherSpace.count <= Self.mostPairs else {
            throw WorkbenchError.tooManyPairs(units: space.count, others: otherSpace.count)
        }
        let (own, others) = (space.statistics, otherSpace.statistics)
        let correlations = try UnitCorrelations(own, others, checkCancellation: work.checkCancelled)
        var random = SeededGenerator(seed: 0)
        let order = Array(0..<own.imageCount).shuffled(using: &random)
        let chance = try UnitCorrelations(own, others, order: order, checkCancellation: work.checkCancelled).greatest
        let pairs = correlations.pairs(above: chance)
        let (before, after) = (try described(kind), try other.described(kind))
        let (units, otherUnits) = (space.embeddings(of: space.units), otherSpace.embeddings(of: otherSpace.units))
        let set = try self.concepts
        let places = Dictionary(set.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let moves = try ConceptMove.all(from: before, to: after, pairs).map { move -> LayerComparison.Move in
            try work.checkCancelled()
            let embedding = places[move.concept].map(set.embeddings.row) ?? []
            func strength(_ units: Tensor) -> Float { multiply(units, embedding).max() ?? 0 }
            return LayerComparison.Move(move: move, strengths: (strength(units), strength(otherUnits)))
        }
        var seeded = parameters
        seeded.seed += 1
        try target.train(seeded, work)
        let autoencoder = kind == .feature ? try studiedFeatures(work)?.own : nil
        let again = ConceptMove.all(
            from: before, to: try realigned(seeded, autoencoder: autoencoder).described(kind), [])
        let meter = RateMeter(.intervention, from: 0, to: request.concepts.count)
        let curves = try request.concepts.enumerated().map { place, concept in
            try work.advance(meter.progress(place))
            return try compared(concept, with: other, request, work)
        }
        func active(_ units: any UnitStatistics) -> Int { (0..<units.unitCount).count { !units.isSilent($0) } }
        return LayerComparison(
            request: request, facts: try facts,
            digests: try provenance.merging(
                other.provenance.map { ("\($0.key) of the second", $0.value) }, uniquingKeysWith: { first, _ in first }),
            images: own.imageCount, units: (active(own), active(others)), pairs: pairs, chance: chance, moves: moves,
            noise: (again.count { $0.fate == .lost }, again.count { $0.fate == .gained }),
            curves: curves)
    }

    /// The concepts whose curves are compared where none are named: the classes, where somebody tells them and they are few.
    package var comparedConcepts: [String] {
        reader != .none && classes.names.count <= 20 ? classes.names : []
    }

    /// Correlations that are held at once: 1 GB.
    private static let mostPairs = 1 << 28

    /// Every unit that is ever active, with its best concept.
    private func described(_ kind: UnitKind) throws -> [(unit: InternalUnit, concept: String)] {
        let statistics = try space(kind).statistics
        return try summaries(kind).filter { !statistics.isSilent($0.unit.index) }.map { ($0.unit, $0.concept.concept) }
    }

    private func compared(
        _ concept: String, with other: StudiedLayer, _ request: ComparisonRequest, _ work: Work
    ) throws -> ComparedCurve {
        let (count, betas, kind) = (request.top, request.betas, request.units)
        let found = try locate(concept, units: kind, work)
        let target = found.target.index
        let name = countedClasses.names[target]
        let right = try rightAnswers(found, count, betas, work)
        let place = try other.classIndex(name)
        let otherRight = try other.rightAnswers(
            other.locate(concept, chosenClass: place, units: kind, work), count, betas, work)
        let labels = try heldOut.labels
        let images = labels.indices.filter { labels[$0] == target }
        let rest = labels.indices.filter { labels[$0] != target }
        let points = betas.indices.map { at in
            func differences(_ some: [Int]) -> Sample {
                Sample(some.map { 100 * ((otherRight[at][$0] ? 1 : 0) - (right[at][$0] ? 1 : 0)) })
            }
            let (ofClass, ofOthers) = (differences(images), differences(rest))
            return ComparedCurve.Point(
                beta: betas[at], first: images.count { right[at][$0] }, second: images.count { otherRight[at][$0] },
                difference: ofClass.mean, halfWidth: ofClass.halfWidth, others: ofOthers.mean,
                othersHalfWidth: ofOthers.halfWidth)
        }
        return ComparedCurve(concept: concept, class: name, images: images.count, points: points)
    }

    /// Whether each held-out image is classified right with the units of a concept scaled: [betas][images]
    private func rightAnswers(
        _ found: Localization, _ count: Int, _ betas: [Double], _ work: Work
    ) throws -> [[Bool]] {
        let units = Array(found.units.map(\.unit).distinctNeurons.prefix(count))
        let labels = try heldOut.labels
        return try edited(
            Array(labels.indices), Steering(Intervention(units: units, operator: .scaling, beta: 1)), at: betas, work
        ).map { zip($0.classes, labels).map { $0 == $1 } }
    }
}
