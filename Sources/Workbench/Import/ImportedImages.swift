import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// Images of which a study was given what a model makes of them. A picture is shown where its path leads to one; else a plain
/// grey one stands for it.
struct ImportedImages: ImageSource {
    let recorded: RecordedImages

    var name: String { recorded.name }
    var count: Int { recorded.count }
    var labels: [Int]? { recorded.labels }

    func name(of index: Int) -> String { recorded.name(of: index) }

    func image(_ index: Int) throws(VisionModelsError) -> RawImage {
        let url = recorded.url(index)
        guard FileManager.default.fileExists(atPath: url.path) else {
            let shape = ImageShape(channels: 1, height: 16, width: 16)
            return RawImage(shape: shape, bytes: [UInt8](repeating: 128, count: shape.count))
        }
        return try ImageFiles(files: [url]).image(0)
    }

    func digest(of index: Int) throws(VisionModelsError) -> Digest { try recorded.digest(of: index) }
}
