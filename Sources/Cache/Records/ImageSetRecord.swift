import Digests
import Foundation

/// The record of a set of images: how far its files were read, and what is known of it as a whole.
package struct ImageSetRecord: Sendable, Hashable {
    /// Of the images' contents, names of classes and labels.
    package var digest: Digest
    /// What is known of the set: UTF-8 JSON, in a form that is the caller's own.
    package var json: Data
    /// Files that were looked at, readable or not.
    package var examined: Int
    /// Whether all were.
    package var isComplete: Bool
    /// Files among them that are images.
    package var images: Int
}

/// What an image set serves as.
package enum ImageRole: String, Sendable, Hashable, Codable, CaseIterable {
    case probe
    case heldOut = "held-out"
}
