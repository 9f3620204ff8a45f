import Files
import Foundation
import LinearAlgebra
import Testing

@Suite("Checksums of files")
struct FileChecksumTests {
    private func checksum(_ bytes: [UInt8]) throws -> FileChecksum {
        let url = FileManager.default.temporaryDirectory.appending(path: "checksum-\(UUID()).bin")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(bytes).write(to: url)
        return try FileChecksum(of: url)
    }

    @Test("The whole is the CRC-32 of all bytes, whatever the pieces")
    func whole() throws {
        // The standard's own example: https://www.rfc-editor.org/rfc/rfc1952 uses this CRC.
        #expect(try checksum(Array("123456789".utf8)).whole == 0xCBF4_3926)
        #expect(try checksum([]).whole == 0)
        // zlib.crc32(bytes(i % 251 for i in range(5000)))
        #expect(try checksum((0..<5000).map { UInt8($0 % 251) }).whole == 0xC160_7408)
    }

    @Test("Files are made as the umask lets them be")
    func umasked() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "umask-\(UUID()).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let mask = umask(0)
        umask(mask)
        var file = try ActivationFile(url, tensor: "activations", shape: [1, 2])
        try file.append(Tensor([1, 2], [1, 2]))
        try file.finish()
        var status = stat()
        #expect(stat(url.path, &status) == 0 && status.st_mode & 0o777 == 0o666 & ~mask)
    }

    @Test("What differs is told by its pieces, the first to the last", arguments: [5000, 9 << 20])
    func difference(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 9) }
        let written = try checksum(bytes)
        #expect(written.pieces.count <= 4096)
        #expect(try checksum(bytes).difference(from: written.pieces) == nil)
        for place in [0, 1023, 1024, size / 2, size - 1] {
            var damaged = bytes
            damaged[place] ^= 4
            let found = try #require(try checksum(damaged).difference(from: written.pieces))
            #expect(found.contains(place) && found.upperBound <= size && found.count <= max(1024, size / 2048))
        }
        var damaged = bytes
        damaged[10] ^= 1
        damaged[size - 10] ^= 1
        let found = try #require(try checksum(damaged).difference(from: written.pieces))
        #expect(found == 0..<size)
    }
}
