import Analysis
import Cache
import Digests
import Foundation
import GRDB

let exampleConfiguration = StudyConfiguration(
    conceptSpace: "models/clip", probeImages: "data/train.gz", heldOutImages: "data/test.gz")

extension StudyStore {
    /// Records a set whose files are all images.
    func recordImages(_ images: [ImageRecord], set: Digest) throws {
        try begin(imageSet: set, json: Data("{}".utf8))
        try recordImages(images, skipped: [], examined: 0..<images.count, isLast: true, set: set)
    }
}

/// A folder for one study, removed with the last reference.
final class TemporaryStudy: Sendable {
    let root: URL
    let folder: URL
    var database: URL { folder.appending(path: "study.sqlite") }

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "CacheTests-\(UUID().uuidString)")
        folder = root.appending(path: "made up #1?.study")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    /// Makes the study and leaves it closed, with three image embeddings and a finding in it.
    func fill() throws {
        let store = try StudyStore.create(at: folder, configuration: exampleConfiguration)
        try store.store(imageEmbeddings: [1, 2, 3, 4, 5, 6], of: digests(3), encoder: Digest("encoder"))
        try store.insert(exampleFinding(note: "kept"))
        try store.close()
    }

    /// Edits the database behind the store's back.
    ///
    /// - Parameter sealed: the table whose rows are given their seals again, as if they had been stored so.
    /// - Parameter isLoose: whether other tables may refer to what goes, and columns may be without a value.
    func doctor(_ sql: String, sealed: SealedTable? = nil, isLoose: Bool = false) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = !isLoose
        configuration.prepareDatabase { try $0.addOwnFunctions() }
        if isLoose {
            var writable = Configuration()
            writable.prepareDatabase { try $0.execute(sql: "PRAGMA writable_schema = 1") }
            let queue = try DatabaseQueue(path: database.path, configuration: writable)
            try queue.write { try $0.execute(sql: "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')") }
            try queue.close()
        }
        let queue = try DatabaseQueue(path: database.path, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: sql)
            guard let sealed else { return }
            try database.execute(sql: "UPDATE \(sealed.rawValue) SET seal = \(sealed.seal)")
            try database.tally(sealed)
        }
        try queue.close()
    }

    /// The database file and those SQLite keeps beside it.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    deinit { try? FileManager.default.removeItem(at: root) }
}

func digests(_ count: Int, of kind: String = "image") -> [Digest] {
    (0..<count).map { Digest(kind, $0) }
}

func exampleFinding(note: String = "") -> Finding {
    let unit = InternalUnit(layer: "norm", index: 17, pole: .negative)
    let concepts = [RankedConcept(concept: "ankle \"boot\"", score: 0.1), RankedConcept(concept: "Stiefel", score: -1)]
    return Finding(
        subject: .unit(UnitDescription(unit: unit, concepts: concepts)), note: note, created: 1_700_000_000.25)
}

let exampleIntervention = Intervention(
    units: [InternalUnit(layer: "norm", index: 3), InternalUnit(layer: "norm", index: 5, pole: .positive)],
    operator: .scaling, beta: 0.1)

func exampleOutcome(images: Int, of all: Int = 100, after: Double = 0.25) -> InterventionOutcome {
    InterventionOutcome(
        before: Accuracy(overall: 0.9, ofClass: 0.8, ofOthers: 0.91),
        after: Accuracy(overall: 0.85, ofClass: after, ofOthers: .nan), images: images, imagesInAll: all,
        classImages: images / 10, classImagesInAll: all / 10)
}

/// Runs `body` as somebody whom permission bits bind: root otherwise passes them all.
///
/// Linux keeps the user for file access a thread, and a synchronous body stays on its thread.
func asOrdinaryUser<Result>(_ body: () throws -> Result) throws -> Result {
    guard geteuid() == 0 else { return try body() }
    typealias SetFileSystemUser = @convention(c) (uid_t) -> CInt
    let symbol = dlsym(nil, "setfsuid")!
    let setFileSystemUser = unsafeBitCast(symbol, to: SetFileSystemUser.self)
    _ = setFileSystemUser(65534)
    defer { _ = setFileSystemUser(0) }
    return try body()
}
