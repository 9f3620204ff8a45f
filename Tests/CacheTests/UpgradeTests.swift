import Cache
import Digests
import Foundation
import GRDB
import Testing

/// Studies of older and newer versions.
@Suite struct UpgradeTests {
    let study: TemporaryStudy
    let encoder = Digest("encoder")

    init() throws {
        study = try TemporaryStudy()
        try study.fill()
    }

    /// Takes the study back to version 1, which had all tables and no number.
    private func makeFirstVersion() throws {
        try study.doctor("DELETE FROM grdb_migrations WHERE identifier = '2 version number'; PRAGMA user_version = 0")
    }

    private func version() throws -> Int {
        let queue = try DatabaseQueue(path: study.database.path)
        return try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? -1 }
    }

    private func expectAll(of store: StudyStore) throws {
        #expect(try store.findings().map(\.note) == ["kept"])
        let images = digests(3)
        #expect(
            try store.imageEmbeddings(encoder: encoder, of: images)
                == [images[0]: [1, 2], images[1]: [3, 4], images[2]: [5, 6]])
    }

    /// An upgrade to come: findings get a colour, and every row another seal's worth of work.
    private static func colours(_ during: @escaping @Sendable () throws -> Void = {}) -> [Migration] {
        Schema.migrations + [
            Migration("3 colours") { database in
                try database.execute(sql: "ALTER TABLE finding ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")
                try during()
                try database.execute(sql: "UPDATE finding SET colour = 'red'")
            }
        ]
    }

    @Test("a study says its version, and one of the version before is upgraded with all that is in it")
    func older() throws {
        #expect(try version() == Schema.migrations.count)
        try makeFirstVersion()
        #expect(try version() == 0)
        let store = try StudyStore.open(at: study.folder)
        try expectAll(of: store)
        try store.close()
        #expect(try version() == Schema.migrations.count)
        let queue = try DatabaseQueue(path: study.database.path)
        let applied = try queue.read {
            try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations ORDER BY 1")
        }
        #expect(applied == Schema.migrations.map(\.name))
    }

    @Test("a study two versions behind goes through both, and what the last adds is there")
    func twoVersions() throws {
        try makeFirstVersion()
        let options = ConnectionOptions(migrations: Self.colours())
        let store = try StudyStore.open(at: study.folder, options: options)
        try expectAll(of: store)
        try store.close()
        #expect(try version() == 3)
        let queue = try DatabaseQueue(path: study.database.path)
        #expect(try queue.read { try String.fetchAll($0, sql: "SELECT colour FROM finding") } == ["red"])
    }

    @Test("a process killed in the middle of an upgrade leaves the study at the version before, whole")
    func killed() async throws {
        try makeFirstVersion()
        let path = study.folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let migrations = Self.colours { kill(getpid(), SIGKILL) }
            _ = try StudyStore.open(
                at: URL(filePath: path), options: ConnectionOptions(migrations: migrations))
        }
        // The step before the one that was interrupted was a transaction of its own.
        let store = try StudyStore.open(at: study.folder)
        try expectAll(of: store)
        try store.close()
        #expect(try version() == 2)
        let again = try StudyStore.open(at: study.folder, options: ConnectionOptions(migrations: Self.colours()))
        try expectAll(of: again)
        try again.close()
        #expect(try version() == 3)
    }

    @Test("an upgrade that fails half-way is undone, and says why")
    func failing() throws {
        struct Broken: Error {}
        let options = ConnectionOptions(migrations: Self.colours { throw Broken() })
        #expect(throws: CacheError.self) { try StudyStore.open(at: study.folder, options: options) }
        #expect(try version() == 2)
        try expectAll(of: StudyStore.open(at: study.folder))
    }

    @Test("a copy of an older version, which nothing may write to, is read all the same and left as it is")
    func copies() throws {
        try makeFirstVersion()
        let queue = try DatabaseQueue(path: study.database.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try queue.close()
        let before = try Data(contentsOf: study.database)
        try expectAll(of: StudyStore.openCopy(at: study.folder))
        #expect(try Data(contentsOf: study.database) == before)
    }

    @Test("a study of a newer version is refused as it is, whoever upgraded it")
    func newer() throws {
        try study.doctor("PRAGMA user_version = 7")
        #expect(throws: CacheError.newerSchema(file: study.database.path, found: 7, known: Schema.migrations.count)) {
            try StudyStore.open(at: study.folder)
        }
    }
}
