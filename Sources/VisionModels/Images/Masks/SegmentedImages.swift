import Files
import Foundation

/// Images whose pixels people labelled, in one of the layouts that such data sets come in. Masks are read when they are asked
/// for.
package struct SegmentedImages: Sendable {
    /// Labels of one image, as they are stored.
    package struct Mask: Sendable {
        package var height: Int
        package var width: Int
        /// Row by row, 0 for unlabelled; several of one category where pixels have several labels.
        package var layers: [(category: Int, labels: [Int32])] = []
        /// Labels of the whole image: scenes, textures.
        package var whole: [(category: Int, label: Int)] = []
    }

    /// What is known of an image before its masks are read.
    struct Entry: Sendable {
        /// PNG files, each of a category.
        var masks: [(category: Int, file: String)] = []
        var whole: [(category: Int, label: Int)] = []
        /// Of the mask, where no file tells it.
        var height = 0
        var width = 0
    }

    package let folder: String
    package let images: ImageFiles
    package let categories: [String]
    /// The file that names the labels, and the names: of all categories, or of each its own.
    let namesFile: String
    private let names: [[Int: String]]
    private let entries: [Entry]

    /// - Parameter names: of each category, or one for all.
    init(
        folder: URL, images: [URL], categories: [String], names: [[Int: String]], in namesFile: URL, entries: [Entry]
    ) throws(VisionModelsError) {
        guard !images.isEmpty else { throw .noImages(path: folder.path) }
        self.folder = folder.path
        self.images = ImageFiles(files: images, name: folder.lastPathComponent)
        (self.categories, self.names, self.entries) = (categories, names, entries)
        self.namesFile = namesFile.path
    }

    package var count: Int { entries.count }

    package func name(of label: Int, in category: Int) -> String? { names[names.count == 1 ? 0 : category][label] }

    /// - Throws: `malformedMask` where masks of one image have different sizes, or hold a label without a name.
    package func mask(of index: Int) throws(VisionModelsError) -> Mask {
        let entry = entries[index]
        var mask = Mask(height: entry.height, width: entry.width, whole: entry.whole)
        for (place, (category, path)) in entry.masks.enumerated() {
            let image = try RawImage(contentsOf: URL(filePath: path))
            if place == 0 { (mask.height, mask.width) = (image.shape.height, image.shape.width) }
            guard image.shape.height == mask.height, image.shape.width == mask.width else {
                throw .malformedMask(
                    file: path, expected: "\(mask.height)x\(mask.width) pixels, as the image's first mask has",
                    found: "\(image.shape.height)x\(image.shape.width)")
            }
            let labels = image.labels
            for label in Set(labels) where label != 0 && name(of: Int(label), in: category) == nil {
                throw .malformedMask(file: path, expected: "labels that \(namesFile) names", found: "\(label)")
            }
            mask.layers.append((category, labels))
        }
        return mask
    }
}

extension RawImage {
    /// R + 256 G, as Broden stores labels; of a grey picture its values.
    fileprivate var labels: [Int32] {
        let channels = shape.channels
        guard channels > 1 else { return bytes.map(Int32.init) }
        return stride(from: 0, to: bytes.count, by: channels).map { Int32(bytes[$0]) + Int32(bytes[$0 + 1]) << 8 }
    }
}

/// The labelled images in a folder: Broden's layout (`index.csv`, `label.csv`), or that of ADE20K's scene parsing
/// (`images`, `annotations`, `objectInfo150.txt`).
///
/// - Throws: `noMasks` where it has neither, `unreadable` where there is no such folder.
package func openSegmentedImages(at folder: URL) throws(VisionModelsError) -> SegmentedImages {
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }
    guard has("") else { throw .unreadable(file: folder.path, code: ENOENT) }
    if has("index.csv"), has("label.csv") { return try SegmentedImages(broden: folder) }
    if has("annotations"), has("images"), has("objectInfo150.txt") { return try SegmentedImages(sceneParsing: folder) }
    throw .noMasks(path: folder.path)
}
