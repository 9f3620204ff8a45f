import Foundation
import GRDB

/// A study on a disk that several machines share. What SQLite needs of a disk, locks and shared memory, such a disk may not
/// have: so the database lies on this machine's own, and the study's folder has a copy of it, put there whole.
extension StudyStore {
    /// Creates a study that holds what another does.
    ///
    /// - Parameter scratch: an empty folder on this machine's own disk; of no use once the study was closed.
    package static func create(
        at folder: URL, workingIn scratch: URL, copying other: StudyStore
    ) throws(CacheError) -> StudyStore {
        let copy = databaseFile(of: folder)
        do {
            let files = FileManager.default
            guard !files.fileExists(atPath: copy.path) else { throw CacheError.alreadyExists(file: copy.path) }
            try files.createDirectory(at: activationsFolder(of: folder), withIntermediateDirectories: true)
            let queue = try DatabaseQueue(path: databaseFile(of: scratch).path, configuration: Schema.creation)
            try other.reader.backup(to: queue)
            try queue.close()
        } catch {
            throw CacheError(error, file: copy.path, busyTimeout: 0)
        }
        let store = try open(databaseFile(of: scratch), of: folder, copy: copy)
        try store.putCopy()
        return store
    }

    /// Opens a study, going on from the copy that its folder has.
    package static func open(at folder: URL, workingIn scratch: URL) throws(CacheError) -> StudyStore {
        let (copy, own) = (databaseFile(of: folder), databaseFile(of: scratch))
        do {
            // Somebody may have opened it as an ordinary study, whose log then waits beside it.
            if try isCopy(copy) {
                try FileManager.default.copyItem(at: copy, to: own)
            } else {
                let ordinary = try open(at: folder)
                let queue = try DatabaseQueue(path: own.path, configuration: Schema.creation)
                try ordinary.reader.backup(to: queue)
                try queue.close()
                try ordinary.close()
            }
        } catch {
            throw CacheError(error, file: copy.path, busyTimeout: 0)
        }
        return try open(own, of: folder, copy: copy)
    }

    /// Opens a study of which the folder may have a copy alone: that is read without a lock, and never written.
    package static func openCopy(at folder: URL) throws(CacheError) -> StudyStore {
        let file = databaseFile(of: folder)
        do {
            guard try isCopy(file) else { return try open(at: folder) }
            let queue = try upgradedCopy(file)
            return StudyStore(folder: folder, file: file.path, reader: queue, writer: nil, busyTimeout: 0)
        } catch {
            throw CacheError(error, file: file.path, busyTimeout: 0)
        }
    }

    /// A copy as it is; one of an older version upgraded in memory.
    private static func upgradedCopy(_ file: URL) throws -> DatabaseQueue {
        do {
            return try openUnchanging(file, options: ConnectionOptions())
        } catch CacheError.needsWriting {
            let queue = try DatabaseQueue(configuration: Schema.creation)
            try DatabaseQueue(path: unchanging(file), configuration: Configuration()).backup(to: queue)
            try Schema.upgrade(queue)
            return queue
        }
    }

    /// Puts a copy of the database as it is now into the study's folder, in place of the one before, if none was for so long;
    /// nothing where the database lies there itself.
    package func putCopy(after age: Duration = .zero) throws(CacheError) {
        guard let copy, isCopyDue(after: age) else { return }
        let files = FileManager.default
        let own = URL(filePath: file + "-copy")
        let draft = copy.deletingLastPathComponent().appending(path: "study-\(UUID().uuidString).draft")
        defer { for made in [own, draft] { try? files.removeItem(at: made) } }
        do {
            let queue = try DatabaseQueue(path: own.path)
            try reader.backup(to: queue)
            // One file, without a log: by that it is known for a copy.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try queue.close()
            try files.copyItem(at: own, to: draft)
            let handle = try FileHandle(forUpdating: draft)
            try handle.synchronize()
            try handle.close()
            // A log of another file would be taken for this one's.
            for suffix in ["-wal", "-shm"] { unlink(copy.path + suffix) }
            guard rename(draft.path, copy.path) == 0 else { throw POSIXError.last }
        } catch {
            throw CacheError(error, file: copy.path, busyTimeout: 0)
        }
    }

    /// Whether no copy was put for so long; then now is when one was.
    private func isCopyDue(after age: Duration) -> Bool {
        lastCopied.withLock { last in
            let now = ContinuousClock.now
            if let last, last + age > now { return false }
            last = now
            return true
        }
    }

    /// Whether the database is one that `putCopy` put there: one of ours that is opened keeps a log.
    private static func isCopy(_ file: URL) throws -> Bool {
        // https://www.sqlite.org/fileformat.html: the versions of the format for writing and for reading.
        try checkHeader(of: file)[18..<20].elementsEqual([1, 1])
    }
}
