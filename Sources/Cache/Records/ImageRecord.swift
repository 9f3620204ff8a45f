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

/// A file among a set's images that could not be read, so that it is none of them.
public struct SkippedImage: Sendable, Hashable, Codable {
    /// Among all files of the set, the unreadable ones included.
    public var position: Int
    /// Its name for people.
    public var name: String
    /// What is wrong with it, in words.
    public var reason: String

    public init(position: Int, name: String, reason: String) {
        self.position = position
        self.name = name
        self.reason = reason
    }
}
