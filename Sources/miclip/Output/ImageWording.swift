import Cache
import Workbench

/// JSON of an image that was left out.
struct SkippedDocument: Encodable {
    var image: String
    var reason: String

    /// The error without the file's name, which stands beside it.
    init(_ image: SkippedImage) {
        self.image = image.name
        reason =
            image.reason.firstRange(of: "\(image.name): ").map { String(image.reason[$0.upperBound...]) }
            ?? image.reason
    }
}

/// What there is to know of a study's images, in words.
enum ImageWording {
    static func words(_ warning: ImageWarning) -> String {
        switch warning {
        case .emptyClasses(let images, let folders):
            "\(images): class folders without images: \(Wording.list(folders))"
        case .classesByOrder(let images, let folders, let classes):
            "\(images): its folders are not named as the model's classes, so they are paired in order: "
                + Wording.list(zip(folders, classes).map { "\($0) = \($1)" }, most: 3)
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
