import Digests

/// The record of one file of values, one item an image, which lies in the study's `activations` folder.
public struct ValueFileRecord: Sendable, Hashable {
    /// Of all that produced the values: weights, preprocessing, images, hook point, pooling.
    public var key: Digest
    /// Name inside the study's `activations` folder.
    public var fileName: String
    /// Images.
    public var rows: Int
    /// How far the work has come, for people: what going on trusts is the file's own check.
    public internal(set) var completedRows: Int
    /// Whether the file is whole.
    public internal(set) var isFinished: Bool
    /// CRC-32 of the whole file, once it is finished.
    public internal(set) var checksum: UInt32
    /// What the file system told of the file when its bytes last had that checksum.
    public internal(set) var verified: String
    /// Seconds since 1970.
    public var created: Double

    /// A file of which nothing is computed yet.
    ///
    /// - Precondition: a plain file name, without a folder.
    public init(key: Digest, fileName: String, rows: Int, created: Double) {
        precondition(Self.isPlain(fileName), "\(fileName) is not a plain file name")
        self.key = key
        self.fileName = fileName
        self.rows = rows
        (completedRows, isFinished, checksum, verified) = (0, false, 0, "")
        self.created = created
    }

    static func isPlain(_ fileName: String) -> Bool {
        !fileName.isEmpty && !fileName.contains("/") && fileName != "." && fileName != ".."
    }
}
