import Files
import Foundation
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    @Test("Bytes read past the mapping are those of the mapping, at every place")
    func reading() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mapped-\(UUID()).bin")
        defer { try? FileManager.default.removeItem(at: url) }
        let bytes = (0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        try Data(bytes).write(to: url)
        let file = try MappedFile(url)
        for range in [0..<1, 4095..<4097, 12_345..<70_001, 70_001..<70_001] {
            var read = [UInt8](repeating: 0, count: range.count)
            read.withUnsafeMutableBytes { target in
                guard let start = target.baseAddress else { return }
                file.withBytes { file.read(UnsafeRawBufferPointer(rebasing: $0[range]), into: start) }
            }
            #expect(read == Array(bytes[range]))
        }
    }
}
