import LinearAlgebra

/// The size of an image.
package struct ImageShape: Sendable, Hashable, Codable, CustomStringConvertible {
    package var channels: Int
    package var height: Int
    package var width: Int

    package init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    package var count: Int { channels * height * width }

    /// - Precondition: pixels are a batch of such images, [B, channels, height, width].
    func expect(_ pixels: Tensor) {
        precondition(
            Array(pixels.shape.dropFirst()) == [channels, height, width],
            "pixels of shape \(pixels.shape) for a model of \(self)")
    }

    /// `28x28x1`: height, width, channels.
    package var description: String { "\(height)x\(width)x\(channels)" }
}
