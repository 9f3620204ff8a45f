import Analysis
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What a study knows of a target model without loading it.
struct TargetFacts: Sendable, Hashable, Codable {
    /// The checkpoint: a folder, a file, or `org/repo`.
    var location: String
    var precision: Precision
    var architecture: String
    /// What no file beside the weights says.
    var assumptions: [ModelAssumption]
    /// Of all that its answers depend on but the image.
    var digest: Digest
    /// The model's own names of its classes, in the order of the logits.
    var classes: [String]
    /// What people call them: `classes`, but for identifiers that words are known for.
    var classNames: [String]
    /// Of a CLIP: what it tells apart, a name for each label, and the prompts; nil for a model with classes of its own.
    var words: ClassWords?
    /// The class list that was given for it.
    var classList: String?
    /// Identifiers of WordNet's that its lines began with, one each; nil where they had none.
    var classIdentifiers: [String]?
    /// What the user said of class folders.
    var classMap: ClassMap?
    var hookPoints: [HookPoint]
    /// Images a batch.
    var batchSize: Int
    /// Where a CLIP's image embedding is read; nil where the outputs are the logits.
    var outputPoint: HookPoint?
    /// Of all that the outputs depend on but the image.
    var outputDigest: Digest
    /// Whether the model tells classes apart by itself; else its features are its answer, and classes are those of the
    /// labels, of a head, or the concepts that images stand for.
    var hasClassifier: Bool
    /// Whether only what it gave was brought here.
    var isImported: Bool?

    /// - Parameters:
    ///   - words: of a CLIP.
    ///   - classes: of a model without a classifier.
    ///   - names: words for class identifiers.
    init(
        _ model: any TargetModel, location: String, precision: Precision, words: ClassWords?, classList: String?,
        classes: [String], classNames: [String]
    ) {
        self.location = location
        self.precision = precision
        self.words = words
        self.classList = classList
        architecture = model.architecture
        assumptions = model.assumptions
        digest = model.digest
        self.classes = classes
        hasClassifier = !model.classes.isEmpty
        self.classNames = classNames
        hookPoints = model.hookPoints
        batchSize = model.batchSize
        outputPoint = (model as? ZeroShotClassifier)?.imageEmbedding
        outputDigest = outputPoint.map { Digest("outputs", model.digest(at: $0), $0.name) } ?? Digest("logits", digest)
    }

    /// A name for each label: of a CLIP, the lines of its class list.
    var lines: [String] { words?.lines ?? classes }

    /// The class list, as it was read; nil where none was given to a model that tells classes apart.
    var listed: [String]? { words?.lines ?? (hasClassifier && classList != nil ? classes : nil) }

    /// What else these are called.
    var otherNames: [[String]] { [words == nil ? classNames : nil, classIdentifiers].compactMap(\.self) }

    enum CodingKeys: String, CodingKey {
        case location, precision, architecture, assumptions, digest, classes, classNames, words, classList
        case classIdentifiers, classMap, hookPoints, batchSize
        case outputPoint, outputDigest, hasClassifier, isImported
    }
}

/// What a study knows of a layer without loading its model.
struct LayerPlace: Sendable, Hashable, Codable {
    var hookPoint: HookPoint
    var pooling: Pooling
    /// Of all that the activations depend on but the image.
    var digest: Digest
    /// What follows the layer.
    var remainder: RemainderKind
    /// Whether the gradient of the model's answer is known there.
    var isDifferentiable: Bool
    /// Who says which class an image is.
    var reader: LayerReader
    /// Where a head was read from, and of what was read.
    var head: HeadPlace?
    /// Vectors an image, where every one of them is kept beside what pooling makes of them; nil where they are not.
    var keptTokens: Int?

    /// A file that a head was read from.
    struct HeadPlace: Sendable, Hashable, Codable {
        var file: String
        var digest: Digest

        enum CodingKeys: String, CodingKey { case file, digest }
    }

    /// The layer `name` of a model.
    ///
    /// - Parameters:
    ///   - reader: who says which class an image is.
    ///   - head: the head's file, where that is a head.
    ///   - keepsTokens: whether every token is kept beside what pooling makes of them.
    /// - Throws: `unknownLayer`, `unknownPooling`, `unsuitablePooling`.
    init(
        _ name: String, pooling: String, of model: any TargetModel, reader: LayerReader, head: HeadPlace? = nil,
        keepsTokens: Bool = false
    ) throws(WorkbenchError) {
        guard let point = model.hookPoint(named: name) else {
            throw .unknownLayer(name, known: model.hookPoints.map(\.name))
        }
        hookPoint = point
        // One vector an image: units are described one by one.
        self.pooling = try point.pooling(
            named: pooling, among: point.poolings.filter { $0 != .none || point.tokens == 1 })
        digest = model.digest(at: point)
        keptTokens = keepsTokens && point.tokens > 1 ? point.tokens : nil
        (self.reader, self.head) = (reader, head)
        guard reader == .model else {
            (remainder, isDifferentiable) = (reader.remainder, reader.remainder == .linear)
            return
        }
        remainder =
            model.linearRemainder(after: point, pooling: self.pooling) != nil
            ? .linear : model.normalizedRemainder(after: point, pooling: self.pooling) != nil ? .normalized : .resumed
        isDifferentiable = remainder != .resumed || model.knowsAnswerGradients(at: point)
    }

    enum CodingKeys: String, CodingKey {
        case hookPoint, pooling, digest, remainder, isDifferentiable, reader, head, keptTokens
    }

    /// The layer's output is kept for every token of a held-out image where an intervention has to resume the forward pass
    /// from it.
    func keepsTokens(heldOut: Bool) -> Bool { heldOut && remainder == .resumed }
}

extension LayerReader {
    /// What follows a layer that this reads: a linear head, or nothing that gives classes.
    var remainder: RemainderKind {
        switch self {
        case .model: .resumed
        case .probe, .head: .linear
        case .given, .predicted, .none: .none
        }
    }
}

extension Precision: Codable {}
