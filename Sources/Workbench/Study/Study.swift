import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import Synchronization
import VisionModels

/// A study on disk: probe and held-out images and a concept space, and the layers studied on them.
///
/// Opening reads records alone. Models and images are loaded when something is first asked of them, so telling what is there
/// costs the same for a study of any size.
package final class Study: Sendable {
    /// The study's folder.
    package let folder: URL
    let store: StudyStore
    /// What other tasks of the same extraction read of the images; nil where there are none.
    let reading: SharedReading?
    private let space: Once<any ConceptSpace>
    private let sets = Mutex<[Digest: ImageSet]>([:])
    private let models = Mutex<[Int64: Once<any TargetModel>]>([:])

    init(store: StudyStore, folder: URL, reading: SharedReading? = nil) throws {
        self.store = store
        self.folder = folder
        self.reading = reading
        let configuration = try store.configuration()
        space = Once { try ConceptSpaceChoice(configuration).load() }
    }

    /// Opens a study that exists.
    package convenience init(opening folder: URL) throws {
        try self.init(store: StudyStore.open(at: folder), folder: folder)
    }

    /// Creates a study. Everything the plan names is read first, so a wrong plan leaves nothing behind.
    package convenience init(creating folder: URL, plan: StudyPlan) throws {
        let draft = try Study(store: StudyStore.inMemory(configuration: plan.configuration()), folder: folder)
        try draft.begin(plan)
        // At once: a study whose making is killed on its way is there whole, or not at all.
        try self.init(store: StudyStore.create(at: folder, copying: draft.store), folder: folder)
    }

    /// Opens a share on a disk that several machines share, or creates one there.
    ///
    /// - Parameters:
    ///   - scratch: an empty folder on this machine's own disk, for the database; the share's folder has copies of it.
    ///   - reading: what the tasks tell each other of the images.
    ///   - plan: what to create where there is none yet.
    package convenience init(
        at folder: URL, workingIn scratch: URL, reading: SharedReading? = nil, plan: () throws -> StudyPlan
    ) throws {
        guard !FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path) else {
            try self.init(store: StudyStore.open(at: folder, workingIn: scratch), folder: folder, reading: reading)
            return
        }
        let plan = try plan()
        let draft = try Study(
            store: StudyStore.inMemory(configuration: plan.configuration()), folder: folder, reading: reading)
        try draft.begin(plan)
        try self.init(
            store: StudyStore.create(at: folder, workingIn: scratch, copying: draft.store), folder: folder,
            reading: reading)
    }

    /// Opens a study of which the folder may have a copy alone, to read it.
    convenience init(readingCopyAt folder: URL) throws {
        try self.init(store: StudyStore.openCopy(at: folder), folder: folder)
    }

    /// Opens the bundled study, created on the first call.
    package static func bundled() throws -> Study {
        let folder = Resources.bundledStudy
        let exists = FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path)
        guard !exists else { return try Study(opening: folder) }
        // Another process may be the first to create it.
        do { return try Study(creating: folder, plan: .bundled) } catch CacheError.alreadyExists {
            return try Study(opening: folder)
        }
    }

    private func begin(_ plan: StudyPlan) throws {
        try keepConceptSpace()
        try addConcepts(at: plan.concepts)
        let images = try ImageRole.allCases.map(imagesOnDisk)
        try add(plan.target, heldOut: images[1])
    }

    // MARK: What it is about

    func configuration() throws -> StudyConfiguration { try store.configuration() }

    /// What concepts are placed into before they are embedded.
    package var templates: PromptTemplates { get throws { PromptTemplates(try store.configuration().templates) } }

    /// The share of the images that this study computes; nil for a whole study.
    package var shard: Shard? { get throws { try store.configuration().share.flatMap(Shard.init) } }

    /// Puts concepts into other prompts from now on; what was computed for the others stays.
    package func setTemplates(_ templates: PromptTemplates) throws {
        var configuration = try store.configuration()
        guard configuration.templates != templates.templates else { return }
        configuration.templates = templates.templates
        try store.update(configuration)
    }

    // MARK: The concept space

    /// What is known of the concept space without loading it.
    struct SpaceFacts: Codable {
        static let document = "concept space"
        var name: String
        var digest: Digest
        var dimension: Int
        var assumptions: [ModelAssumption]

        enum CodingKeys: String, CodingKey { case name, digest, dimension, assumptions }
    }

    var spaceFacts: SpaceFacts {
        get throws {
            guard let json = try store.document(named: SpaceFacts.document) else { return try keepConceptSpace() }
            return try JSONDecoder().decode(SpaceFacts.self, from: json)
        }
    }

    /// The concept space, loaded.
    ///
    /// - Throws: `changedModel` where it is not the one whose embeddings the study has.
    var conceptSpace: any ConceptSpace {
        get throws {
            let loaded = try space.value
            guard try loaded.digest == spaceFacts.digest else {
                throw WorkbenchError.changedModel(try store.configuration().conceptSpace, study: folder.path)
            }
            return loaded
        }
    }

    /// Takes the concept space as it is on disk now for the study's.
    @discardableResult
    func keepConceptSpace() throws -> SpaceFacts {
        let loaded = try space.value
        let facts = SpaceFacts(
            name: loaded.name, digest: loaded.digest, dimension: loaded.dimension,
            assumptions: loaded.assumptions)
        if !store.isReadOnly { try store.keep(JSONEncoder().encode(facts), as: SpaceFacts.document) }
        return facts
    }

    // MARK: Images

    /// The images that serve as a role, as the study recorded them.
    ///
    /// - Throws: `notExtracted` while not all were looked at.
    func images(_ role: ImageRole) throws -> ImageSet {
        guard let record = try store.imageSet(of: role), record.isComplete else {
            throw WorkbenchError.notExtracted(study: folder.path)
        }
        var set = try sets.withLock { sets in
            // One set stays open: its files are found once.
            if let known = sets[record.digest], known.count == record.images { return known }
            let opened = try ImageSet(record, in: store)
            sets[record.digest] = opened
            return opened
        }
        set.isHeldOut = role == .heldOut
        return set
    }

    /// The files of a role as they lie on disk, which are the role's from now on.
    func imagesOnDisk(_ role: ImageRole) throws -> ImageSet {
        if let record = try store.imageSet(of: role), record.isComplete {
            // Nothing of it lies on the disk but what the study has.
            let known = try images(role)
            if known.facts.isImported == true { return known }
        }
        let configuration = try store.configuration()
        let place = try Resources.resolve(role == .probe ? configuration.probeImages : configuration.heldOutImages)
        var set = try ImageSet(onDisk: place, store: store, reading: reading)
        set.isHeldOut = role == .heldOut
        if !store.isReadOnly {
            try store.begin(imageSet: set.digest, json: JSONEncoder().encode(set.facts))
            if try store.imageSet(of: role)?.digest != set.digest { try store.assign(imageSet: set.digest, to: role) }
        }
        return set
    }

    // MARK: Target models

    /// A target model of the study.
    struct Target: Sendable {
        var id: Int64
        var name: String
        var facts: TargetFacts
    }

    func targets() throws -> [Target] {
        try store.targets().map { record in
            Target(
                id: record.id ?? 0, name: record.name,
                facts: try JSONDecoder().decode(TargetFacts.self, from: record.json))
        }
    }

    /// A target model, loaded.
    ///
    /// - Throws: `changedModel` where it is not the one that was extracted.
    func model(of target: Target) throws -> any TargetModel {
        let loaded = models.withLock { models in
            if let known = models[target.id] { return known }
            let made = Once { [self] in try load(target.facts) }
            models[target.id] = made
            return made
        }
        return try loaded.value
    }

    private func load(_ facts: TargetFacts) throws -> any TargetModel {
        guard facts.isImported != true else { throw WorkbenchError.importedModel(study: folder.path) }
        let choice = TargetModelChoice(
            facts.location, classes: facts.classList, templates: PromptTemplates(facts.words?.templates ?? ["{}"]),
            precision: facts.precision)
        let model = try choice.load(lines: facts.listed) { try embed($0, in: $1) }
        guard model.digest == facts.digest else {
            throw WorkbenchError.changedModel(facts.location, study: folder.path)
        }
        return model
    }

    /// Lets go of loaded target models, after what they are has changed.
    func forgetModels() { models.withLock { $0 = [:] } }
}
