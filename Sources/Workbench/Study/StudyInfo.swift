import Analysis
import Cache
import Digests
import Files
import Foundation

/// What a study holds, told from its records alone: no model is loaded and no image read.
public struct StudyInfo: Sendable {
    public var study: String
    public var conceptSpace: String
    public var templates: [String]
    public var conceptSets: [ConceptSetFacts]
    /// Nil while not all files were looked at.
    public var probeImages: Int?
    public var heldOutImages: Int?
    public var shard: Shard?
    public var layers: [Layer]
    public var skipped: [SkippedImage]

    public struct Layer: Sendable {
        public var facts: LayerFacts
        /// Where its model lies.
        public var location: String
        public var architecture: String
        public var isSigned: Bool
        public var remainder: RemainderKind
        /// The model's classes, as people call them.
        public var classes: [String]
        /// Classes whose names are identifiers without known words.
        public var namelessClasses: Int
        public var isAligned: Bool
        public var features: AutoencoderReport?
        /// Of the target model on the held-out images; nil while the layer is not whole.
        public var accuracy: Double?
        /// What makes it doubtful.
        public var doubt: String?
        public var warnings: [ImageWarning]
    }
}

extension Study {
    public func info() throws -> StudyInfo {
        let configuration = try configuration()
        func count(_ role: ImageRole) throws -> Int? {
            try store.imageSet(of: role).flatMap { $0.isComplete ? $0.images : nil }
        }
        let shard = try shard
        return StudyInfo(
            study: folder.path, conceptSpace: try spaceFacts.name, templates: configuration.templates,
            conceptSets: try conceptSetFacts(),
            probeImages: try count(.probe), heldOutImages: try count(.heldOut), shard: shard,
            layers: try layers().map { try $0.info(shard) }, skipped: try skippedImages())
    }

    /// The layers with how far each has come.
    public func layerFacts() throws -> [LayerFacts] {
        let shard = try shard
        return try layers().map { try $0.facts(shard) }
    }
}

extension TargetLayer {
    /// How far the layer's extraction has come.
    func facts(_ shard: Shard? = nil) throws -> LayerFacts {
        var facts = LayerFacts(reference: reference, units: hookPoint.width, rows: 0, images: 0)
        for role in ImageRole.allCases {
            guard let record = try store.imageSet(of: role) else { continue }
            var set = try ImageSet(record, in: store)
            set.isHeldOut = role == .heldOut
            let whole = shard?.rows(of: set.count, batchSize: target.facts.batchSize).count ?? set.count
            facts.images += record.isComplete ? whole : max(whole, record.examined)
            guard record.isComplete, let file = try store.valueFile(activationFile(of: set).key(share: shard)) else {
                continue
            }
            facts.rows += file.completedRows
        }
        return facts
    }

    fileprivate func info(_ shard: Shard?) throws -> StudyInfo.Layer {
        let facts = try facts(shard)
        var info = StudyInfo.Layer(
            facts: facts, location: target.facts.location, architecture: target.facts.architecture,
            isSigned: hookPoint.isSigned,
            remainder: place.remainder, classes: classNames,
            namelessClasses: classNames.count(where: TextList.isIdentifier),
            isAligned: false, features: try? autoencoderReport(), accuracy: nil, doubt: nil, warnings: [])
        guard shard == nil, facts.isComplete, try isExtracted else { return info }
        info.isAligned = try store.alignmentRun(alignmentKey(alignmentParameters())) != nil
        let pairing = try pairing()
        (info.doubt, info.warnings) = (pairing.doubt, pairing.warnings)
        info.accuracy = try accuracy()
        return info
    }

    /// Of the target model on the held-out images, 0 to 1; counted once and kept.
    func accuracy() throws -> Double {
        let heldOut = try heldOut
        let places = try pairing().places ?? []
        let key = Digest(
            "accuracy", target.facts.digest, heldOut.digest, Digest(combining: words?.lines ?? []),
            Digest(combining: words?.templates ?? []), Digest(combining: places.map(String.init)))
        if let known = try store.document(named: "accuracy \(key)") {
            return try JSONDecoder().decode(Double.self, from: known)
        }
        let predicted = try heldOutPredictions {
            guard let outputs = try store.values(of: outputFile(of: heldOut)) else { throw notExtracted }
            return logits(Extraction(activations: outputs, outputs: outputs), of: try classifier)
        }
        let labels = try heldOutLabels()
        let right = zip(predicted, labels).count { $0 == $1 }
        let accuracy = Double(right) / Double(max(1, labels.count))
        if !store.isReadOnly { try? store.keep(JSONEncoder().encode(accuracy), as: "accuracy \(key)") }
        return accuracy
    }
}
