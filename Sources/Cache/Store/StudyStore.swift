import Digests
import Foundation
import GRDB

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
    let reader: any DatabaseReader
    /// Nil where only reading is allowed.
    private let writer: (any DatabaseWriter)?
    private let busyTimeout: Double

    init(folder: URL?, file: String, reader: any DatabaseReader, writer: (any DatabaseWriter)?, busyTimeout: Double) {
        self.folder = folder
        self.file = file
        self.reader = reader
        self.writer = writer
        self.busyTimeout = busyTimeout
    }

    /// Whether writing throws `CacheError.readOnly`.
    package var isReadOnly: Bool { writer == nil }

    /// Where files of activations lie; nil for a study in memory.
    package var activationsFolder: URL? { folder.map(Self.activationsFolder) }

    /// Closes the database, which leaves all of it in the one file `study.sqlite` unless another process has it open.
    ///
    /// Not needed to keep what was stored. No other method may be called afterwards.
    package func close() throws(CacheError) {
        // A pool closes its writer first, and a reader that closes last cannot merge the write-ahead log into the file:
        // the readers go before.
        (writer as? DatabasePool)?.releaseMemory()
        do { try reader.close() } catch { throw translated(error) }
    }

    /// Reads from one consistent state of the study.
    func read<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        do { return try reader.read(body) } catch { throw translated(error) }
    }

    /// Writes in one transaction, undone as a whole where `body` throws.
    @discardableResult
    func write<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        guard let writer else { throw .readOnly(file: file) }
        do { return try writer.write(body) } catch { throw translated(error) }
    }

    func missing(_ table: DigestTable, _ key: Digest) -> CacheError {
        .missingRecord(file: file, kind: table.kind, key: key.description)
    }

    private func translated(_ error: any Error) -> CacheError {
        CacheError(error, file: file, busyTimeout: busyTimeout)
    }
}
