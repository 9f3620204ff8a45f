import Digests

/// The record of one file of values, one item an image, which lies in the study's `activations` folder.
package struct ValueFileRecord: Sendable, Hashable {
    /// Of all that produced the values: weights, preprocessing, images, hook point, pooling.
    package var key: Digest
    /// Name inside the study's `activations` folder.
    package var fileName: String
    /// Images.
    package var rows: Int
    /// How far the work has come, for people: what going on trusts is the file's own check.
    package internal(set) var completedRows: Int
    /// Whether the file is whole.
    package internal(set) var isFinished: Bool
    /// Bytes of the whole file, once it is finished.
    package internal(set) var size: Int
    /// CRC-32 of each of its pieces.
    package internal(set) var pieces: [UInt32]
    /// What the file system told of the file when its bytes last had those checksums.
    package internal(set) var verified: String

    /// A file of which nothing is computed yet.
    ///
    /// - Precondition: a plain file name, without a folder.
    package init(key: Digest, fileName: String, rows: Int) {
        precondition(Self.isPlain(fileName), "\(fileName) is not a plain file name")
        self.key = key
        self.fileName = fileName
        self.rows = rows
        (completedRows, isFinished, size, pieces, verified) = (0, false, 0, [], "")
    }

    static func isPlain(_ fileName: String) -> Bool {
        !fileName.isEmpty && !fileName.contains("/") && fileName != "." && fileName != ".."
    }
}
