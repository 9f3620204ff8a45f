import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import Synchronization
import VisionModels

/// A layer of a study on disk: a target model, a hook point and a pooling, with the files of what the model gives.
///
/// Verbs are synchronous, throw, and may be called from any thread but the one that must stay responsive.
package final class TargetLayer: Sendable {
    package let study: Study
    let target: Study.Target
    let place: LayerPlace
    /// Other labelled images that accuracy is counted on; nil for the study's held-out images.
    let otherImages: Once<ImageSet>?
    /// Other classes that accuracy is counted on; nil for the model's own.
    package let words: ClassWords?
    private let reworded: Once<any TargetModel>
    /// The class of every probe image, where they are labelled and pair with the model's classes.
    let probeLabels: Once<[Int]?>
    /// Who is asked for classes in place of whom the layer has by itself.
    let otherReader: LayerReader?
    /// The linear head that reads the layer; nil where the model does, or nobody.
    let head = Mutex<ReadingHead?>(nil)
    /// What the closed form needs of the images, by which of them; nil where it is not remembered.
    let axes = Mutex<[String: ClosedFormAxes]?>(nil)
    private let paired = Mutex<(set: Digest, pairing: ClassPairing)?>(nil)

    init(
        study: Study, target: Study.Target, place: LayerPlace, images: Once<ImageSet>? = nil, words: ClassWords? = nil,
        reader: LayerReader? = nil
    ) throws {
        self.study = study
        self.target = target
        self.place = place
        self.words = words
        otherImages = images
        otherReader = reader == place.reader ? nil : reader
        probeLabels = Once {
            let probe = try study.images(.probe)
            guard let labels = try probe.labels else { return nil }
            // Labels of probe images are for people to look at: where they cannot be paired, none is shown.
            let pairing = try? ClassPairing(
                probe, to: target.facts.lines, alsoCalled: target.facts.otherNames, map: target.facts.classMap)
            return pairing?.classes(labels)
        }
        reworded = Once {
            let model = try study.model(of: target)
            guard let words else { return model }
            return try model.reworded(words, layer: place.hookPoint) { try study.embed($0, in: $1) }
        }
        if words != nil {
            guard target.facts.words != nil, (reader ?? place.reader) == .model else {
                throw WorkbenchError.fixedClasses(model: modelName)
            }
            guard hookPoint.name != "logits" else { throw WorkbenchError.classesAreUnits(layer: hookPoint.name) }
        }
    }

    var store: StudyStore { study.store }
    package var folder: URL { study.folder }
    package var hookPoint: HookPoint { place.hookPoint }
    package var pooling: Pooling { place.pooling }
    var modelName: String { target.name }
    package var reference: LayerReference {
        LayerReference(model: modelName, layer: hookPoint.name, pooling: pooling.rawValue, reader: otherReader)
    }

    /// The target model, loaded.
    var model: any TargetModel { get throws { try study.model(of: target) } }

    /// The model over the classes that are counted, loaded.
    var classifier: any TargetModel { get throws { try reworded.value } }

    // MARK: Classes

    /// The study's classes, as people call them: those that the encoder was aligned with.
    var classNames: [String] { target.facts.classNames }

    /// The classes that accuracy is counted on, as people call them.
    var countedNames: [String] { words?.names ?? classNames }

    /// The words of the classes that accuracy is counted on; nil where they cannot be others.
    package var classWords: ClassWords? {
        hookPoint.name == "logits" || reader != .model ? nil : words ?? target.facts.words
    }

    /// Which class each label of the held-out images is.
    func pairing() throws -> ClassPairing {
        let heldOut = try heldOut
        if let known = paired.withLock({ $0 }), known.set == heldOut.digest { return known.pairing }
        let pairing = try pair(heldOut)
        paired.withLock { $0 = (heldOut.digest, pairing) }
        return pairing
    }

    private func pair(_ heldOut: ImageSet) throws -> ClassPairing {
        guard reader != .none else { return ClassPairing(unlabelled: heldOut) }
        let lines = otherImages == nil ? target.facts.lines : (words?.lines ?? target.facts.lines)
        return try ClassPairing(
            heldOut, to: lines, alsoCalled: lines == target.facts.lines ? target.facts.otherNames : [],
            map: target.facts.classMap)
    }

    /// The true class of a probe image; nil where nobody knows.
    func probeLabel(of image: Int) -> String? {
        guard let labels = (try? probeLabels.value) ?? nil, labels.indices.contains(image),
            classNames.indices.contains(labels[image])
        else { return nil }
        return classNames[labels[image]]
    }

    /// The counted class of every held-out image.
    func heldOutLabels() throws -> [Int] {
        let lines = try pairing().classes(heldOut.labels ?? [])
        guard let places = try classPlaces else { return lines }
        return lines.map { places[$0] }
    }

    /// Where each line of the class list belongs among the counted classes; nil where it is their index.
    private var classPlaces: [Int]? {
        get throws {
            guard otherImages == nil, let words else { return (words ?? target.facts.words)?.places }
            return try words.places(ofStudy: target.facts.lines)
        }
    }

    // MARK: Images

    var probe: ImageSet { get throws { try study.images(.probe) } }

    var heldOut: ImageSet {
        get throws {
            guard let otherImages else { return try study.images(.heldOut) }
            return try otherImages.value
        }
    }

    /// The same layer with other held-out images, other words for the classes of a CLIP, or both: unit sets, found on
    /// the probe images, stay as they are. What is extracted of other images is kept in the study; other words need
    /// nothing extracted.
    ///
    /// - Parameter words: nil for the study's own.
    func evaluating(on images: String? = nil, words: ClassWords? = nil) throws -> TargetLayer {
        var others = otherImages
        if let images {
            let store = store
            others = Once {
                var set = try ImageSet(onDisk: Resources.resolve(images), store: store)
                set.isHeldOut = true
                try store.begin(imageSet: set.digest, json: JSONEncoder().encode(set.facts))
                guard let record = try store.imageSet(set.digest), record.isComplete else { return set }
                var known = try ImageSet(record, in: store)
                known.isHeldOut = true
                return known
            }
        }
        let other = try TargetLayer(
            study: study, target: target, place: place, images: others, words: words, reader: otherReader)
        _ = try other.pairing()
        _ = try other.classPlaces
        return other
    }

    /// Under what the study keeps a choice made for this layer.
    func documentName(_ kind: String) -> String {
        "\(kind) \(target.id) \(hookPoint.name) \(pooling.rawValue)"
    }

    // MARK: Verbs

    /// Extracts and aligns whatever is still missing, then loads the layer.
    ///
    /// - Parameter features: whether the features of its autoencoder are loaded too, where it has one.
    package func prepare(_ work: Work = Work(), features: Bool = false) throws -> StudiedLayer {
        guard try study.shard == nil else { throw WorkbenchError.isShare(study: folder.path) }
        try extract(work)
        _ = try readingHead(work)
        let parameters = try alignmentParameters()
        if try store.alignmentRun(alignmentKey(parameters)) == nil { try align(parameters, work) }
        let layer = try studied()
        if features { _ = try layer.studiedFeatures(work) }
        return layer
    }
}

extension HookPoint {
    /// The pooling of a name.
    ///
    /// - Throws: `unknownPooling`, or `unsuitablePooling` where it is none of `suitable`.
    func pooling(named name: String, among suitable: [Pooling]) throws(WorkbenchError) -> Pooling {
        guard let pooling = Pooling(rawValue: name) else {
            throw .unknownPooling(name, known: Pooling.allCases.map(\.rawValue))
        }
        guard suitable.contains(pooling) else {
            throw .unsuitablePooling(name, layer: self.name, known: suitable.map(\.rawValue))
        }
        return pooling
    }
}
