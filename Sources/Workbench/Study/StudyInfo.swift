import Analysis
import Cache
import Digests
import Files
import Foundation

/// What a study holds, told from its records alone: no model is loaded and no image read.
package struct StudyInfo: Sendable {
    package var study: String
    package var conceptSpace: String
    package var templates: [String]
    package var conceptSets: [ConceptSetFacts]
    /// Nil while not all files were looked at.
    package var probeImages: Int?
    package var heldOutImages: Int?
    package var shard: Shard?
    package var layers: [Layer]
    package var skipped: [SkippedImage]

    package struct Layer: Sendable {
        package var facts: LayerFacts
        /// Where its model lies.
        package var location: String
        package var architecture: String
        package var isSigned: Bool
        package var remainder: RemainderKind
        /// Who says which class an image is, and how that was found of a probe head.
        package var reader: LayerReader
        package var probeHead: ProbeHeadReport?
        /// Whether one could be asked.
        package var offersProbeHead = false
        /// The model's classes, as people call them.
        package var classes: [String]
        /// Classes whose names are identifiers without known words.
        package var namelessClasses: Int
        package var isAligned: Bool
        package var features: AutoencoderReport?
        /// Of the target model on the held-out images; nil while the layer is not whole.
        package var accuracy: Double?
        /// What makes it doubtful.
        package var doubt: String?
        package var warnings: [ImageWarning]
    }
}

extension Study {
    package func info() throws -> StudyInfo {
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
    package func layerFacts() throws -> [LayerFacts] {
        let shard = try shard
        return try layers().map { try $0.facts(shard) }
    }
}

extension TargetLayer {
    /// How far the layer's extraction has come.
    func facts(_ shard: Shard? = nil) throws -> LayerFacts {
        var facts = LayerFacts(reference: reference.place, units: hookPoint.width, rows: 0, images: 0)
        facts.reader = place.reader
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
        facts.offersProbeHead = facts.isComplete && place.reader == .model && offersProbeHead
        return facts
    }

    /// What is known of it; nothing is computed for it.
    package func info() throws -> StudyInfo.Layer { try info(study.shard) }

    fileprivate func info(_ shard: Shard?) throws -> StudyInfo.Layer {
        let facts = try facts(shard)
        var info = StudyInfo.Layer(
            facts: facts, location: target.facts.location, architecture: target.facts.architecture,
            isSigned: hookPoint.isSigned,
            remainder: remainder, reader: reader, classes: classNames,
            namelessClasses: classNames.count(where: TextList.isIdentifier),
            isAligned: false,
            features: try? autoencoderReport(), accuracy: nil, doubt: nil, warnings: [])
        guard shard == nil, facts.isComplete, try isExtracted else { return info }
        info.offersProbeHead = offersProbeHead
        info.isAligned = try store.alignmentRun(alignmentKey(alignmentParameters())) != nil
        let pairing = try pairing()
        (info.doubt, info.warnings) = (pairing.doubt, pairing.warnings)
        info.probeHead = try keptProbeHeadReport()
        // A head that was not fitted yet is not fitted to tell of it.
        if reader != .probe || info.probeHead != nil { info.accuracy = try accuracy() }
        return info
    }

    /// Of whoever reads the layer, on the held-out images, 0 to 1; counted once and kept. Nil where nobody does.
    func accuracy() throws -> Double? {
        guard reader != .none else { return nil }
        let heldOut = try heldOut
        let places = try pairing().places ?? []
        let key = try Digest(
            "accuracy", target.facts.digest, heldOut.digest, readerKey()?.description ?? "",
            Digest(combining: words?.lines ?? []),
            Digest(combining: words?.templates ?? []), Digest(combining: places.map(String.init)))
        if let known = try store.document(named: "accuracy \(key)") {
            return try JSONDecoder().decode(Double.self, from: known)
        }
        let predicted = try heldOutPredictions {
            guard let extraction = try extraction(of: heldOut) else { throw notExtracted }
            return try countedLogits(extraction)
        }
        let labels = try heldOutLabels()
        let right = zip(predicted, labels).count { $0 == $1 }
        let accuracy = Double(right) / Double(max(1, labels.count))
        if !store.isReadOnly { try? store.keep(JSONEncoder().encode(accuracy), as: "accuracy \(key)") }
        return accuracy
    }
}
