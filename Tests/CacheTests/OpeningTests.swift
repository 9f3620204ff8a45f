import Cache
import Digests
import Foundation
import Synchronization
import Testing

@Suite struct OpeningTests {
    let study: TemporaryStudy

    init() throws {
        study = try TemporaryStudy()
    }

    private var path: String { study.database.path }

    @Test("A new study is a folder with a database and room for activations")
    func creating() throws {
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        #expect(try store.configuration() == exampleConfiguration)
        #expect(!store.isReadOnly)
        #expect(store.activationsFolder?.path == study.folder.appending(path: "activations").path)
        try store.close()
        #expect(try study.files() == ["activations", "study.sqlite"])
    }

    @Test("What was stored is there after reopening")
    func reopening() throws {
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        var configuration = exampleConfiguration
        configuration.templates = ["a photo of a {}", "{}"]
        try store.update(configuration)
        try store.keep(Data(#"{"screen":1}"#.utf8), as: "explorer")
        try store.keep(Data(#"{"screen":2}"#.utf8), as: "explorer")
        try store.close()

        let again = try StudyStore.open(at: study.folder)
        #expect(try again.configuration() == configuration)
        #expect(try again.document(named: "explorer") == Data(#"{"screen":2}"#.utf8))
        #expect(try again.document(named: "other") == nil)
    }

    @Test("A study made of one in memory has all that is in it from its first moment")
    func copying() throws {
        let draft = try StudyStore.inMemory(configuration: exampleConfiguration)
        try draft.keep(Data(#"{"screen":1}"#.utf8), as: "explorer")
        let store = try StudyStore.create(at: study.folder, copying: draft)
        #expect(try store.configuration() == exampleConfiguration)
        try store.close()
        #expect(try study.files() == ["activations", "study.sqlite"])
        let again = try StudyStore.open(at: study.folder)
        #expect(try again.document(named: "explorer") == Data(#"{"screen":1}"#.utf8))
        #expect(throws: CacheError.alreadyExists(file: path)) {
            try StudyStore.create(at: study.folder, copying: draft)
        }
        // Pages of 16 KB, as the schema has them.
        let header = try #require(try FileHandle(forReadingFrom: study.database).read(upToCount: 18))
        #expect(Array(header[16..<18]) == [0x40, 0])
    }

    @Test("Of several that create a study at once, one does", arguments: 0..<10)
    func creatingAtOnce(round: Int) throws {
        let made = Mutex<[Int]>([])
        let refused = Mutex(0)
        let (folder, path) = (study.folder, path)
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            do {
                let store = try StudyStore.create(at: folder, configuration: exampleConfiguration)
                try store.keep(Data("\(number)".utf8), as: "maker")
                made.withLock { $0.append(number) }
            } catch CacheError.alreadyExists(path) { refused.withLock { $0 += 1 } } catch {
                Issue.record(error)
            }
        }
        let maker = try #require(made.withLock { $0 }.first)
        #expect(made.withLock { $0.count } == 1 && refused.withLock { $0 } == 7)
        #expect(try StudyStore.open(at: folder).document(named: "maker") == Data("\(maker)".utf8))
    }

    @Test("A study is never created over another")
    func creatingTwice() throws {
        try study.fill()
        #expect(throws: CacheError.alreadyExists(file: path)) {
            try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        }
        #expect(try StudyStore.open(at: study.folder).findings().count == 1)
    }

    @Test("No study", arguments: ["nowhere", "file/below"])
    func missing(name: String) throws {
        try Data().write(to: study.root.appending(path: "file"))
        let folder = study.root.appending(path: name)
        #expect(throws: CacheError.missing(file: folder.path + "/study.sqlite")) { try StudyStore.open(at: folder) }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("A study cannot be created below a file")
    func creatingBelowFile() throws {
        try Data().write(to: study.root.appending(path: "file"))
        let folder = study.root.appending(path: "file/below")
        #expect(
            throws: CacheError.failed(file: folder.path + "/study.sqlite", code: nil, message: "Not a directory")
        ) { try StudyStore.create(at: folder, configuration: exampleConfiguration) }
    }

    @Test(
        "A file of another kind is refused and left alone",
        arguments: ["", "not a database", String(repeating: "x", count: 9000)])
    func foreign(content: String) throws {
        try study.fill()
        try Data(content.utf8).write(to: study.database)
        #expect(throws: CacheError.notAStudy(file: path)) { try StudyStore.open(at: study.folder) }
        #expect(try Data(contentsOf: study.database) == Data(content.utf8))
        #expect(try study.files() == ["activations", "study.sqlite"])
    }

    @Test("A database of another program is refused and left alone")
    func otherProgram() throws {
        try study.fill()
        try study.doctor("PRAGMA application_id = 42")
        let before = try Data(contentsOf: study.database)
        #expect(throws: CacheError.notAStudy(file: path)) { try StudyStore.open(at: study.folder) }
        #expect(try Data(contentsOf: study.database) == before)
    }

    @Test("A newer schema is refused, named and left alone")
    func newerSchema() throws {
        try study.fill()
        try study.doctor("INSERT INTO grdb_migrations VALUES ('9 from the future'); DROP TABLE finding")
        let before = try Data(contentsOf: study.database)
        #expect(throws: CacheError.newerSchema(file: path, found: 3, known: 2)) {
            try StudyStore.open(at: study.folder)
        }
        #expect(try Data(contentsOf: study.database) == before)
        #expect(try study.files() == ["activations", "study.sqlite"])
    }

    @Test("A pipe or a folder in place of the database is refused at once")
    func noFile() throws {
        try FileManager.default.createDirectory(at: study.folder, withIntermediateDirectories: true)
        #expect(mkfifo(study.database.path, 0o600) == 0)
        #expect(throws: CacheError.notAStudy(file: path)) { try StudyStore.open(at: study.folder) }
        try FileManager.default.removeItem(at: study.database)
        try FileManager.default.createDirectory(at: study.database, withIntermediateDirectories: false)
        #expect(throws: CacheError.notAStudy(file: path)) { try StudyStore.open(at: study.folder) }
    }

    @Test(
        "A study from before the first release is refused and left alone",
        arguments: ["1 study", "1 layers", "1 sealed rows", "1 results", "1 tallied rows"])
    func olderSchema(migration: String) throws {
        try study.fill()
        try study.doctor(
            "DELETE FROM grdb_migrations WHERE identifier LIKE '2%'; UPDATE grdb_migrations SET identifier = '\(migration)'"
        )
        let before = try Data(contentsOf: study.database)
        #expect(throws: CacheError.olderSchema(file: path)) { try StudyStore.open(at: study.folder) }
        #expect(try Data(contentsOf: study.database) == before)
    }

    @Test("A file cut short anywhere is refused")
    func truncated() throws {
        try study.fill()
        let whole = try Data(contentsOf: study.database)
        for length in [50, 99, 100, 1000, 16384, 16385, 100_000, whole.count - 16384, whole.count - 1] {
            try whole.prefix(length).write(to: study.database)
            let error = #expect(throws: CacheError.self, "\(length) of \(whole.count) bytes") {
                try StudyStore.open(at: study.folder)
            }
            switch error {
            case .notAStudy(path): #expect(length < 100)
            case .damaged(path, "database", _, _): #expect(length >= 100)
            default: Issue.record("\(length) bytes: \(String(describing: error))")
            }
        }
        try whole.write(to: study.database)
        #expect(try StudyStore.open(at: study.folder).findings().count == 1)
    }

    @Test("Pages overwritten with rubbish are refused")
    func overwritten() throws {
        try study.fill()
        var content = try Data(contentsOf: study.database)
        content.replaceSubrange(16384..., with: Data(repeating: 0xA5, count: content.count - 16384))
        try content.write(to: study.database)
        let error = #expect(throws: CacheError.self) { try StudyStore.open(at: study.folder) }
        guard case .damaged(path, "database", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
