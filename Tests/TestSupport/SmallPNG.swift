import Foundation

/// A PNG without compression, for tests that need files of their own.
package enum SmallPNG {
    /// One byte a pixel, row by row.
    package static func grey(_ pixels: [UInt8], width: Int) -> Data {
        let height = pixels.count / width
        var rows: [UInt8] = []
        for row in 0..<height { rows += [0] + Array(pixels[row * width..<(row + 1) * width]) }
        let size = UInt16(rows.count)
        // zlib's header, one stored block, Adler-32.
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        for part in [little(size), little(~size), rows, big(adler(rows))] { stream += part }
        let header: [UInt8] = big(UInt32(width)) + big(UInt32(height)) + [8, 0, 0, 0, 0]
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        for (type, bytes) in [("IHDR", header), ("IDAT", stream), ("IEND", [])] { file += chunk(type, bytes) }
        return file
    }

    /// Gives every chunk the checksum of what it holds now.
    package static func repairChecksums(_ file: inout [UInt8]) {
        var place = 8
        while place + 12 <= file.count {
            let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = place + 8 + length
            guard end + 4 <= file.count else { return }
            file.replaceSubrange(end..<end + 4, with: big(crc(Array(file[place + 4..<end]))))
            place = end + 4
        }
    }

    private static func chunk(_ type: String, _ bytes: [UInt8]) -> Data {
        let body = Array(type.utf8) + bytes
        let parts: [[UInt8]] = [big(UInt32(bytes.count)), body, big(crc(body))]
        return Data(parts.joined())
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = crc & 1 == 1
                crc >>= 1
                if isOdd { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        let sums = bytes.reduce((a: UInt32(1), b: UInt32(0))) { sums, byte in
            let a = (sums.a + UInt32(byte)) % 65521
            return (a, (sums.b + a) % 65521)
        }
        return sums.b << 16 | sums.a
    }

    private static func big(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    private static func little(_ value: UInt16) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
