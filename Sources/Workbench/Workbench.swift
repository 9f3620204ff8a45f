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

    private init(store: StudyStore, folder: URL, plan: StudyPlan) throws {
        self.store = store
        self.folder = folder
        self.plan = plan
        model = try TargetModelChoice(plan).load()
        conceptSpace = try loadConceptSpace(
            at: Resources.locateModel(plan.conceptSpace), precision: plan.precision)
        guard let point = model.hookPoints.first(where: { $0.name == plan.layer }) else {
            throw WorkbenchError.unknownLayer(plan.layer, known: model.hookPoints.map(\.name))
        }
        hookPoint = point
        // One vector an image: units are described one by one.
        pooling = try point.pooling(
            named: plan.pooling, among: point.poolings.filter { $0 != .none || point.tokens == 1 })
        let (probe, heldOut) = (try Resources.resolve(plan.probeImages), try Resources.resolve(plan.heldOutImages))
        // One set in both roles is read once.
        let first = try ImageSet(probe, model: model, needsLabels: probe == heldOut, store: store)
        let second = try probe == heldOut ? first : ImageSet(heldOut, model: model, needsLabels: true, store: store)
        var candidates = [first, second]
        candidates[1].isHeldOut = true
        self.candidates = candidates
        readable = Mutex(try candidates.map { try $0.readable(in: store) })
        concepts = try ConceptList.read(Resources.resolve(plan.concepts))
    }

    /// The same study with other held-out images: unit sets, found on the probe images, stay as they are. What is
    /// extracted of the other images is kept in the study.
    public func evaluating(on images: String) throws -> Workbench {
        var plan = plan
        plan.heldOutImages = images
        return try Workbench(store: store, folder: folder, plan: plan)
    }

    /// Extracts and aligns whatever is still missing, then loads the study.
    ///
    /// - Parameter features: whether the features of its autoencoder are loaded too, where it has one.
    public func prepare(_ work: Work = Work(), features: Bool = false) throws -> StudyAnalysis {
        guard plan.shard == nil else { throw WorkbenchError.isShare(study: folder.path) }
        try extract(work)
        let parameters = try alignmentParameters()
        if try store.alignmentRun(alignmentKey(parameters)) == nil { try align(parameters, work) }
        var study = try analysis()
        if features { try addFeatures(to: &study, work) }
        return study
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
