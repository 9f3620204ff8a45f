import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// The questions about units.
extension StudiedLayer {
    /// Units for a typed concept, best first: words, a sum of concepts and probe images (`ConceptSum`), or the names of
    /// units, as in `norm:45- 17+`, which mean these alone; see `ConceptText`.
    ///
    /// - Parameters:
    ///   - ranking: nil for the one to begin with; of images that is contribution, for against rivals an image says what it has
    ///     beyond its own class.
    ///   - chosenClass: the counted class to tie it to, instead of the one its name or the concept space gives.
    ///   - kind: which units.
    ///   - estimate: takes what can be told within a frame, where the whole answer takes longer.
    package func locate(
        _ concept: String, ranking: Ranking? = nil, chosenClass: Int? = nil, units kind: UnitKind = .neuron,
        _ work: Work = Work(), estimate: ((Localization) -> Void)? = nil
    ) throws -> Localization {
        let text = concept.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw WorkbenchError.emptyConcept }
        var typed = ConceptText(text, layer: encoder.layer)
        var chosenClass = chosenClass
        if let name = typed.className {
            if let place = countedClasses.position(of: name) {
                chosenClass = chosenClass ?? place
            } else {
                // No class of ours: the sign is part of the words.
                typed = ConceptText(text.replacing("@", with: " "), layer: encoder.layer)
                typed.words = text
            }
        }
        let standard: Ranking = ConceptSum(typed.words).hasImages ? .contribution : reader.standardRanking
        let ranking = ranking ?? (reader.rankings.contains(standard) ? standard : reader.standardRanking)
        if let units = try namedUnits(typed) {
            var embedding: [Float] = []
            for (kind, own) in Dictionary(grouping: units, by: \.kind) {
                let sum = try space(kind).embeddings(of: own).columnMeans().map { $0 * Float(own.count) }
                embedding = embedding.isEmpty ? sum : zip(embedding, sum).map(+)
            }
            return Localization(
                concept: text, target: countedClasses.target(of: text, embedding: embedding, chosen: chosenClass),
                ranking: ranking, units: units.map { RankedUnit(unit: $0, score: 1) })
        }
        let space = try space(kind)
        try prepare(ranking, work)
        let sum = try sum(typed.words)
        let embedding = try embedding(of: sum, typed.words)
        // A sum has the name of no class, whatever was typed.
        let name = sum.onlyWords ?? typed.words
        let query = ConceptQuery(name, embedding: embedding, ranking: ranking)
        var found = Localization(
            concept: text, target: countedClasses.target(of: name, embedding: embedding, chosen: chosenClass),
            ranking: ranking, units: [], isExact: false)
        found.units = try space.locate(
            query,
            estimate: estimate.map { tell in
                {
                    found.units = $0
                    tell(found)
                }
            }, checkCancellation: work.checkCancelled)
        found.isExact = true
        found.nearest = try context.nearest(to: sum, embedding)
        return found
    }

    /// What words add up to; a concept that is known under them is that one, whatever signs are in its name.
    private func sum(_ words: String) throws -> ConceptSum {
        let sum = ConceptSum(words)
        if sum.onlyWords == words { return sum }
        return try sum.terms.isEmpty || context.isKnown(words) ? ConceptSum(plain: words) : sum
    }

    /// Its unit vector in the concept space.
    private func embedding(of sum: ConceptSum, _ text: String) throws -> [Float] {
        let embedding = try sum.embedding { part in
            switch part {
            case .words(let words): return try typedConcepts.embed(words, asPart: sum.terms.count > 1)
            case .image(let number):
                guard let concept = try context.concept(ofImage: number) else {
                    throw WorkbenchError.unknownImage(number, count: try probeEmbeddings.rows)
                }
                return concept
            }
        }
        guard let embedding else { throw WorkbenchError.cancelledConcept(text) }
        return embedding
    }

    /// The `count` best concepts of a unit; of a feature, of what it responds to.
    package func describe(_ unit: InternalUnit, count: Int) throws -> UnitDescription {
        try space(unit.kind).describe(unit, count: count)
    }

    /// What a unit has beyond what every unit has: a feature's second description and its company.
    package func featureFacts(
        of unit: InternalUnit, concepts: Int = 5, neighbours: Int = 5
    ) throws -> FeatureFacts? {
        try space(unit.kind).featureFacts(of: unit, concepts: concepts, neighbours: neighbours)
    }

    /// Every unit of a kind with its best concept, in order.
    package func summaries(_ kind: UnitKind = .neuron, _ work: Work = Work()) throws -> [UnitSummary] {
        try space(kind).summaries(checkCancellation: work.checkCancelled)
    }

    /// The first of them, as many as there is time for within a frame; nil where that is most of them.
    package func firstSummaries(_ kind: UnitKind) throws -> [UnitSummary]? {
        let space = try space(kind)
        let atOnce = try max(1, Self.comparedAtOnce / max(1, concepts.names.count))
        return space.units.count > 2 * atOnce ? try space.summaries(0..<atOnce, checkCancellation: {}) : nil
    }

    /// Units times concepts that are compared within a frame.
    private static let comparedAtOnce = 1 << 23

    /// The quality of every unit of a kind, with the scores of its description where these come quickly.
    package func qualities(
        _ kind: UnitKind = .neuron, _ work: Work = Work()
    ) throws -> [InternalUnit: UnitQuality] {
        var found = try space(kind).qualities(imageEmbeddings: probeEmbeddings, checkCancellation: work.checkCancelled)
        for (unit, explanation) in try scoredDescriptions(kind, onlyQuickly: true, work) ?? [:] {
            found[unit]?.explanation = explanation
        }
        return found
    }

    /// For every counted class its `count` best units by a method; nil where the units have no such method.
    package func unitSets(
        by method: UnitSetMethod, units kind: UnitKind = .neuron, count: Int, seed: UInt64 = 0
    ) throws -> [[InternalUnit]]? {
        try space(kind).unitSets.first { $0.method == method }?.sets(for: countedClasses, count: count, seed: seed)
    }

    /// The units that a text names, of either kind, where it does; any other text is a concept.
    ///
    /// - Throws: `unknownUnit` for a unit of another of the model's layers or out of range.
    private func namedUnits(_ text: ConceptText) throws -> [InternalUnit]? {
        let layers = Set(target.target.facts.hookPoints.map(\.name) + [encoder.layer])
        guard !text.units.isEmpty, text.units.allSatisfy({ layers.contains($0.layer) }) else { return nil }
        return try text.units.map { try unit($0.description) }
    }

    /// The class a user names, but for case.
    package func classIndex(_ name: String) throws(WorkbenchError) -> Int {
        guard let index = countedClasses.position(of: name) else {
            throw .unknownClass(name, known: countedClasses.names)
        }
        return index
    }

    /// The unit a user names: `LAYER:INDEX`, or `INDEX` alone, with an optional pole, or with an f before the index for
    /// a feature. A signed unit without a pole means its `+` pole.
    package func unit(_ text: String) throws -> InternalUnit {
        let layer = encoder.layer
        guard let named = InternalUnit(text.contains(":") ? text : "\(layer):\(text)"), named.layer == layer else {
            throw WorkbenchError.unknownUnit(text, layer: layer, kind: .neuron, count: encoder.count)
        }
        let space = try space(named.kind)
        guard let unit = space.unit(named.index, pole: named.pole) else {
            throw WorkbenchError.unknownUnit(text, layer: layer, kind: named.kind, count: space.count)
        }
        return unit
    }

    /// Reads what the first typed concept, the first profile and the first slider need, so that they need not wait. What fails
    /// is told where it is asked for.
    package func readAhead() {
        if target.reader != .none { try? neurons.readAhead() }
        _ = try? (
            typedConcepts.space.value, target.probe, target.probeLabels.value, concepts, heldOut.remainder
        )
    }

    /// Everything the explorer shows of a unit.
    ///
    /// - Parameter first: takes what is known before the model is loaded, where it was not: all but the classes that the
    ///   unit moves.
    package func profile(
        _ unit: InternalUnit, images: Int = 20, concepts: Int = 40, first: ((UnitProfile) -> Void)? = nil
    ) throws -> UnitProfile {
        let space = try space(unit.kind)
        let statistics = space.statistics
        let extremes = try statistics.extremes(of: unit, count: images)
        var profile = UnitProfile(
            unit: unit, concepts: try space.describe(unit, count: concepts).concepts,
            mostActivating: try activatingImages(extremes.most),
            leastActivating: try activatingImages(extremes.least),
            histogram: try statistics.histogram(of: unit.index), raises: [], lowers: [],
            mean: statistics.means[unit.index], deviation: statistics.deviations[unit.index])
        profile.feature = try space.featureFacts(of: unit, concepts: concepts, neighbours: 5)
        if let first, !isCounting { first(profile) }
        let effects = try heldOut.remainder.effects(of: unit, in: space, means: neurons.probe.means)
        let named = TopK.indices(of: effects, count: effects.count)
            .map { ClassEffect(name: countedClasses.names[$0], effect: effects[$0]) }
        profile.raises = named.filter { $0.effect > 0 }
        profile.lowers = named.filter { $0.effect < 0 }.reversed()
        return profile
    }

    /// Images of a unit over the whole range of its activation, `count` of each part.
    package func contactSheet(of unit: InternalUnit, count: Int = 12, _ work: Work = Work()) throws -> ContactSheet {
        let sign = unit.pole?.sign ?? 1
        let activations = try space(unit.kind).statistics.column(unit.index).map { $0 * sign }
        let strips = try ContactSheet.strips(of: activations, count: count).map { title, count, images in
            ContactSheet.Strip(
                title: title, count: count,
                images: try activatingImages(
                    images.map { ImageActivation(image: $0, activation: sign * activations[$0]) }, work))
        }
        return ContactSheet(unit: unit, strips: strips)
    }

    /// Pictures with what is known of them, decoded on all cores.
    private func activatingImages(_ extremes: [ImageActivation], _ work: Work = Work()) throws -> [ActivatingImage] {
        try work.checkCancelled()
        let (images, predictions) = (try target.probe, neurons.probe.predictions)
        let made = parallelMap(extremes.count) { place in
            let extreme = extremes[place]
            return Result {
                ActivatingImage(
                    image: extreme.image, name: try images.source.name(of: extreme.image),
                    // Where nobody classifies, what the concept space finds nearest.
                    predictedClass: (target.reader == .none ? "≈ " : "") + classes.names[predictions[extreme.image]],
                    label: target.probeLabel(of: extreme.image), activation: extreme.activation,
                    thumbnail: images.thumbnail(extreme.image))
            }
        }
        return try made.map { try $0.get() }
    }
}
