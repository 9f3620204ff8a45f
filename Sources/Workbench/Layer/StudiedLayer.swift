import Analysis
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// One layer of a study, extracted and aligned: what the verbs that answer questions read. A value; any thread may ask.
///
/// Each part is read when something first needs it, so that locating a class's units touches no held-out image, and what
/// was read is shared by the layers that are made from this one.
package struct StudiedLayer: Sendable {
    /// The layer on disk, with the images and classes that are counted on.
    let target: TargetLayer
    /// What the neuron encoder was trained with.
    let parameters: AlignmentParameters
    package let neurons: NeuronSpace
    let context: ConceptContext
    let typedConcepts: TypedConcepts
    /// Another autoencoder than the study's, whose features are the layer's.
    private let autoencoder: StudiedAutoencoder?
    private let features: Once<StudiedFeatures?>

    /// The classes accuracy is counted on: the study's, or others in their place.
    package let countedClasses: ConceptSet
    private let counted: Once<CountedImages>
    private let readings: [UnitKind: Once<any UnitReadings>]

    /// - Parameters:
    ///   - names: another concept set than the study's.
    ///   - parameters: another alignment than the study's; the encoder it gave must be there.
    ///   - autoencoder: another than the study's, whose features are the layer's.
    init(
        _ target: TargetLayer, concepts names: [String]? = nil, parameters: AlignmentParameters? = nil,
        autoencoder: StudiedAutoencoder? = nil
    ) throws {
        guard try target.study.shard == nil else { throw WorkbenchError.isShare(study: target.folder.path) }
        let parameters = try parameters ?? target.alignmentParameters()
        let names = try names ?? target.study.concepts
        let classes = ConceptSet(
            names: target.classNames, embeddings: try target.embedConcepts(target.classNames))
        let context = ConceptContext(
            concepts: Once { ConceptSet(names: names, embeddings: try target.embedConcepts(names)) },
            classes: classes, imageEmbeddings: Once { try target.probeEmbeddings() })
        let probe = try target.probeActivations()
        let (encoder, answers) = (try target.neuronEncoder(parameters), target.probeAnswers(probe))
        let neurons = NeuronSpace(
            encoder: encoder, probe: probe, answers: answers, context: context,
            rivals: Once { try target.keptRivals(encoder, probe, answers, classes, parameters) })
        let features = Once {
            try (autoencoder ?? target.autoencoder()).map {
                try StudiedFeatures($0, of: target, neurons: neurons, aligned: parameters)
            }
        }
        (self.target, self.parameters, self.autoencoder) = (target, parameters, autoencoder)
        (self.context, self.neurons, self.features) = (context, neurons, features)
        typedConcepts = try target.study.typedConcepts()
        (countedClasses, counted, readings) = try Self.counting(on: target, classes, neurons, features)
    }

    /// What is counted, and what interventions read of it.
    private static func counting(
        on target: TargetLayer, _ classes: ConceptSet, _ neurons: NeuronSpace, _ features: Once<StudiedFeatures?>
    ) throws -> (ConceptSet, Once<CountedImages>, [UnitKind: Once<any UnitReadings>]) {
        let names = target.countedNames
        let countedClasses =
            try target.words == nil ? classes : ConceptSet(names: names, embeddings: target.embedConcepts(names))
        let counted = Once { try CountedImages(of: target) }
        let readings: [UnitKind: Once<any UnitReadings>] = [
            .neuron: Once { neurons.readings(of: try counted.value.activations) },
            .feature: Once {
                guard let features = try features.value else { throw target.noAutoencoder }
                // Of a class token's features what is read is the token itself; a mean or a maximum of tokens is none.
                let isOfTokens = features.space.autoencoder.pooling != nil
                guard !isOfTokens || target.pooling == .cls || target.remainder == .resumed else {
                    throw WorkbenchError.tokensBehindPooling(
                        layer: target.hookPoint.name, pooling: target.pooling.rawValue)
                }
                return features.space.readings(of: try counted.value.activations)
            },
        ]
        return (countedClasses, counted, readings)
    }

    /// The same layer counted on other held-out images, on other classes of a CLIP, or both; unit sets, found on the
    /// probe images, stay as they are. Other images are run through the model where the study has nothing of them yet.
    ///
    /// - Parameters:
    ///   - images: nil for those counted on now.
    ///   - words: nil for the study's own classes.
    package func counting(
        on images: String? = nil, words: ClassWords? = nil, _ work: Work = Work()
    ) throws -> StudiedLayer {
        let other = try target.evaluating(on: images, words: words)
        if images != nil { try other.extract(work) }
        return try StudiedLayer(self, counting: other)
    }

    private init(_ layer: StudiedLayer, counting target: TargetLayer) throws {
        self.target = target
        (parameters, neurons, context) = (layer.parameters, layer.neurons, layer.context)
        typedConcepts = layer.typedConcepts
        (autoencoder, features) = (layer.autoencoder, layer.features)
        (countedClasses, counted, readings) = try Self.counting(on: target, context.classes, neurons, features)
    }

    /// The same layer with another concept set.
    package func describing(with concepts: [String]) throws -> StudiedLayer {
        try StudiedLayer(target, concepts: concepts, parameters: parameters)
    }

    /// The same layer aligned anew, its features those of another autoencoder.
    func realigned(_ parameters: AlignmentParameters, autoencoder: StudiedAutoencoder?) throws -> StudiedLayer {
        try StudiedLayer(target, parameters: parameters, autoencoder: autoencoder)
    }

    /// The features, where the study has an autoencoder; they are aligned first where that was not done.
    func studiedFeatures(_ work: Work = Work()) throws -> StudiedFeatures? {
        try features.value(making: {
            try (autoencoder ?? target.autoencoder()).map {
                try StudiedFeatures($0, of: target, neurons: neurons, aligned: parameters, work)
            }
        })
    }

    /// The held-out images as interventions are counted on them.
    package var heldOut: CountedImages { get throws { try counted.value } }

    /// Whether they are in memory, with what follows the layer.
    var isCounting: Bool { counted.known != nil }

    /// What interventions read of the held-out images.
    func readings(_ kind: UnitKind) throws -> any UnitReadings {
        guard let readings = readings[kind] else { throw target.noAutoencoder }
        return try readings.value
    }

    /// What a steering reads of the held-out images.
    ///
    /// - Throws: `mixedUnits` for neurons together with features of tokens: these act on every token of an image, neurons where
    ///   the layer's pooling looks.
    func readings(of steering: Steering) throws -> any UnitReadings {
        let kinds = steering.unitKinds
        guard kinds.count > 1 else { return try readings(kinds.first ?? .neuron) }
        let features = try readings(.feature)
        guard !features.editsEveryToken else { throw WorkbenchError.mixedUnits(layer: encoder.layer) }
        return MixedReadings(neurons: try readings(.neuron), features: features)
    }
}

extension TargetLayer {
    /// The layer in memory.
    ///
    /// - Throws: `notExtracted` or `notAligned` where something is missing.
    func studied() throws -> StudiedLayer { try StudiedLayer(self) }

    var noAutoencoder: WorkbenchError { .noAutoencoder(study: folder.path) }
    var notExtracted: WorkbenchError { .notExtracted(study: folder.path) }
}
