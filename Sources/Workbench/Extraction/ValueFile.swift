import Cache
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// A file of values, one item an image, and the record that finds it again.
struct ValueFile: Sendable, Codable, Hashable {
    /// Of all that the values depend on.
    var key: Digest
    /// Of the whole tensor: [N, ...].
    var shape: [Int]
    /// What the file says of itself.
    var metadata: [String: String]

    enum CodingKeys: String, CodingKey { case key, shape, metadata }

    var fileName: String { "\(key).safetensors" }

    /// The key of the whole file, or of a share of its rows, which goes under one of its own.
    func key(share: Shard?) -> Digest { share.map { Digest("share", key, $0) } ?? key }
}

extension StudyStore {
    /// The values of a finished file, mapped; nil where it is not finished or gone.
    ///
    /// - Throws: `damagedFile` where its bytes are not those that were written.
    func values(of file: ValueFile) throws -> Tensor? {
        guard let url = try verified(file.key) else { return nil }
        return try Checkpoint(url).tensor(ValueWriter.tensor, shape: file.shape)
    }

    func isFinished(_ key: Digest) throws -> Bool {
        guard let record = try valueFile(key), record.isFinished, let url = url(of: record) else { return false }
        return FileManager.default.fileExists(atPath: url.path)
    }

    /// Where a recorded file lies: summaries have a folder of their own, as they can be computed again from the others.
    func url(of record: ValueFileRecord) -> URL? {
        let isSummary = record.fileName.hasPrefix(Study.summaryPrefix)
        return (isSummary ? folder?.appending(path: Study.summaries) : activationsFolder)?
            .appending(path: record.fileName)
    }

    /// Where a finished file lies, its bytes checked if anything of it may have changed since they were last; nil where it is
    /// not finished or gone.
    ///
    /// - Parameter remedy: what makes it again; nil for an extraction.
    func verified(_ key: Digest, remedy: Remedy? = nil) throws -> URL? {
        guard try isFinished(key), let record = try valueFile(key), let url = url(of: record) else { return nil }
        guard let stamp = FileStamp(path: url.path) else { return nil }
        guard record.verified != stamp.description else { return url }
        if let damage = try FileDamage(of: record, at: url) {
            throw WorkbenchError.damagedFile(file: url.path, damage, remedy ?? .extract(study: folder?.path ?? ""))
        }
        // Where that cannot be kept, it is checked again another time.
        if !isReadOnly { try? verify(key, stamp.description) }
        return url
    }

    /// Records a file of the study's folder, written in one go, as whole.
    func record(_ key: Digest, at url: URL) throws {
        try forgetValueFile(key)
        _ = try begin(ValueFileRecord(key: key, fileName: url.lastPathComponent, rows: 1))
        try finish(key, at: url, checksum: FileChecksum(of: url))
    }

    /// Records a file of the study's folder as whole.
    func finish(_ key: Digest, at url: URL, checksum: FileChecksum) throws {
        try finish(
            key, size: checksum.size, pieces: checksum.pieces, verified: FileStamp(path: url.path)?.description ?? "")
    }
}

extension FileStamp {
    /// As it is kept beside a checksum.
    var description: String { "\(device) \(inode) \(size) \(modified) \(changed)" }
}

/// Fills the rows of a value file, or of a share of it, from where an earlier run stopped.
final class ValueWriter {
    static let tensor = "activations"

    let key: Digest
    private let store: StudyStore
    private let url: URL
    private var file: ActivationFile?
    /// Rows written, from the first of this share.
    private(set) var completedRows: Int

    /// Nil where the file is whole, or where the study is in memory and has no files.
    init?(_ file: ValueFile, rows: Range<Int>, share: Shard?, in store: StudyStore) throws {
        let key = file.key(share: share)
        guard let folder = store.activationsFolder else { return nil }
        do {
            if try store.verified(key) != nil { return nil }
        } catch WorkbenchError.damagedFile {}
        // A file that is gone, damaged or was never finished is made again from what its partial file holds.
        try store.forgetValueFile(key)
        let record = ValueFileRecord(key: key, fileName: file.fileName, rows: rows.count)
        _ = try store.begin(record)
        var metadata = file.metadata
        metadata["share"] = share?.description
        url = folder.appending(path: file.fileName)
        let opened = try ActivationFile(
            url, tensor: Self.tensor, shape: [rows.count] + file.shape.dropFirst(), metadata: metadata)
        completedRows = opened.completedRows
        self.key = key
        self.store = store
        self.file = consume opened
        try store.advance([key: completedRows])
    }

    /// Appends the items of `batch`, counted from the first of this share, that the file does not hold yet.
    func append(_ items: Tensor, at batch: Range<Int>) throws {
        let skipped = completedRows - batch.lowerBound
        precondition(skipped >= 0, "rows were left out")
        guard skipped < batch.count else { return }
        let size = items.shape.dropFirst().dropLast().reduce(1, *)
        try file?.append(
            skipped == 0
                ? items
                : items.rows(skipped * size..<items.rows)
                    .reshaped([batch.count - skipped] + items.shape.dropFirst()))
        completedRows = batch.upperBound
    }

    /// Makes the file whole.
    func finish() throws {
        guard let file = file.take() else { return }
        let written = try file.finish()
        let checksum = try FileChecksum(of: url)
        guard checksum.whole == written else {
            throw WorkbenchError.damagedFile(
                file: url.path, .bytes(0..<checksum.size), .extract(study: store.folder?.path ?? ""))
        }
        try store.finish(key, at: url, checksum: checksum)
    }
}
