import Digests

/// The record of one file of activations, which lies in the study's `activations` folder.
///
/// The file is filled batch by batch; `completedRows` says how much of it may be trusted, so an interrupted extraction
/// goes on from there.
public struct ActivationSet: Sendable, Hashable {
    /// Of all that produced the activations: weights, preprocessing, images, hook point, pooling.
    public var key: Digest
    /// Name inside the study's `activations` folder.
    public var fileName: String
    /// Images.
    public var rows: Int
    /// Units of the layer.
    public var width: Int
    /// Tokens kept of each image; 1 once pooled.
    public var tokens: Int
    /// Leading rows that are in the file.
    public internal(set) var completedRows: Int
    /// Whether the file is whole.
    public internal(set) var isFinished: Bool
    /// Seconds since 1970.
    public var created: Double

    /// A set of which nothing is computed yet.
    ///
    /// - Precondition: a plain file name, without a folder.
    public init(key: Digest, fileName: String, rows: Int, width: Int, tokens: Int = 1, created: Double) {
        precondition(Self.isPlain(fileName), "\(fileName) is not a plain file name")
        self.key = key
        self.fileName = fileName
        self.rows = rows
        self.width = width
        self.tokens = tokens
        completedRows = 0
        isFinished = false
        self.created = created
    }

    static func isPlain(_ fileName: String) -> Bool {
        !fileName.isEmpty && !fileName.contains("/") && fileName != "." && fileName != ".."
    }
}
