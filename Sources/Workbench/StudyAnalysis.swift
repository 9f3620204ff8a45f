import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// An extracted and aligned study in memory: what the verbs that answer questions read. A value; any thread may ask.
public struct StudyAnalysis: Sendable {
    public internal(set) var facts: StudyFacts
    /// Concept -> units and unit -> concepts.
    public let localizer: UnitLocalizer
    public let describer: UnitDescriber
    /// Activations of the probe images.
    public let probe: ProbeActivations
    /// The study's classes: those of `probe.predictions`, which the encoder was aligned with.
    public let classes: ConceptSet
    /// E_i of the probe images: unit rows [N, d]
    public let probeEmbeddings: Tensor
    public let encoder: NeuronEncoder
    /// The features of the study's autoencoder, once `Workbench.addFeatures` has loaded them.
    public internal(set) var features: FeatureStudy?

    // What is counted.

    /// Target-layer activations of the held-out images, pooled [N, units] or with tokens [N, T, units].
    public let heldOutActivations: Tensor
    /// The classes accuracy is counted on: the study's, or others in their place.
    public private(set) var countedClasses: ConceptSet
    /// The model over these.
    private(set) var model: any TargetModel
    /// Logits of the held-out images as the model gives them: [N, classes]
    public private(set) var heldOutLogits: Tensor
    /// Their true classes.
    public private(set) var heldOutLabels: [Int]
    /// The classes the model predicts for them.
    public private(set) var uneditedPredictions: [Int]
    /// Nil where the rest of the network is not linear in the units.
    public private(set) var remainder: LinearRemainder?
    /// Where the rest of the network is a layer norm and a linear head.
    private(set) var normalized: Once<NormalizedStudy>?

    let heldOutImages: ImageSet
    let hookPoint: HookPoint
    let pooling: Pooling
    private let target: TargetLayer
    private let probeImages: ImageSet

    /// - Parameters:
    ///   - names: another concept set than the study's.
    ///   - encoder: another neuron encoder than the study's.
    init(_ workbench: Workbench, concepts names: [String], encoder: NeuronEncoder? = nil) throws {
        guard let probeExtraction = try workbench.extraction(of: workbench.probe),
            let heldOut = try workbench.extraction(of: workbench.heldOut)
        else { throw WorkbenchError.notExtracted(study: workbench.folder.path) }
        self.encoder = try encoder ?? workbench.neuronEncoder()
        probeEmbeddings = try workbench.probeEmbeddings()
        hookPoint = workbench.hookPoint
        pooling = workbench.pooling
        target = workbench
        probeImages = try workbench.probe
        probe = ProbeActivations(
            values: workbench.pooling(probeExtraction.activations), predictions: try workbench.predictions(probeExtraction),
            classes: workbench.classNames.count)
        heldOutActivations = heldOut.activations
        heldOutImages = try workbench.heldOut
        let concepts = ConceptSet(names: names, embeddings: try workbench.embedConcepts(names))
        classes = ConceptSet(
            names: workbench.classNames, embeddings: try workbench.embedConcepts(workbench.classNames))
        localizer = UnitLocalizer(
            encoder: self.encoder, concepts: concepts, classes: classes, probe: probe, imageEmbeddings: probeEmbeddings)
        describer = UnitDescriber(encoder: self.encoder, concepts: concepts)
        facts = StudyFacts(
            study: workbench.folder.path, model: workbench.modelName, layer: hookPoint.name,
            probeImages: probeImages.count, heldOutImages: heldOutImages.count, units: self.encoder.count,
            isSigned: self.encoder.isSigned, concepts: names.count, classes: classes.names, accuracy: 0)
        (model, countedClasses) = (try workbench.model, classes)
        (heldOutLogits, heldOutLabels, uneditedPredictions) = (Tensor([0, 1]), [], [])
        try count(workbench)
    }

    /// Takes the classes and what is counted on them from a workbench of this study.
    mutating func count(_ workbench: Workbench) throws {
        guard let heldOut = try workbench.extraction(of: workbench.heldOut) else {
            throw WorkbenchError.notExtracted(study: workbench.folder.path)
        }
        model = try workbench.classifier
        if workbench.words == nil {
            countedClasses = classes
        } else {
            countedClasses = ConceptSet(
                names: workbench.countedNames, embeddings: try workbench.embedConcepts(workbench.countedNames))
        }
        heldOutLogits = workbench.logits(heldOut, of: model)
        heldOutLabels = try workbench.heldOutLabels()
        uneditedPredictions = heldOutLogits.argmax()
        remainder = try workbench.remainder
        normalized = try workbench.normalizedRemainder.map { [heldOutActivations] remainder in
            Once { NormalizedStudy(remainder: remainder, products: remainder.products(heldOutActivations)) }
        }
        let right = zip(uneditedPredictions, heldOutLabels).count { $0 == $1 }
        facts.accuracy = Double(right) / Double(max(1, heldOutLabels.count))
        facts.words = workbench.classWords
    }
}

extension StudyAnalysis {
    /// Units for a typed concept, best first.
    ///
    /// - Parameter chosenClass: the counted class to tie it to, instead of the one its name or the concept space gives.
    public func locate(
        _ concept: String, ranking: Ranking = .contribution, chosenClass: Int? = nil, units kind: UnitKind = .neuron
    ) throws -> Localization {
        let text = concept.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw WorkbenchError.emptyConcept }
        let embedding = try target.study.embedTyped(text)
        var found =
            kind == .feature
            ? try loadedFeatures().retrieval.locate(
                text, embedding: embedding, ranking: ranking, count: Self.listedFeatures)
            : localizer.locate(text, embedding: embedding, ranking: ranking)
        found.target = countedClasses.target(of: text, embedding: embedding, chosen: chosenClass)
        return found
    }

    /// How many features a ranked list holds; a layer has up to millions.
    static let listedFeatures = 1000

    func loadedFeatures() throws(WorkbenchError) -> FeatureStudy {
        guard let features else { throw .noAutoencoder(study: facts.study) }
        return features
    }

    /// The `count` best concepts of a unit; of a feature, of what it responds to.
    ///
    /// - Precondition: of a feature, that features are loaded.
    public func describe(_ unit: InternalUnit, count: Int) -> UnitDescription {
        unit.kind == .feature
            ? features!.retrieval.describe(unit.index, count: count) : describer.describe(unit, count: count)
    }

    /// The class a user names, but for case.
    public func classIndex(_ name: String) throws(WorkbenchError) -> Int {
        guard let index = countedClasses.position(of: name) else {
            throw .unknownClass(name, known: countedClasses.names)
        }
        return index
    }

    /// The unit a user names: `LAYER:INDEX`, or `INDEX` alone, with an optional pole, or with an f before the index for
    /// a feature. A signed unit without a pole means its `+` pole.
    public func unit(_ text: String) throws(WorkbenchError) -> InternalUnit {
        let full = text.contains(":") ? text : "\(hookPoint.name):\(text)"
        if let unit = InternalUnit(full), unit.kind == .feature, unit.layer == hookPoint.name {
            let count = try loadedFeatures().autoencoder.count
            guard unit.index < count else { throw .unknownFeature(text, layer: hookPoint.name, count: count) }
            return unit
        }
        guard var unit = InternalUnit(full), unit.layer == hookPoint.name, unit.index < encoder.count,
            unit.pole == nil || encoder.isSigned
        else { throw .unknownUnit(text, layer: hookPoint.name, count: encoder.count) }
        if encoder.isSigned, unit.pole == nil { unit.pole = .positive }
        return unit
    }

    /// Every unit of a kind with its best concept.
    ///
    /// - Precondition: of features, that they are loaded.
    public func summaries(_ kind: UnitKind = .neuron) -> [UnitSummary] {
        kind == .feature ? features!.retrieval.summaries() : describer.summaries(probe)
    }

    /// Everything the explorer shows of a unit.
    public func profile(_ unit: InternalUnit, images: Int = 12, concepts: Int = 12) throws -> UnitProfile {
        let statistics: any UnitStatistics = unit.kind == .feature ? try loadedFeatures().probe : probe
        let (most, least) = statistics.extremes(of: unit, count: images)
        let deviation = statistics.deviations[unit.index]
        var effects =
            unit.kind == .feature
            ? features?.lines?.effects(of: unit.index, deviation: deviation) ?? []
            : remainder.map { $0.effects(of: unit, deviation: deviation) } ?? []
        // Of cosines, at the length that the mean activation gives.
        if let length = remainder?.length(at: probe.means), length > 0 { effects = effects.map { $0 / length } }
        let order = TopK.indices(of: effects, count: effects.count)
        let named = order.map { ClassEffect(name: countedClasses.names[$0], effect: effects[$0]) }
        let activations = statistics.column(unit.index)
        var profile = UnitProfile(
            unit: unit, concepts: describe(unit, count: concepts).concepts,
            mostActivating: try most.map { try activatingImage($0, activations[$0]) },
            leastActivating: try least.map { try activatingImage($0, activations[$0]) },
            histogram: Histogram(unit.kind == .feature ? activations.filter { $0 > 0 } : activations, bins: 64),
            raises: named.filter { $0.effect > 0 },
            lowers: named.filter { $0.effect < 0 }.reversed(), mean: statistics.means[unit.index],
            deviation: deviation)
        if unit.kind == .feature { profile.feature = try featureFacts(unit.index, concepts: concepts) }
        return profile
    }

    private func activatingImage(_ image: Int, _ activation: Float) throws -> ActivatingImage {
        ActivatingImage(
            name: try probeImages.source.name(of: image), predictedClass: classes.names[probe.predictions[image]],
            activation: activation, thumbnail: try probeImages.thumbnail(image))
    }
}

extension Workbench {
    /// The study in memory.
    ///
    /// - Parameter concepts: another concept set than the study's.
    public func analysis(concepts names: [String]? = nil) throws -> StudyAnalysis {
        try analysis(concepts: names, encoder: nil)
    }

    /// The same by another neuron encoder than the study's.
    func analysis(concepts names: [String]? = nil, encoder: NeuronEncoder?) throws -> StudyAnalysis {
        guard try study.shard == nil else { throw WorkbenchError.isShare(study: folder.path) }
        return try StudyAnalysis(self, concepts: names ?? study.concepts, encoder: encoder)
    }
}
