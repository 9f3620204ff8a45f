import Digests
import LinearAlgebra

/// An image as it was stored: bytes row by row, the channels of a pixel side by side.
package struct RawImage: Sendable, Hashable {
    package var shape: ImageShape
    package var bytes: [UInt8]

    /// - Precondition: as many bytes as the shape has values.
    package init(shape: ImageShape, bytes: [UInt8]) {
        precondition(bytes.count == shape.count, "\(bytes.count) bytes for an image of \(shape)")
        self.shape = shape
        self.bytes = bytes
    }

    /// Of the size and the bytes: the same picture has the same digest wherever it lies.
    package var digest: Digest {
        let size = [shape.height, shape.width, shape.channels].flatMap { size in
            withUnsafeBytes(of: UInt32(size).littleEndian) { Array($0) }
        }
        return Digest(of: size + bytes)
    }
}

/// Images that can be had one by one, with labels where they are known.
package protocol ImageSource: Sendable {
    /// As in `t10k`.
    var name: String { get }
    var count: Int { get }
    /// The class of each image; nil where unknown.
    var labels: [Int]? { get }

    /// A name for people: `t10k #412`.
    func name(of index: Int) -> String

    /// The image as stored.
    func image(_ index: Int) throws(VisionModelsError) -> RawImage

    /// Of one image's content.
    func digest(of index: Int) throws(VisionModelsError) -> Digest
}

extension ImageSource {
    /// Of its size and pixels.
    package func digest(of index: Int) throws(VisionModelsError) -> Digest { try image(index).digest }

    /// The images at `indices` as a model takes them: [indices.count, channels, height, width].
    package func pixels(
        _ indices: some Collection<Int>, as preprocessing: Preprocessing, for input: ImageShape
    ) throws(VisionModelsError) -> Tensor {
        var pixels = Tensor([indices.count, input.channels, input.height, input.width])
        for (position, index) in indices.enumerated() {
            try put(image(index), of: index, at: position, of: &pixels, preprocessing, input)
        }
        return pixels
    }

    /// The same of images that are decoded already, in the order of their indices.
    package func pixels(
        of images: [RawImage], at indices: [Int], as preprocessing: Preprocessing, for input: ImageShape
    ) throws(VisionModelsError) -> Tensor {
        var pixels = Tensor([indices.count, input.channels, input.height, input.width])
        for (position, index) in indices.enumerated() {
            try put(images[position], of: index, at: position, of: &pixels, preprocessing, input)
        }
        return pixels
    }

    private func put(
        _ image: RawImage, of index: Int, at position: Int, of pixels: inout Tensor, _ preprocessing: Preprocessing,
        _ input: ImageShape
    ) throws(VisionModelsError) {
        let made = preprocessing.inputShape(of: image.shape)
        guard made == input else { throw .imageSize(image: name(of: index), expected: input, found: made) }
        let place = position * input.count..<(position + 1) * input.count
        pixels.withUnsafeMutable {
            preprocessing.write(image, to: UnsafeMutableBufferPointer(rebasing: $0[place]))
        }
    }
}
