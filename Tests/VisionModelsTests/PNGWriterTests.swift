import Foundation
import TestSupport
import Testing
import VisionModels

@Suite struct PNGWriterTests {
    /// zlib's CRC-32 by its definition, bit by bit.
    private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// A zlib stream through the system's gzip: its deflated part under a gzip header. gzip tells the missing end from the
    /// data, which it writes all the same.
    private func inflated(_ stream: ArraySlice<UInt8>) throws -> [UInt8] {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "rows.gz")
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        try Data(header + stream.dropFirst(2).dropLast(4)).write(to: file)
        return [UInt8](try Samples.gunzip(file))
    }

    @Test("the file is a signature and three chunks with their lengths and checksums, whose rows undo to the pixels")
    func chunks() throws {
        let (width, height) = (7, 5)
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let file = PNGWriter.encode(width: width, height: height, pixels: pixels)
        #expect(file.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10])
        func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        var (chunks, at) = ([(type: String, data: ArraySlice<UInt8>)](), 8)
        while at + 12 <= file.count {
            let length = number(at)
            let end = at + 8 + length
            #expect(UInt32(number(end)) == checksum(file[at + 4..<end]))
            chunks.append((String(decoding: file[at + 4..<at + 8], as: UTF8.self), file[at + 8..<end]))
            at = end + 4
        }
        #expect(at == file.count)
        #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
        #expect(Array(chunks[0].data) == [0, 0, 0, 7, 0, 0, 0, 5, 8, 2, 0, 0, 0])

        // The rows again, undoing PNG's filters 0 (none) and 2 (the row above).
        let rows = try inflated(chunks[1].data)
        #expect(rows.count == height * (1 + width * 3))
        var restored: [UInt8] = []
        for row in 0..<height {
            let start = row * (1 + width * 3)
            #expect(rows[start] == 0 || (rows[start] == 2 && row > 0))
            for i in 0..<width * 3 {
                let above = rows[start] == 2 ? restored[(row - 1) * width * 3 + i] : 0
                restored.append(rows[start + 1 + i] &+ above)
            }
        }
        #expect(restored == pixels)
    }
}
