import Cache
import VisionModels
import Workbench

/// What there is to know of a study's images, in words.
enum ImageWording {
    static let formats = "JPEG, PNG, WebP, GIF, BMP or TIFF"

    /// `.heic 3, .svg 2`: pictures of kinds that are not read, most first.
    static func kinds(_ counts: [String: Int]) -> String {
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Wording.list(kinds.map { $0.key.isEmpty ? "without an ending \($0.value)" : ".\($0.key) \($0.value)" })
    }

    /// With its article.
    static func words(_ file: ForeignFile) -> String {
        switch file {
        case .empty: "an empty file"
        case .lfsPointer: "an LFS pointer (`git lfs pull` fetches the file it stands for)"
        case .html: "an HTML page"
        case .xml: "XML"
        case .svg: "an SVG"
        case .pdf: "a PDF"
        case .heic: "a HEIC"
        case .avif: "an AVIF"
        case .jpegXL: "a JPEG XL"
        case .jpeg2000: "a JPEG 2000"
        case .photoshop: "a Photoshop file"
        case .icon: "an icon"
        case .netpbm: "a PPM, PGM or PBM"
        case .film: "a film"
        case .archive: "an archive"
        case .safetensors: "a safetensors file"
        case .text: "text"
        case .unknown(let bytes): "another file (its first bytes are \(bytes))"
        }
    }

    static func words(_ warning: ImageWarning) -> String {
        switch warning {
        case .emptyClasses(let images, let folders):
            "\(images): class folders without images: \(Wording.list(folders))"
        case .classesByOrder(let images, let folders, let classes):
            "\(images): its folders are not named as the model's classes, so they are paired in order: "
                + Wording.list(zip(folders, classes).map { "\($0) = \($1)" }, most: 3)
        case .passedOver(let images, let kinds): "\(images): passed over, for they are not read: \(Self.kinds(kinds))"
        case .unclassified(let images, let count):
            count == 1
                ? "\(images): 1 image among those with a class has none; it is left out"
                : "\(images): \(count) images among those with a class have none; they are left out"
        case .classGuessed(let images, let folder, let name):
            "\(images): no class is called \(folder); the only one left is \(name), so its images count as that"
        }
    }

    /// The warnings of all layers, each once.
    static func words(of info: StudyInfo) -> [String] {
        let warnings = info.layers.flatMap(\.warnings).map(words)
        return warnings.enumerated().filter { !warnings[..<$0.offset].contains($0.element) }.map(\.element)
    }

    /// Lines below a command's own: warnings, then images that were left out, the first few by name.
    static func lines(warnings: [String], skipped: [SkippedDocument], most: Int = 10) -> [String] {
        let warnings = warnings.map { "warning: \($0)" }
        guard !skipped.isEmpty else { return warnings }
        let count = skipped.count == 1 ? "1 image was" : "\(skipped.count) images were"
        let shown = skipped.prefix(most).map { "  \($0.image): \($0.reason)" }
        let rest = skipped.count > most ? ["  and \(skipped.count - most) more; see `miclip info --json`"] : []
        return warnings + ["\(count) left out:"] + shown + rest
    }
}
