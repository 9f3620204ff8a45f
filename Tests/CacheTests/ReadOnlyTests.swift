import Cache
import Digests
import Foundation
import Testing

@Suite struct ReadOnlyTests {
    let study: TemporaryStudy

    init() throws {
        study = try TemporaryStudy()
    }

    private func setPermissions(folder: Int, database: Int) throws {
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: study.root.path)
        try files.setAttributes([.posixPermissions: database], ofItemAtPath: study.database.path)
        try files.setAttributes([.posixPermissions: folder], ofItemAtPath: study.folder.path)
    }

    private func expectReadable(_ store: StudyStore) throws {
        let readOnly = CacheError.readOnly(file: study.database.path)
        #expect(store.isReadOnly)
        #expect(try store.configuration() == exampleConfiguration)
        #expect(try store.imageEmbeddings(encoder: Digest("encoder"), of: digests(3)).count == 3)
        #expect(throws: readOnly) { try store.insert(exampleFinding()) }
        #expect(throws: readOnly) { try store.update(exampleConfiguration) }
        #expect(try store.findings().map(\.note) == ["kept"])
    }

    @Test("A study in a folder that cannot be written opens for reading", arguments: [0o444, 0o666])
    func folder(database: Int) throws {
        try study.fill()
        try setPermissions(folder: 0o555, database: database)
        defer { try? setPermissions(folder: 0o755, database: 0o644) }
        try asOrdinaryUser { try expectReadable(try StudyStore.open(at: study.folder)) }
        #expect(try study.files() == ["activations", "study.sqlite"])
    }

    @Test("A database that cannot be written opens for reading")
    func database() throws {
        try study.fill()
        try setPermissions(folder: 0o777, database: 0o444)
        try asOrdinaryUser { try expectReadable(try StudyStore.open(at: study.folder)) }
    }

    @Test("Where a journal waits to be recovered and nothing can be written, reading would give old values")
    func journal() throws {
        try study.fill()
        let writing = try StudyStore.open(at: study.folder)
        try writing.insert(exampleFinding(note: "in the journal"))
        let journal = try Data(contentsOf: URL(filePath: study.database.path + "-wal"))
        let database = try Data(contentsOf: study.database)
        try writing.close()
        try journal.write(to: URL(filePath: study.database.path + "-wal"))
        try database.write(to: study.database)
        try setPermissions(folder: 0o555, database: 0o444)
        defer { try? setPermissions(folder: 0o755, database: 0o644) }

        #expect(throws: CacheError.needsWriting(file: study.database.path)) {
            try asOrdinaryUser { try StudyStore.open(at: study.folder) }
        }
        try setPermissions(folder: 0o755, database: 0o644)
        #expect(try StudyStore.open(at: study.folder).findings().map(\.note) == ["kept", "in the journal"])
    }

    @Test("A study cannot be created where nothing can be written")
    func creating() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: study.root.path)
        #expect(throws: CacheError.readOnly(file: study.database.path)) {
            try asOrdinaryUser { try StudyStore.create(at: study.folder, configuration: exampleConfiguration) }
        }
    }

    @Test("A study that may not even be read is not called missing")
    func unreadable() throws {
        try study.fill()
        try setPermissions(folder: 0o000, database: 0o600)
        defer { try? setPermissions(folder: 0o755, database: 0o644) }
        #expect(throws: CacheError.failed(file: study.database.path, code: nil, message: "Permission denied")) {
            try asOrdinaryUser { try StudyStore.open(at: study.folder) }
        }
    }
}
