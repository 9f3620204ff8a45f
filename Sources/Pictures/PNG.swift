import CPNG

/// Writes a picture as PNG, through libpng.
package enum PNG {
    /// The bytes of a file of 8-bit RGB.
    ///
    /// - Parameter pixels: RGB, `width` x `height`, row by row.
    /// - Precondition: three bytes a pixel, a picture of at least one, and memory for it.
    package static func encode(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.width = UInt32(width)
        image.height = UInt32(height)
        image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }
        // Without a place to write to, libpng tells how many bytes it would take.
        var size = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else { refuse(image) }
        return [UInt8](unsafeUninitializedCapacity: size) { target, count in
            guard png_image_write_to_memory(&image, target.baseAddress, &size, 0, pixels, 0, nil) != 0 else {
                refuse(image)
            }
            count = size
        }
    }

    private static func refuse(_ image: png_image) -> Never {
        let words = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        preconditionFailure("libpng refuses to write: \(words)")
    }
}
