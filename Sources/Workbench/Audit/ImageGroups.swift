import Analysis
import Digests
import Files
import Foundation

/// The group that each held-out image belongs to, as a user tells it.
package struct ImageGroups: Sendable, Equatable {
    /// In sorted order.
    package let names: [String]
    /// Of each image its place in `names`.
    package let group: [Int]

    /// - Parameter groups: a name an image.
    package init(_ groups: [String]) {
        names = Set(groups).sorted()
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        group = groups.map { places[$0] ?? 0 }
    }

    var digest: Digest { Digest("groups 1", Digest(combining: group.map { names[$0] })) }

    /// In place of a file: the name of the folder that each image lies in.
    package static let folders = "folders"
}

extension ImageGroups {
    /// Reads a list of an image, a tab or a comma, and its group; images that are not among `images` are passed over.
    ///
    /// - Parameter images: names of all images, or ends of them (`a/b.jpg` of `/data/a/b.jpg`).
    /// - Throws: `malformedList` at a line that is no pair or gives an image another group; `ungroupedImages` where some of
    ///   `images` are in none.
    package init(contentsOf url: URL, of images: [String]) throws {
        let list = try TextList(url)
        var groups: [String: String] = [:]
        for entry in list.entries {
            let separator: Character = entry.text.contains("\t") ? "\t" : ","
            guard let place = entry.text.lastIndex(of: separator) else {
                throw list.fault(entry, expected: "an image, a tab or comma, and its group")
            }
            let pair = [entry.text[..<place], entry.text[entry.text.index(after: place)...]].map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard !pair.contains("") else {
                throw list.fault(entry, expected: "an image, a tab or comma, and its group")
            }
            guard groups[pair[0]] == nil || groups[pair[0]] == pair[1] else {
                throw list.fault(entry, expected: "one group for \(pair[0])")
            }
            groups[pair[0]] = pair[1]
        }
        let found = images.map { groups[$0] ?? groups[URL(filePath: $0).lastPathComponent] }
        let lacking = images.indices.filter { found[$0] == nil }
        if let first = lacking.first {
            throw WorkbenchError.ungroupedImages(
                file: list.file, first: images[first], count: lacking.count, images: images.count,
                listed: lacking.count == images.count ? list.entries.first?.text : nil)
        }
        self.init(found.compactMap { $0 })
    }
}

extension TargetLayer {
    /// The groups of the held-out images that a request names.
    ///
    /// - Throws: as `ImageGroups`; `oneGroup` where all images are in the same.
    func groups(_ place: String) throws -> ImageGroups {
        let groups = try namedGroups(place)
        guard groups.names.count > 1 else {
            throw WorkbenchError.oneGroup(place: place, group: groups.names.first ?? "")
        }
        return groups
    }

    private func namedGroups(_ place: String) throws -> ImageGroups {
        let source = try heldOut.source
        let names = (0..<(try heldOut.count)).map { source.name(of: $0) }
        guard place == ImageGroups.folders else {
            return try ImageGroups(contentsOf: Resources.resolve(place), of: names)
        }
        return ImageGroups(names.map { URL(filePath: $0).deletingLastPathComponent().lastPathComponent })
    }
}
