import Analysis
import Digests
import Foundation
import VisionModels

/// The images of one role in a study: probe images or held-out images.
struct ImageSet: Sendable {
    var source: any ImageSource
    /// Of the files' contents.
    let digest: Digest
    var count: Int { source.count }

    /// Reads an IDX file of images and, beside it, the labels file that its name implies.
    ///
    /// - Parameter needsLabels: whether missing labels are an error; accuracy cannot be counted without.
    init(_ url: URL, model: any TargetModel, needsLabels: Bool) throws {
        let labels = url.deletingLastPathComponent().appending(
            path: url.lastPathComponent.replacingOccurrences(of: "images-idx3", with: "labels-idx1"))
        let hasLabels = labels != url && FileManager.default.fileExists(atPath: labels.path)
        guard hasLabels || !needsLabels else {
            throw WorkbenchError.missingLabels(images: url.path, expected: labels.lastPathComponent)
        }
        let images = try IDXImages(images: url, labels: hasLabels ? labels : nil)
        if let bad = images.labels?.firstIndex(where: { $0 >= model.classes.count }) {
            throw WorkbenchError.labelOutOfRange(
                file: labels.path, image: bad, label: images.labels?[bad] ?? 0, classes: model.classes.count)
        }
        source = images
        var parts = [try Self.digest(of: url)]
        if hasLabels { parts.append(try Self.digest(of: labels)) }
        digest = Digest(combining: parts.map(\.description))
    }

    private static func digest(of url: URL) throws(WorkbenchError) -> Digest {
        do {
            return Digest(of: try Data(contentsOf: url, options: .mappedIfSafe))
        } catch {
            throw .unreadable(file: url.path, reason: (error as NSError).localizedDescription)
        }
    }

    /// The picture of an image, for people.
    func thumbnail(_ index: Int) throws -> Thumbnail {
        let image = try source.image(index)
        let (channels, shape) = (image.shape.channels, image.shape)
        let pixels = (0..<shape.height * shape.width).flatMap { pixel in
            (0..<3).map { image.bytes[pixel * channels + min($0, channels - 1)] }
        }
        return Thumbnail(width: shape.width, height: shape.height, pixels: pixels)
    }
}
