import Digests

/// One image of an image set.
package struct ImageRecord: Sendable, Hashable {
    /// Of the image's content.
    package var digest: Digest
    /// Its name for people: a file's name, or `train10k #412`.
    package var name: String
    /// Index of its true class; nil where the set has no labels.
    package var label: Int?

    package init(digest: Digest, name: String, label: Int? = nil) {
        self.digest = digest
        self.name = name
        self.label = label
    }
}

/// A file among a set's images that could not be read, so that it is none of them.
package struct SkippedImage: Sendable, Hashable, Codable {
    /// Among all files of the set, the unreadable ones included.
    package var position: Int
    /// Its name for people.
    package var name: String
    /// What is wrong with it, in words.
    package var reason: String

    package init(position: Int, name: String, reason: String) {
        self.position = position
        self.name = name
        self.reason = reason
    }
}
