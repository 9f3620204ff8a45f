import Analysis
import Cache
import Digests
import Foundation
import VisionModels

/// What a user should know of a set of images although nothing stops.
public enum ImageWarning: Sendable, Hashable {
    /// Class folders without images.
    case emptyClasses(images: String, folders: [String])
    /// Class folders are WordNet identifiers that no class has, so they were paired with the classes in sorted order.
    case classesByOrder(images: String, folders: [String], classes: [String])
    /// One folder and one class had no other left.
    case classGuessed(images: String, folder: String, class: String)
    /// Pictures of kinds that are not read, by the ending of their names.
    case passedOver(images: String, kinds: [String: Int])
    /// Images beside class folders, which have no class.
    case unclassified(images: String, count: Int)
}

/// The images of one role in a study: probe images or held-out images.
///
/// A damaged image throws from `source.image(_:)`; everything else about it, name, label and digest, is known all the same.
struct ImageSet: Sendable {
    /// Labels are indices into the model's classes.
    var source: any ImageSource
    /// Of the files' contents and the labels.
    let digest: Digest
    let warnings: [ImageWarning]
    /// Whether accuracy is counted on these images; the same files may serve both roles.
    var isHeldOut = false
    var count: Int { source.count }

    /// Reads images: an IDX file with its labels beside it, a folder of class folders, a folder, a list, or one file.
    ///
    /// - Parameters:
    ///   - classes: what labels are indices of; the first of equal ones is meant.
    ///   - needsLabels: whether missing labels are an error; accuracy cannot be counted without.
    ///   - store: what knows files that were read before.
    init(_ url: URL, classes: [String], needsLabels: Bool, store: StudyStore) throws {
        let opened = try openImages(at: url)
        if let files = opened as? ImageFiles {
            (source, warnings) = try Self.matched(files, at: url, to: classes)
        } else {
            (source, warnings) = (opened, [])
        }
        guard source.labels != nil || !needsLabels else {
            let labels = url.lastPathComponent.replacingOccurrences(of: "images-idx3", with: "labels-idx1")
            throw WorkbenchError.missingLabels(
                images: url.path, expected: opened is IDXImages ? labels : "a folder for each class")
        }
        if let bad = source.labels?.firstIndex(where: { $0 >= classes.count }) {
            throw WorkbenchError.labelOutOfRange(
                file: IDXImages.labels(beside: url)?.path ?? url.path, image: bad, label: source.labels?[bad] ?? 0,
                classes: classes.count)
        }
        if let files = source as? ImageFiles {
            digest = try files.contentDigest(known: store.fileDigests()) { read in
                // What cannot be kept is read again.
                if !store.isReadOnly { try? store.keep(fileDigests: read) }
            }
        } else {
            let parts = try [url, IDXImages.labels(beside: url)].compactMap { $0 }.map(Self.digest)
            digest = Digest(combining: parts.map(\.description))
        }
    }

    private static func matched(
        _ files: ImageFiles, at url: URL, to classes: [String]
    ) throws -> (any ImageSource, [ImageWarning]) {
        let seen: [ImageWarning] =
            files.passedOver.isEmpty ? [] : [.passedOver(images: url.path, kinds: files.passedOver)]
        guard let folders = files.classNames else { return (files, seen) }
        let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
        let root = isFolder ? url : url.deletingLastPathComponent()
        let places = [root, root.standardizedFileURL.deletingLastPathComponent()].map {
            $0.appending(path: "words.txt")
        }
        let lemmas = try WordNetLemmas(words: places.first { FileManager.default.fileExists(atPath: $0.path) })
        var warnings = seen
        if !files.emptyClasses.isEmpty { warnings.append(.emptyClasses(images: url.path, folders: files.emptyClasses)) }
        if files.unclassified > 0 { warnings.append(.unclassified(images: url.path, count: files.unclassified)) }
        do {
            let (matching, isWhole) = try Self.matching(files, to: classes) { lemmas[$0] }
            switch matching.doubt {
            case nil: break
            case .byOrder?:
                warnings.append(.classesByOrder(images: url.path, folders: folders, classes: classes))
            case .leftOver(let folder, let name)?:
                warnings.append(.classGuessed(images: url.path, folder: folder, class: name))
            }
            guard !isWhole else { return (files.relabelled(matching.classes).classified, warnings) }
            // No image has the class that an empty folder gets.
            var found = matching.classes[...]
            let all = folders.map { files.emptyClasses.contains($0) ? 0 : found.removeFirst() }
            return (files.relabelled(all).classified, warnings)
        } catch {
            // Several lines may stand for one class; a folder then goes to the first of them.
            let names = ClassWords(lines: classes).names
            if names.count < classes.count,
                let matching = try? ClassMatching(folders: folders, classes: names, lemmas: { lemmas[$0] })
            {
                let first = matching.classes.map { name in classes.firstIndex(of: names[name]) ?? 0 }
                return (files.relabelled(first).classified, warnings)
            }
            // Subfolders beside images, none of them a class, are only folders.
            if files.unclassified > 0, case .unmatched(let unmatched, _) = error, unmatched == folders {
                return (files.withoutClasses, seen)
            }
            switch error {
            case .unmatched(let folders, let classes):
                throw WorkbenchError.unmatchedClasses(images: url.path, folders: folders, classes: classes)
            case .oneClass(let folders, let name):
                throw WorkbenchError.foldersOfOneClass(images: url.path, folders: folders, class: name)
            case .unknownClass(let folder, let name, let file):
                throw WorkbenchError.unknownClassOfFolder(file: file, folder: folder, class: name)
            }
        }
    }

    /// The classes of all folders; where some have no images and only without them there is no doubt, of the others.
    private static func matching(
        _ files: ImageFiles, to classes: [String], lemmas: (String) -> String?
    ) throws(ClassMatching.Mismatch) -> (ClassMatching, isWhole: Bool) {
        let folders = files.classNames ?? []
        let filled = folders.filter { !files.emptyClasses.contains($0) }
        do {
            let whole = try ClassMatching(folders: folders, classes: classes, lemmas: lemmas)
            if whole.doubt != nil, filled.count < folders.count,
                let part = try? ClassMatching(folders: filled, classes: classes, lemmas: lemmas), part.doubt == nil
            {
                return (part, false)
            }
            return (whole, true)
        } catch {
            guard filled.count < folders.count else { throw error }
            return (try ClassMatching(folders: filled, classes: classes, lemmas: lemmas), false)
        }
    }

    private static func digest(of url: URL) throws(WorkbenchError) -> Digest {
        do {
            return Digest(of: try Data(contentsOf: url, options: .mappedIfSafe))
        } catch {
            throw .unreadable(file: url.path, reason: (error as NSError).localizedDescription)
        }
    }

    /// The picture of an image, for people: at most 128 pixels on its longer side.
    func thumbnail(_ index: Int) throws -> Thumbnail {
        var image = try source.image(index)
        if max(image.shape.height, image.shape.width) > Self.thumbnailEdge {
            let (height, width) = Resize.within(height: Self.thumbnailEdge, width: Self.thumbnailEdge)
                .size(height: image.shape.height, width: image.shape.width)
            image = image.resized(height: height, width: width, .box)
        }
        let (channels, shape) = (image.shape.channels, image.shape)
        let pixels = (0..<shape.height * shape.width).flatMap { pixel in
            (0..<3).map { image.bytes[pixel * channels + min($0, channels - 1)] }
        }
        return Thumbnail(width: shape.width, height: shape.height, pixels: pixels)
    }

    private static let thumbnailEdge = 128
}
