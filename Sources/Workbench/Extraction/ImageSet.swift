import Analysis
import Cache
import Digests
import Files
import Foundation
import VisionModels

/// What a user should know of a set of images although nothing stops.
package enum ImageWarning: Sendable, Hashable {
    /// Class folders without images.
    case emptyClasses(images: String, folders: [String])
    /// Names were not recognised, so class folders and classes were paired in sorted order.
    case classesByOrder(images: String, folders: [String], classes: [String])
    /// One folder and one class had no other left.
    case classGuessed(images: String, folder: String, class: String)
    /// Pictures of kinds that are not read, by the ending of their names.
    case passedOver(images: String, kinds: [String: Int])
    /// Images beside class folders, which have no class.
    case unclassified(images: String, count: Int)
}

/// The images of one role in a study: probe images or held-out images, as the study recorded them or as they lie on disk.
///
/// A damaged image throws from `source.image(_:)`; everything else about it, name, label and digest, is known all the same.
struct ImageSet: Sendable {
    /// Of the files' contents and the labels.
    let digest: Digest
    let facts: Facts
    /// Images: those that can be read, once all were looked at; else all files.
    let count: Int
    /// Whether accuracy is counted on these images; the same files may serve both roles.
    var isHeldOut = false
    private let images: Once<any ImageSource>
    private let known: Once<[Int]?>

    /// What is known of a set as a whole.
    struct Facts: Sendable, Hashable, Codable {
        /// Its name for people: `t10k`.
        var name: String
        /// Where it lies.
        var place: String
        /// What the names of its images are relative to; nil where they are no files of their own.
        var root: String?
        /// The class folders, of which labels are indices; nil where labels are indices of classes.
        var folders: [String]?
        /// Class folders without images.
        var emptyFolders: [String]
        /// Pictures of kinds that are not read, by the ending of their names; nil where there are none.
        var passedOver: [String: Int]?
        /// Images among others with a class, which have none and are left out; nil where there are none.
        var unclassified: Int?
        /// Whether only what a model gave of them was brought here; their pictures may be elsewhere.
        var isImported: Bool?

        enum CodingKeys: String, CodingKey {
            case name, place, root, folders, emptyFolders, passedOver, unclassified, isImported
        }
    }

    /// Labels are indices of `facts.folders`, or of classes where there are no folders.
    var labels: [Int]? { get throws { try known.value } }

    /// The images themselves, opened when first asked for.
    var source: any ImageSource { get throws { try images.value } }

    /// Looks at images on disk: an IDX file with its labels beside it, a folder of class folders, a folder, tars, a list,
    /// or one file.
    ///
    /// - Parameters:
    ///   - store: what knows files that were read before.
    ///   - reading: what other tasks read.
    init(onDisk url: URL, store: StudyStore, reading: SharedReading? = nil) throws {
        var source = try openImages(at: url)
        var leftOut: Int?
        if let files = source as? any NamedImages, files.unclassified > 0 {
            // Where most images lie in subfolders, these are classes; else they are only folders.
            let areClasses = files.unclassified * 2 <= files.count
            source = areClasses ? files.classified : files.withoutClasses
            leftOut = areClasses ? files.unclassified : nil
        }
        let labels = source.labels
        count = source.count
        (images, known) = (Once(value: source), Once(value: labels))
        if let files = source as? any NamedImages {
            facts = Facts(
                name: files.name, place: url.path, root: files.root, folders: files.classNames,
                emptyFolders: files.emptyClasses, passedOver: files.passedOver.isEmpty ? nil : files.passedOver,
                unclassified: leftOut)
            // Tasks of an array read archives each for itself.
            if let files = files as? ImageFiles { try reading?.read(files) { try store.keep(fileDigests: $0) } }
            let content = try files.contentDigest(known: store.fileDigests()) { read in
                // What cannot be kept is read again.
                if !store.isReadOnly { try? store.keep(fileDigests: read) }
            }
            digest = Digest("images", content, Digest(combining: files.classNames ?? []))
        } else {
            facts = Facts(name: source.name, place: url.path, root: nil, folders: nil, emptyFolders: [])
            let parts = try [url, IDXImages.labels(beside: url)].compactMap { $0 }.map(Self.digest)
            digest = Digest(combining: parts.map(\.description))
        }
    }

    /// A set as the study recorded it, without a look at the disk.
    init(_ record: ImageSetRecord, in store: StudyStore) throws {
        digest = record.digest
        count = record.images
        let facts = try JSONDecoder().decode(Facts.self, from: record.json)
        self.facts = facts
        let digest = record.digest
        known = Once { try store.labels(ofSet: digest) }
        images = Once {
            guard let root = facts.root else { return try openImages(at: URL(filePath: facts.place)) }
            let recorded = RecordedImages(set: digest, name: facts.name, root: root, count: record.images, store: store)
            return facts.isImported == true ? ImportedImages(recorded: recorded) : recorded
        }
    }

    private init(_ other: ImageSet, source: any ImageSource) {
        (digest, facts, isHeldOut) = (other.digest, other.facts, other.isHeldOut)
        count = source.count
        let labels = source.labels
        (images, known) = (Once(value: source), Once(value: labels))
    }

    /// The set without the images that the store knows to be unreadable.
    func readable(in store: StudyStore) throws -> ImageSet {
        let skipped = Set(try store.skippedImages(inSet: digest).map(\.position))
        guard !skipped.isEmpty, try store.imageSet(digest)?.isComplete == true else { return self }
        return ImageSet(self, source: SelectedImages(try source, at: (0..<count).filter { !skipped.contains($0) }))
    }

    private static func digest(of url: URL) throws(FileError) -> Digest {
        do {
            return Digest(of: try Data(contentsOf: url, options: .mappedIfSafe))
        } catch {
            throw FileError(unreadable: url.path, because: error)
        }
    }
}

/// The files of a recorded set, each found by its name when it is asked for: a set of any size opens at once.
struct RecordedImages: ImageSource {
    let set: Digest
    let name: String
    let root: String
    let count: Int
    let store: StudyStore
    private let archives = OpenArchives()

    init(set: Digest, name: String, root: String, count: Int, store: StudyStore) {
        (self.set, self.name, self.root, self.count, self.store) = (set, name, root, count, store)
    }

    var labels: [Int]? { try? store.labels(ofSet: set) }

    func name(of index: Int) -> String { record(index)?.name ?? "\(name) #\(index)" }

    /// - Throws: `changed` where the file is not the one that was extracted.
    func image(_ index: Int) throws(VisionModelsError) -> RawImage {
        let record = try known(index)
        let file = url(record.name)
        guard let image = try archives.image(at: file, ofDigest: record.digest) else { throw .changed(file: file.path) }
        return image
    }

    func digest(of index: Int) throws(VisionModelsError) -> Digest { try known(index).digest }

    private func known(_ index: Int) throws(VisionModelsError) -> ImageRecord {
        guard let record = record(index) else { throw .unreadable(file: url(name(of: index)).path, code: ENOENT) }
        return record
    }

    private func record(_ index: Int) -> ImageRecord? {
        (try? store.images(inSet: set, positions: index..<index + 1))?.first
    }

    func url(_ index: Int) -> URL { url(name(of: index)) }

    private func url(_ name: String) -> URL {
        root.isEmpty || name.hasPrefix("/")
            ? URL(filePath: name) : URL(filePath: root).appending(path: name, directoryHint: .notDirectory)
    }
}
