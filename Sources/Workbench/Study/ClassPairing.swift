import Analysis
import Foundation
import VisionModels
import WordNet

/// Which class of a model each label of a set of images is.
struct ClassPairing: Sendable, Hashable {
    /// For each class folder, the index of a class name; nil where labels are such indices themselves.
    var places: [Int]?
    var warnings: [ImageWarning] = []
    /// What makes an accuracy on these images doubtful, in a few words; nil where nothing does.
    var doubt: String?

    /// Of images that nobody classifies.
    init(unlabelled images: ImageSet) {
        if let kinds = images.facts.passedOver {
            warnings.append(.passedOver(images: images.facts.place, kinds: kinds))
        }
    }

    /// - Parameters:
    ///   - names: a name for each class; the first of equal ones is meant.
    ///   - others: what else these classes are called: by people, by identifiers.
    ///   - map: what a user says of some folders or all.
    /// - Throws: `missingLabels`, `labelOutOfRange`, `unmatchedClasses`.
    init(
        _ images: ImageSet, to names: [String], alsoCalled others: [[String]] = [], map: ClassMap? = nil
    ) throws {
        let facts = images.facts
        if !facts.emptyFolders.isEmpty {
            warnings.append(.emptyClasses(images: facts.place, folders: facts.emptyFolders))
        }
        if let kinds = facts.passedOver { warnings.append(.passedOver(images: facts.place, kinds: kinds)) }
        if let count = facts.unclassified { warnings.append(.unclassified(images: facts.place, count: count)) }
        guard let labels = try images.labels else {
            let url = URL(filePath: facts.place)
            let file = url.lastPathComponent.replacingOccurrences(of: "images-idx3", with: "labels-idx1")
            throw WorkbenchError.missingLabels(
                images: facts.place,
                expected: facts.root == nil ? file : "a folder for each class, or metadata with labels,")
        }
        if let folders = facts.folders {
            do {
                try match(folders, of: facts, to: names, map)
            } catch {
                let others = others.filter { $0 != names && $0.count == names.count }
                for other in others where (try? match(folders, of: facts, to: other, map)) != nil { return }
                guard let words = others.first else { throw error }
                try match(folders, of: facts, to: words, map)
            }
        } else if let bad = labels.firstIndex(where: { $0 >= names.count }) {
            let url = URL(filePath: facts.place)
            throw WorkbenchError.labelOutOfRange(
                file: IDXImages.labels(beside: url)?.path ?? url.path, image: bad, label: labels[bad],
                classes: names.count)
        }
    }

    private mutating func match(
        _ folders: [String], of facts: ImageSet.Facts, to names: [String], _ map: ClassMap?
    ) throws {
        let lemmas = try WordNetLemmas(words: Self.wordsFile(near: facts.place))
        do {
            let (matching, isWhole) = try Self.matching(folders, facts.emptyFolders, to: names, map) { lemmas[$0] }
            switch matching.doubt {
            case nil: break
            case .byOrder?:
                warnings.append(.classesByOrder(images: facts.place, folders: folders, classes: names))
            case .leftOver(let folder, let name)?:
                warnings.append(.classGuessed(images: facts.place, folder: folder, class: name))
            }
            doubt = matching.doubt?.description
            // No image has the class that an empty folder gets.
            var found = matching.classes[...]
            places =
                isWhole
                ? matching.classes : folders.map { facts.emptyFolders.contains($0) ? 0 : found.removeFirst() }
        } catch {
            // Several lines may stand for one class; a folder then goes to the first of them.
            let once = ClassWords(lines: names).names
            if once.count < names.count,
                let matching = try? ClassMatching(folders: folders, classes: once, lemmas: { lemmas[$0] }, map: map)
            {
                places = matching.classes.map { name in names.firstIndex(of: once[name]) ?? 0 }
                return
            }
            switch error {
            case .unmatched(let folders, let classes):
                throw WorkbenchError.unmatchedClasses(images: facts.place, folders: folders, classes: classes)
            case .oneClass(let folders, let name):
                throw WorkbenchError.foldersOfOneClass(images: facts.place, folders: folders, class: name)
            case .unknownClass(let folder, let name, let file):
                throw WorkbenchError.unknownClassOfFolder(file: file, folder: folder, class: name)
            }
        }
    }

    /// The classes of all folders; where some have no images and only without them there is no doubt, of the others.
    private static func matching(
        _ folders: [String], _ empty: [String], to names: [String], _ map: ClassMap?, lemmas: (String) -> String?
    ) throws(ClassMatching.Mismatch) -> (ClassMatching, isWhole: Bool) {
        let filled = folders.filter { !empty.contains($0) }
        do {
            let whole = try ClassMatching(folders: folders, classes: names, lemmas: lemmas, map: map)
            if whole.doubt != nil, filled.count < folders.count,
                let part = try? ClassMatching(folders: filled, classes: names, lemmas: lemmas, map: map),
                part.doubt == nil
            {
                return (part, false)
            }
            return (whole, true)
        } catch {
            guard filled.count < folders.count else { throw error }
            return (try ClassMatching(folders: filled, classes: names, lemmas: lemmas, map: map), false)
        }
    }

    /// `words.txt` in a folder of images, or beside it.
    static func wordsFile(near place: String) -> URL? {
        let url = URL(filePath: place)
        let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
        let root = isFolder ? url : url.deletingLastPathComponent()
        return [root, root.standardizedFileURL.deletingLastPathComponent()].map { $0.appending(path: "words.txt") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The class index of every image.
    func classes(_ labels: [Int]) -> [Int] { places.map { places in labels.map { places[$0] } } ?? labels }
}
