import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Arrays as NumPy writes them (`Tests/Goldens/make_array_goldens.py`).
@Suite struct ArrayFileTests {
    private let folder = Samples.root.appending(path: "Tests/Goldens/arrays")
    private let values = (0..<60).map { (Float($0) - 20) / 8 }

    private func file(_ name: String) throws -> ArrayFile { try ArrayFile(folder.appending(path: name)) }

    @Test("stored and deflated archives hold the same numbers and texts", arguments: ["stored.npz", "deflated.npz"])
    func archives(name: String) throws {
        let arrays = try file(name).arrays
        #expect(arrays.count == 10)
        for kind in ["single", "double", "half"] {
            let array = try #require(arrays[kind])
            #expect(array.shape == [5, 4, 3])
            #expect(try array.floats().values == values, "eighths are exact in half precision")
        }
        #expect(try arrays["labels"]?.integers() == [-2, -1, 0, 1, 2])
        #expect(try arrays["bytes"]?.integers() == [0, 1, 2, 3, 4])
        #expect(try arrays["flags"]?.integers() == [1, 0])
        #expect(try arrays["paths"]?.texts() == ["a/one.png", "b/größer.png", ""])
        #expect(try arrays["raw"]?.texts() == ["one", "three"])
        #expect(try arrays["scalar"]?.floats().values == [2.5])
        #expect(try arrays["empty"]?.floats().shape == [0, 3])
        #expect(throws: FileError.self) { try arrays["single"]?.integers() }
        #expect(throws: FileError.self) { try arrays["paths"]?.floats() }
    }

    @Test("blocks of items are the items", arguments: ["stored.npz", "deflated.npz", "single.npy"])
    func blocks(name: String) throws {
        let array = try #require(try file(name).arrays["single"])
        for size in [1, 2, 3, 5, 100] {
            var (found, next) = ([Float](), 0)
            try array.forEachBlock(atOnce: size) { range, block in
                #expect(range.lowerBound == next && block.shape == [range.count, 4, 3])
                next = range.upperBound
                found += block.values
            }
            #expect(found == values && next == 5)
        }
    }

    @Test("Fortran order, big-endian numbers and objects are refused with what was expected")
    func refusals() {
        for (name, found) in [("fortran.npy", "Fortran order"), ("big.npy", "'>f4'"), ("objects.npy", "'|O'")] {
            #expect {
                try file(name)
            } throws: { error in
                guard case .malformedArray(_, _, _, let text)? = error as? FileError else { return false }
                return text == found
            }
        }
    }

    @Test("damaged bytes are an error or the same numbers, never others, and never a crash")
    func damage() throws {
        let scratch = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: scratch) }
        var random = SeededRandom(seed: 11)
        let place = scratch.appending(path: "a.npz")
        for name in ["stored.npz", "deflated.npz"] {
            let whole = try Data(contentsOf: folder.appending(path: name))
            for _ in 0..<400 {
                var bytes = whole
                if Bool.random(using: &random) {
                    let position = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[position] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
                }
                try bytes.write(to: place)
                guard let array = try? ArrayFile(place).arrays["single"], let found = try? array.floats() else {
                    continue
                }
                #expect(array.shape != [5, 4, 3] || found.values == values)
            }
        }
    }
}
