import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite("A .npy file")
struct NPYTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test(arguments: [([3], "(4, 3)"), ([], "(4,)"), ([2, 5], "(4, 2, 5)")])
    func `has the header NumPy's format asks for, and the rows in order`(_ row: [Int], _ shape: String) throws {
        var random = SeededRandom(seed: 3)
        let parts = [random.tensor([1] + row), random.tensor([3] + row)]
        var file = try NPYFile(scratch.file("a.npy"), rowShape: row)
        for part in parts { try file.append(part) }
        #expect(try scratch.names == ["a.npy.writing"], "not there before it is whole")
        try file.finish()

        let bytes = try Data(contentsOf: scratch.file("a.npy"))
        #expect(Array(bytes.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        let length = Int(bytes[8]) + Int(bytes[9]) << 8
        #expect((10 + length) % 64 == 0)
        let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
        #expect(
            header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }") && header.hasSuffix("\n"))
        let values = bytes.dropFirst(10 + length).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(values == parts.flatMap(\.values))
    }

    @Test func `leaves nothing behind when it is given up`() throws {
        let file = try NPYFile(scratch.file("a.npy"), rowShape: [2])
        file.discard()
        #expect(try scratch.names == [])
    }
}
