import Foundation

/// Greyscale images of an IDX file, with the labels of another.
package struct IDXImages: ImageSource {
    package let name: String
    package let count: Int
    package let labels: [Int]?
    private let shape: ImageShape
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - images: [N, height, width].
    ///   - labels: [N], where there are any.
    ///   - name: by default what stands before the first hyphen of the images' file name, as in `t10k`.
    package init(images: URL, labels: URL? = nil, name: String? = nil) throws(VisionModelsError) {
        let file = try IDXFile(images, dimensions: 3)
        guard file.shape[0] > 0 else { throw .noImages(path: images.path) }
        guard !file.bytes.isEmpty else { throw .malformedIDX(file: images.path, .noPixels(claimed: file.shape)) }
        count = file.shape[0]
        shape = ImageShape(channels: 1, height: file.shape[1], width: file.shape[2])
        bytes = file.bytes
        self.name = name ?? String(images.lastPathComponent.prefix { $0 != "-" && $0 != "." })
        guard let labels else {
            self.labels = nil
            return
        }
        let labelFile = try IDXFile(labels, dimensions: 1)
        guard labelFile.bytes.count == count else {
            throw .labelCount(file: labels.path, expected: count, found: labelFile.bytes.count)
        }
        self.labels = labelFile.bytes.map(Int.init)
    }

    package func name(of index: Int) -> String { "\(name) #\(index)" }

    package func image(_ index: Int) -> RawImage {
        precondition(index >= 0 && index < count, "no image \(index) among \(count)")
        return RawImage(shape: shape, bytes: Array(bytes[index * shape.count..<(index + 1) * shape.count]))
    }
}
