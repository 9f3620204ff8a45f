import Digests

/// One image of an image set.
public struct ImageRecord: Sendable, Hashable {
    /// Of the image's content.
    public var digest: Digest
    /// Its name for people: a file's name, or `train10k #412`.
    public var name: String
    /// Index of its true class; nil where the set has no labels.
    public var label: Int?

    public init(digest: Digest, name: String, label: Int? = nil) {
        self.digest = digest
        self.name = name
        self.label = label
    }
}
