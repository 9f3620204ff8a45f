import CZlib

/// Writes a picture as PNG (ISO/IEC 15948): 8-bit RGB, one IDAT chunk, rows filtered by Up or not at all.
public enum PNGWriter {
    /// The bytes of a PNG file.
    ///
    /// - Parameter pixels: RGB, `width` x `height`, row by row.
    /// - Precondition: three bytes a pixel, and a picture of at least one.
    public static func encode(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
        var header = bigEndian(UInt32(width)) + bigEndian(UInt32(height))
        // 8 bits a sample, colour type 2 (RGB), the only compression and filter methods, no interlacing.
        header += [8, 2, 0, 0, 0]
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return signature + chunk("IHDR", header) + chunk("IDAT", deflated(filtered(width, height, pixels)))
            + chunk("IEND", [])
    }

    /// Each row after its filter type: 2 (Up, the difference to the row above) but for the first, which has none above.
    private static func filtered(_ width: Int, _ height: Int, _ pixels: [UInt8]) -> [UInt8] {
        let stride = width * 3
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (stride + 1))
        for row in 0..<height {
            rows.append(row == 0 ? 0 : 2)
            for i in row * stride..<(row + 1) * stride {
                rows.append(row == 0 ? pixels[i] : pixels[i] &- pixels[i - stride])
            }
        }
        return rows
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(size))
        let code = compress2(&result, &size, bytes, uLong(bytes.count), 9)
        precondition(code == Z_OK, "zlib refuses to compress: \(code)")
        return Array(result.prefix(Int(size)))
    }

    /// Length, type, data, and the checksum of type and data.
    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(UInt32(crc32(0, body, UInt32(body.count))))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
}
