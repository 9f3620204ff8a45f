import Analysis
import LinearAlgebra
import VisionModels

extension ImageSet {
    /// The picture of an image, for people: at most 128 pixels on its longer side. A study outlives its images: what is
    /// known of one that cannot be read is shown all the same.
    func thumbnail(_ index: Int) -> Thumbnail {
        guard var image = try? source.image(index) else { return .missing }
        if max(image.shape.height, image.shape.width) > Self.thumbnailEdge {
            let (height, width) = Resize.within(height: Self.thumbnailEdge, width: Self.thumbnailEdge)
                .size(height: image.shape.height, width: image.shape.width)
            image = image.resized(height: height, width: width, .box)
        }
        let (channels, shape) = (image.shape.channels, image.shape)
        let pixels = (0..<shape.height * shape.width).flatMap { pixel in
            (0..<3).map { image.bytes[pixel * channels + min($0, channels - 1)] }
        }
        return Thumbnail(width: shape.width, height: shape.height, pixels: pixels)
    }

    private static let thumbnailEdge = 128
}
