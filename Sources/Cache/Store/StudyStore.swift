import Digests
import Foundation
import GRDB
import Synchronization

/// A study on disk: everything computed on one target layer, concept space and set of probe images.
///
/// A study is a folder with `study.sqlite` and `activations/`. Cached values are found by digests of all that produced
/// them, never by a path or a name, so a value that is found is the right one. Every method that writes is one
/// transaction: what it was given is in the study whole, or not at all, whatever happens to the process or the disk.
///
/// One process writes at a time, others wait for it; reading never waits. All methods block while the disk works: call
/// them from a thread that may.
package final class StudyStore: Sendable {
    /// The study's folder; nil for a study in memory.
    package let folder: URL?

    /// Path of the database, as errors name it.
    let file: String
    private let access: Mutex<Access>
    /// Opens a study for writing that could only be read before; nil where that is no use.
    private let reopen: (@Sendable () throws -> any DatabaseWriter)?
    private let busyTimeout: Double
    /// Where copies of the database are put, and when the last one was; nil where it lies in the folder itself.
    let copy: URL?
    let lastCopied = Mutex<ContinuousClock.Instant?>(nil)

    private struct Access: Sendable {
        var reader: any DatabaseReader
        /// Nil where only reading is allowed.
        var writer: (any DatabaseWriter)?
    }

    init(
        folder: URL?, file: String, reader: any DatabaseReader, writer: (any DatabaseWriter)?, busyTimeout: Double,
        copy: URL? = nil, reopen: (@Sendable () throws -> any DatabaseWriter)? = nil
    ) {
        self.folder = folder
        self.file = file
        access = Mutex(Access(reader: reader, writer: writer))
        self.reopen = reopen
        self.busyTimeout = busyTimeout
        self.copy = copy
    }

    /// What reads now.
    var reader: any DatabaseReader { access.withLock { $0.reader } }

    /// Whether only reading was allowed, when the study was opened or last written to.
    package var isReadOnly: Bool { access.withLock { $0.writer == nil } }

    /// Where files of activations lie; nil for a study in memory.
    package var activationsFolder: URL? { folder.map(Self.activationsFolder) }

    /// Closes the database, which leaves all of it in the one file `study.sqlite` unless another process has it open.
    ///
    /// Not needed to keep what was stored. No other method may be called afterwards.
    package func close() throws(CacheError) {
        // A pool closes its writer first, and a reader that closes last cannot merge the write-ahead log into the file:
        // the readers go before.
        let access = access.withLock { $0 }
        (access.writer as? DatabasePool)?.releaseMemory()
        do { try access.reader.close() } catch { throw translated(error) }
    }

    /// Reads from one consistent state of the study.
    func read<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        do { return try reader.read(body) } catch { throw translated(error) }
    }

    /// Writes in one transaction, undone as a whole where `body` throws.
    @discardableResult
    func write<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        do { return try writer().write(body) } catch { throw translated(error) }
    }

    /// What writes; where only reading was allowed, it is tried again: a full disk may have room by now.
    private func writer() throws -> any DatabaseWriter {
        try access.withLock { access in
            if let writer = access.writer { return writer }
            guard let reopen else { throw CacheError.readOnly(file: file) }
            do {
                let writer = try reopen()
                access = Access(reader: writer, writer: writer)
                return writer
            } catch let error as DatabaseError where error.meansFullDisk { throw CacheError.diskFull(file: file) } catch
            {
                throw CacheError.readOnly(file: file)
            }
        }
    }

    func missing(_ table: DigestTable, _ key: Digest) -> CacheError {
        .missingRecord(file: file, kind: table.kind, key: key.description)
    }

    private func translated(_ error: any Error) -> CacheError {
        CacheError(error, file: file, busyTimeout: busyTimeout)
    }
}
