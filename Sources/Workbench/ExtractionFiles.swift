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

    var fileName: String { "\(key).safetensors" }

    /// The record of the whole file, or of a share of its rows, which goes under a key of its own.
    func record(share: Shard? = nil, rows: Int? = nil) -> ActivationSet {
        ActivationSet(
            key: share.map { Digest("share", key, $0) } ?? key, fileName: fileName, rows: rows ?? shape[0],
            width: shape[shape.count - 1], tokens: shape.count == 3 ? shape[1] : 1,
            created: Date().timeIntervalSince1970)
    }
}

extension StudyStore {
    /// The values of a finished file, mapped; nil where it is not finished or gone.
    func values(of file: ValueFile) throws -> Tensor? {
        try isFinished(file.record())
            ? url(of: file).map { try Checkpoint($0).tensor(ValueWriter.tensor, shape: file.shape) } : nil
    }

    func isFinished(_ record: ActivationSet) throws -> Bool {
        guard try activations(record.key)?.isFinished == true, let folder = activationsFolder else { return false }
        return FileManager.default.fileExists(atPath: folder.appending(path: record.fileName).path)
    }

    func url(of file: ValueFile) -> URL? { activationsFolder?.appending(path: file.fileName) }
}

/// Fills the rows of a value file, or of a share of it, from where an earlier run stopped.
final class ValueWriter {
    static let tensor = "activations"

    private let store: StudyStore
    private let record: ActivationSet
    private var file: ActivationFile?
    /// Rows written, from the first of this share.
    private(set) var completedRows: Int

    /// Nil where the file is whole, or where the study is in memory and has no files.
    init?(_ file: ValueFile, rows: Range<Int>, share: Shard?, in store: StudyStore) throws {
        let record = file.record(share: share, rows: rows.count)
        guard try !store.isFinished(record), let url = store.url(of: file) else { return nil }
        // A file that is gone or was never finished is made again from what its partial file holds.
        try store.forgetActivations(record.key)
        _ = try store.beginActivations(record)
        var metadata = file.metadata
        metadata["share"] = share?.description
        let opened = try ActivationFile(
            url, tensor: Self.tensor, shape: [rows.count] + file.shape.dropFirst(), metadata: metadata)
        completedRows = opened.completedRows
        self.store = store
        self.record = record
        self.file = consume opened
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
        if let file = file.take() { try file.finish() }
        try store.finishActivations(record.key)
    }
}
