import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import Synchronization
import VisionModels

/// An open study with its model, concept space and images: the verbs that both front ends call.
///
/// Verbs are synchronous, throw, and may be called from any thread but the one that must stay responsive.
public final class Workbench: Sendable {
    /// The study's folder.
    public let folder: URL
    public let plan: StudyPlan
    let store: StudyStore
    let model: any TargetModel
    let conceptSpace: any ConceptSpace
    let hookPoint: HookPoint
    let pooling: Pooling
    /// The study's class list, of a CLIP as target model.
    let ownWords: ClassWords?
    /// Other classes that accuracy is counted on.
    public let words: ClassWords?
    /// The model over these; `model` where there are none.
    let classifier: any TargetModel
    /// Where each label of the held-out images belongs among the classifier's classes; nil where it is their index.
    let classPlaces: [Int]?
    /// All files of both roles, readable or not: probe images, then held-out images.
    let candidates: [ImageSet]
    /// The same without what could not be read, once that is known.
    private let readable: Mutex<[ImageSet]>
    var probe: ImageSet { readable.withLock { $0[0] } }
    var heldOut: ImageSet { readable.withLock { $0[1] } }
    /// The concept set's names.
    public let concepts: [String]

    /// Opens a study that exists.
    public convenience init(opening folder: URL) throws {
        let store = try StudyStore.open(at: folder)
        try self.init(store: store, folder: folder, plan: StudyPlan(store.configuration()))
    }

    /// Creates a study. Everything the plan names is read first, so a wrong plan leaves nothing behind.
    public convenience init(creating folder: URL, plan: StudyPlan) throws {
        let draft = try StudyStore.inMemory(configuration: plan.configuration)
        _ = try Workbench(store: draft, folder: folder, plan: plan)
        let store = try StudyStore.create(at: folder, configuration: plan.configuration)
        try self.init(store: store, folder: folder, plan: plan)
    }

    /// Opens the bundled study, created on the first call.
    public static func bundled() throws -> Workbench {
        let folder = Resources.bundledStudy
        let exists = FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path)
        return exists
            ? try Workbench(opening: folder) : try Workbench(creating: folder, plan: .bundled)
    }

    /// - Parameters:
    ///   - other: the same study with other held-out images or words; what they share is taken from it.
    ///   - words: classes to count on instead of the model's own.
    private init(
        store: StudyStore, folder: URL, plan: StudyPlan, from other: Workbench? = nil, words: ClassWords? = nil
    ) throws {
        self.store = store
        self.folder = folder
        self.plan = plan
        self.words = words
        let model = try other?.model ?? TargetModelChoice(plan).load { try store.embed($0, in: $1) }
        self.model = model
        let ownWords =
            try other?.ownWords
            ?? (model is CLIPZeroShot ? plan.classes : nil).map {
                ClassWords(lines: try ConceptList.read(Resources.resolve($0)), templates: plan.templates.templates)
            }
        self.ownWords = ownWords
        let lines = ownWords?.lines ?? model.classes
        conceptSpace =
            try other?.conceptSpace
            ?? loadConceptSpace(at: Resources.locateModel(plan.conceptSpace), precision: plan.precision)
        guard let point = model.hookPoints.first(where: { $0.name == plan.layer }) else {
            throw WorkbenchError.unknownLayer(plan.layer, known: model.hookPoints.map(\.name))
        }
        hookPoint = point
        classifier = try words.map { try model.reworded($0, layer: point) { try store.embed($0, in: $1) } } ?? model
        // One vector an image: units are described one by one.
        pooling = try point.pooling(
            named: plan.pooling, among: point.poolings.filter { $0 != .none || point.tokens == 1 })
        let place = try Resources.resolve(plan.heldOutImages)
        // One set in both roles is read once.
        let probePlace = try Resources.resolve(plan.probeImages)
        let isBoth = words == nil && place == probePlace
        let probe =
            try other?.candidates[0]
            ?? ImageSet(probePlace, classes: lines, needsLabels: isBoth, store: store)
        var heldOut: ImageSet
        if let other, other.plan.heldOutImages == plan.heldOutImages {
            heldOut = other.candidates[1]
            classPlaces = try words.map { try $0.places(ofStudy: lines) } ?? ownWords?.places
        } else {
            heldOut =
                try isBoth
                ? probe : ImageSet(place, classes: words?.lines ?? lines, needsLabels: true, store: store)
            classPlaces = (words ?? ownWords)?.places
        }
        heldOut.isHeldOut = true
        candidates = [probe, heldOut]
        readable = Mutex(try candidates.map { try $0.readable(in: store) })
        concepts = try other?.concepts ?? ConceptList.read(Resources.resolve(plan.concepts))
    }

    /// The same study with other held-out images, other words for the classes of a CLIP, or both: unit sets, found on
    /// the probe images, stay as they are. What is extracted of other images is kept in the study; other words need
    /// nothing extracted.
    ///
    /// - Parameter words: nil for the study's own.
    public func evaluating(on images: String? = nil, words: ClassWords? = nil) throws -> Workbench {
        var plan = plan
        if let images { plan.heldOutImages = images }
        return try Workbench(store: store, folder: folder, plan: plan, from: self, words: words)
    }

    /// Extracts and aligns whatever is still missing, then loads the study.
    ///
    /// - Parameter features: whether the features of its autoencoder are loaded too, where it has one.
    public func prepare(_ work: Work = Work(), features: Bool = false) throws -> StudiedLayer {
        guard plan.shard == nil else { throw WorkbenchError.isShare(study: folder.path) }
        try extract(work)
        let parameters = try alignmentParameters()
        if try store.alignmentRun(alignmentKey(parameters)) == nil { try align(parameters, work) }
        let layer = try studied()
        if features { _ = try layer.studiedFeatures(work) }
        return layer
    }

    /// Leaves out what the store knows to be unreadable.
    func leaveOutUnreadable() throws {
        let sets = try candidates.map { try $0.readable(in: store) }
        readable.withLock { $0 = sets }
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

extension StudyPlan {
    init(_ configuration: StudyConfiguration) {
        self.init(
            model: configuration.modelPath, conceptSpace: configuration.conceptSpacePath, layer: configuration.layer,
            pooling: configuration.pooling, probeImages: configuration.probeImages,
            heldOutImages: configuration.heldOutImages, concepts: configuration.conceptSet,
            promptTemplate: configuration.promptTemplate, classes: configuration.classes,
            shard: configuration.share.flatMap(Shard.init),
            precision: configuration.precision.flatMap(Precision.init) ?? .float32)
    }
}
