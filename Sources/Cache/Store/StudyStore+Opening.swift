import Foundation
import GRDB

extension StudyStore {
    /// Creates an empty study.
    ///
    /// - Parameter folder: made where it does not exist, with the folders above it.
    /// - Throws: `alreadyExists` where the folder holds a study, and what writing throws.
    package static func create(at folder: URL, configuration: StudyConfiguration) throws(CacheError) -> StudyStore {
        try create(at: folder) { try prepare($0, configuration: configuration) }
    }

    /// Creates a study that holds what another does: one in memory, where everything was tried first.
    package static func create(at folder: URL, copying other: StudyStore) throws(CacheError) -> StudyStore {
        try create(at: folder) { try other.reader.backup(to: $0) }
    }

    /// The database is made under another name and gets its own when whole, so a study is never seen half made.
    private static func create(
        at folder: URL, _ fill: (DatabaseQueue) throws -> Void
    ) throws(CacheError) -> StudyStore {
        let file = databaseFile(of: folder)
        let draft = folder.appending(path: "study-\(UUID().uuidString).draft")
        do {
            let files = FileManager.default
            guard !files.fileExists(atPath: file.path) else { throw CacheError.alreadyExists(file: file.path) }
            try files.createDirectory(at: activationsFolder(of: folder), withIntermediateDirectories: true)
            defer { try? files.removeItem(at: draft) }
            let queue = try DatabaseQueue(path: draft.path, configuration: Schema.creation)
            try fill(queue)
            try queue.close()
            try publish(draft, as: file)
        } catch {
            throw CacheError(error, file: file.path, busyTimeout: 0)
        }
        return try open(at: folder)
    }

    /// Gives the database its name. Of several that do so at once one does: it may have been opened already, and another in its
    /// place would take away what is written to it.
    ///
    /// - Throws: `alreadyExists`.
    private static func publish(_ draft: URL, as file: URL) throws {
        guard link(draft.path, file.path) != 0 else { return }
        guard errno != EEXIST else { throw CacheError.alreadyExists(file: file.path) }
        // A disk without links.
        guard rename(draft.path, file.path) == 0 else { throw POSIXError.last }
    }

    /// Opens a study, for reading only where its folder or its database cannot be written.
    ///
    /// A database made by an older version is upgraded, in transactions: interrupted, it is whole and goes on next time. One made by a newer version, or by another program, is left
    /// as it is.
    ///
    /// - Throws: `missing`, `notAStudy`, `damaged`, `newerSchema`, `needsWriting`, `busy`, `failed`.
    package static func open(at folder: URL) throws(CacheError) -> StudyStore {
        try open(at: folder, options: ConnectionOptions())
    }

    /// A study in memory, gone when the last reference goes.
    package static func inMemory(configuration: StudyConfiguration) throws(CacheError) -> StudyStore {
        let file = ":memory:"
        do {
            let queue = try DatabaseQueue(configuration: Schema.creation)
            try prepare(queue, configuration: configuration)
            return StudyStore(folder: nil, file: file, reader: queue, writer: queue, busyTimeout: 0)
        } catch {
            throw CacheError(error, file: file, busyTimeout: 0)
        }
    }

    package static func open(at folder: URL, options: ConnectionOptions) throws(CacheError) -> StudyStore {
        try open(databaseFile(of: folder), of: folder, options: options)
    }

    /// - Parameter copy: where copies of the database go; nil where it lies in the folder.
    static func open(
        _ file: URL, of folder: URL, copy: URL? = nil, options: ConnectionOptions = ConnectionOptions()
    ) throws(CacheError) -> StudyStore {
        do {
            try checkHeader(of: file)
            let pool: DatabasePool
            do {
                pool = try openForWriting(file, options: options)
            } catch let error as DatabaseError where error.meansWritingIsImpossible {
                let (queue, isAlone) = try openForReading(file, options: options)
                let reopen: @Sendable () throws -> any DatabaseWriter = { try openForWriting(file, options: options) }
                // Where we hold the file alone, that would keep us from writing ourselves.
                return StudyStore(
                    folder: folder, file: file.path, reader: queue, writer: nil, busyTimeout: options.busyTimeout,
                    reopen: isAlone ? nil : reopen)
            }
            return StudyStore(
                folder: folder, file: file.path, reader: pool, writer: pool, busyTimeout: options.busyTimeout,
                copy: copy)
        } catch {
            throw CacheError(error, file: file.path, busyTimeout: options.busyTimeout)
        }
    }

    static func activationsFolder(of folder: URL) -> URL {
        folder.appending(path: "activations", directoryHint: .isDirectory)
    }

    static func databaseFile(of folder: URL) -> URL {
        folder.appending(path: "study.sqlite", directoryHint: .notDirectory)
    }

    private static func prepare(_ queue: DatabaseQueue, configuration: StudyConfiguration) throws {
        try Schema.upgrade(queue)
        try queue.write { database in
            try database.execute(
                sql: "INSERT INTO configuration (id, json) VALUES (1, ?)", arguments: [StoredJSON.encode(configuration)]
            )
            try database.seal(.configuration, where: "id = 1")
        }
    }

    /// Looks at the file's first bytes and its size before SQLite, which takes an empty file for an empty database and
    /// fills up a last page that is cut short.
    ///
    /// The application id stands in the file itself and not in the write-ahead log, as studies are created without one.
    @discardableResult
    static func checkHeader(of file: URL) throws -> Data {
        var status = stat()
        if stat(file.path, &status) != 0 {
            if [ENOENT, ENOTDIR].contains(errno) { throw CacheError.missing(file: file.path) }
        } else if status.st_mode & S_IFMT != S_IFREG {
            // A pipe would be waited for.
            throw CacheError.notAStudy(file: file.path)
        }
        let descriptor = Glibc.open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError.last }
        defer { Glibc.close(descriptor) }
        // https://www.sqlite.org/fileformat.html#the_database_header
        var header = Data(count: 100)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw POSIXError.last }
        header.removeLast(header.count - count)
        func number(_ range: Range<Int>) -> Int { header[range].reduce(0) { $0 << 8 | Int($1) } }
        guard header.count == 100, header.starts(with: Data("SQLite format 3\0".utf8)),
            number(68..<72) == Schema.applicationID
        else { throw CacheError.notAStudy(file: file.path) }

        let pageSize = number(16..<18) == 1 ? 65536 : number(16..<18)
        guard pageSize > 0, Int(status.st_size).isMultiple(of: pageSize) || hasWaitingLog(file) else {
            throw CacheError.damaged(
                file: file.path, place: "database", expected: "whole pages of \(pageSize) bytes",
                found: "\(status.st_size) bytes")
        }
        return header
    }

    /// Whether writes wait in the write-ahead log to be read with the file.
    private static func hasWaitingLog(_ file: URL) -> Bool {
        let log = try? FileManager.default.attributesOfItem(atPath: file.path + "-wal")
        return (log?[.size] as? Int ?? 0) > 0
    }

    private static func openForWriting(_ file: URL, options: ConnectionOptions) throws -> DatabasePool {
        // A pool writes as it opens, so another connection looks first.
        let inspector = try DatabaseQueue(path: file.path, configuration: options.configuration)
        try inspector.read { try Schema.refuseOthers($0, file: file.path, options.migrations) }
        try inspector.close()
        let pool = try DatabasePool(path: file.path, configuration: options.configuration)
        try Schema.upgrade(pool, options.migrations)
        try pool.read { try Soundness.check($0, file: file.path) }
        return pool
    }

    /// SQLite reads a database in WAL mode through shared memory beside it. Where that cannot be made, and no log waits
    /// to be read with it, the file alone is the whole truth and is read as one that nobody changes.
    ///
    /// Whether no other connection can be opened beside it.
    private static func openForReading(
        _ file: URL, options: ConnectionOptions
    ) throws -> (queue: DatabaseQueue, isAlone: Bool) {
        var configuration = options.configuration
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: file.path, configuration: configuration)
            return (try readable(queue, file: file, options), false)
        } catch let error as DatabaseError where error.meansWritingIsImpossible {
            guard !hasWaitingLog(file) else { return (try openAlone(file, configuration, options), true) }
            return (try openUnchanging(file, options: options), false)
        }
    }

    /// Reads a file that nobody changes, without a lock.
    static func openUnchanging(_ file: URL, options: ConnectionOptions) throws -> DatabaseQueue {
        var configuration = options.configuration
        configuration.readonly = true
        return try readable(DatabaseQueue(path: unchanging(file), configuration: configuration), file: file, options)
    }

    /// A file's name for SQLite, told that nobody changes it.
    static func unchanging(_ file: URL) -> String {
        let path = file.path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? file.path
        return "file:\(path)?immutable=1"
    }

    /// Reads a database whose log waits where no shared memory can be made, as on a full disk: its index is then kept in our
    /// own memory, which needs the database for ourselves.
    private static func openAlone(
        _ file: URL, _ configuration: Configuration, _ options: ConnectionOptions
    ) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = false
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = 1") }
        do {
            return try readable(DatabaseQueue(path: file.path, configuration: configuration), file: file, options)
        } catch is DatabaseError {
            throw CacheError.needsWriting(file: file.path)
        }
    }

    private static func readable(
        _ queue: DatabaseQueue, file: URL, _ options: ConnectionOptions
    ) throws -> DatabaseQueue {
        try queue.read { database in
            try Schema.refuseOthers(database, file: file.path, options.migrations)
            guard try Schema.migrator(options.migrations).hasCompletedMigrations(database) else {
                throw CacheError.needsWriting(file: file.path)
            }
            try Soundness.check(database, file: file.path)
        }
        return queue
    }
}

/// How a connection to a study behaves; tests narrow it.
package struct ConnectionOptions: Sendable {
    /// How long to wait for another process to finish writing, in seconds.
    package var busyTimeout: Double
    /// Pages the database may grow to: a disk that is full at a known place.
    package var pageLimit: Int?
    /// Those that make the newest version: one more than are known yet is an upgrade to come.
    package var migrations = Schema.migrations

    package init(busyTimeout: Double = 5, pageLimit: Int? = nil, migrations: [Migration] = Schema.migrations) {
        self.busyTimeout = busyTimeout
        self.pageLimit = pageLimit
        self.migrations = migrations
    }

    fileprivate var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.prepareDatabase { [pageLimit] database in
            try database.addOwnFunctions()
            if let pageLimit { try database.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
        }
        return configuration
    }
}

extension DatabaseError {
    /// There is no room for the database, or for the files beside it.
    var meansFullDisk: Bool {
        resultCode == .SQLITE_FULL || [.SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_WRITE].contains(extendedResultCode)
    }

    /// SQLite cannot make the files beside the database, or write the database itself: no right to, or no room.
    fileprivate var meansWritingIsImpossible: Bool {
        [.SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_FULL].contains(resultCode)
            || [
                .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_WRITE,
                .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_FSYNC,
            ].contains(extendedResultCode)
    }
}
