import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("IDX images")
struct IDXTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func idx(_ sizes: [Int], _ values: [UInt8], type: UInt8 = 8) -> [UInt8] {
        let header = sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
        return [0, 0, type, UInt8(sizes.count)] + header + values
    }

    private func fault(of bytes: [UInt8], compressed: Bool = false) throws -> IDXFault? {
        let url = try scratch.write(compressed ? gzip(bytes) : bytes, to: "x-images.gz")
        do {
            _ = try IDXImages(images: url)
            return nil
        } catch VisionModelsError.malformedIDX(let file, let fault) {
            #expect(file == url.path)
            return fault
        }
    }

    /// A gzip stream with the bytes stored as they are (RFC 1951, 3.2.4).
    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + littleEndian(bytes.count, 2)
            + littleEndian(~bytes.count, 2) + bytes + littleEndian(Int(~crc), 4) + littleEndian(bytes.count, 4)
    }

    @Test func `are read plain and compressed, with labels, names and digests`() throws {
        let values: [UInt8] = Array(1...12)
        for bytes in [idx([2, 2, 3], values), gzip(idx([2, 2, 3], values))] {
            let images = try IDXImages(
                images: try scratch.write(bytes, to: "t10k-images-idx3-ubyte.gz"),
                labels: try scratch.write(gzip(idx([2], [7, 3])), to: "t10k-labels-idx1-ubyte.gz"))
            #expect(images.count == 2)
            #expect(images.labels == [7, 3])
            #expect(images.name(of: 1) == "t10k #1")
            #expect(
                images.image(1)
                    == RawImage(shape: ImageShape(channels: 1, height: 2, width: 3), bytes: [7, 8, 9, 10, 11, 12]))
            #expect(images.image(0).digest != images.image(1).digest)
            #expect(
                RawImage(shape: ImageShape(channels: 1, height: 3, width: 2), bytes: [7, 8, 9, 10, 11, 12]).digest
                    != images.image(1).digest, "the size counts too")
        }
    }

    @Test func `become a model's pixels only at the model's size`() throws {
        var tiny = TinyViT()
        tiny.preprocessor = "{\"do_resize\": false, \"image_mean\": [0.5], \"image_std\": [0.25]}"
        let model = try tiny.load()
        let images = try IDXImages(
            images: try scratch.write(idx([2, 4, 4], [UInt8](repeating: 0, count: 16) + Array(0...15)), to: "x-images"))
        let pixels = try images.pixels([1, 0], as: model.preprocessing, for: model.input)
        #expect(pixels.shape == [2, 1, 4, 4])
        #expect(pixels[15] == (Float(15) / 255 - 0.5) / 0.25)
        #expect(pixels[16] == -2)

        let small = try IDXImages(images: try scratch.write(idx([1, 2, 2], [1, 2, 3, 4]), to: "small"))
        #expect(
            throws: VisionModelsError.imageSize(
                image: "small #0", expected: model.input, found: ImageShape(channels: 1, height: 2, width: 2))
        ) { try small.pixels([0], as: model.preprocessing, for: model.input) }
    }

    @Test func `that lie about themselves are refused before memory is taken`() throws {
        let good = idx([1, 2, 2], [1, 2, 3, 4])
        #expect(try fault(of: []) == .magic(found: []))
        #expect(try fault(of: idx([1, 2, 2], [1, 2, 3, 4], type: 13)) == .magic(found: [0, 0, 13, 3]))
        #expect(try fault(of: idx([4], [1, 2, 3, 4])) == .dimensions(expected: 3, found: 1))
        for compressed in [false, true] {
            for length in 4..<good.count {
                let found = try fault(of: Array(good.prefix(length)), compressed: compressed)
                guard case .size? = found else {
                    Issue.record("cut to \(length): \(String(describing: found))")
                    continue
                }
            }
            #expect(try fault(of: good + [5], compressed: compressed) == .size(claimed: [1, 2, 2], available: 5))
            #expect(try fault(of: good, compressed: compressed) == nil)
        }
        let huge = idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [])
        let claimed = [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]
        #expect(try fault(of: huge) == .size(claimed: claimed, available: 0))
        guard case .size(claimed, _)? = try fault(of: huge, compressed: true) else {
            Issue.record("a claim of 2^96 bytes")
            return
        }
    }

    @Test func `damaged or cut in their compressed form are refused`() throws {
        let whole = gzip(idx([2, 2, 2], Array(1...8)))
        for length in 2..<whole.count {
            let url = try scratch.write(whole.prefix(length), to: "cut-images.gz")
            #expect(throws: VisionModelsError.self, "cut to \(length) bytes") { try IDXImages(images: url) }
        }
        var random = SeededRandom(seed: 5)
        for _ in 0..<10_000 {
            var bytes = whole
            let place = Int.random(in: 11..<bytes.count, using: &random)  // Behind bits that mean nothing.
            bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            scratch.replace("bad-images.gz", with: bytes)
            #expect(throws: VisionModelsError.self, "byte \(place)") {
                try IDXImages(images: scratch.file("bad-images.gz"))
            }
        }
    }

    @Test(arguments: [false, true]) func `with changed bytes are errors or images`(compressed: Bool) throws {
        let whole = idx([2, 2, 2], Array(1...8))
        var random = SeededRandom(seed: 6)
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            scratch.replace("x-images", with: compressed ? gzip(bytes) : bytes)
            do {
                let images = try IDXImages(images: scratch.file("x-images"))
                #expect((0..<images.count).allSatisfy { images.image($0).shape.count > 0 })
            } catch { refused += 1 }
        }
        #expect(refused > 5_000, "most of so small a file is header")
    }

    @Test func `of nothing are refused`() throws {
        #expect(try fault(of: idx([0x7FFF_FFFF, 0, 28], [])) == .noPixels(claimed: [0x7FFF_FFFF, 0, 28]))
        let none = try scratch.write(idx([0, 28, 28], []), to: "none")
        #expect(throws: VisionModelsError.noImages(path: none.path)) { try IDXImages(images: none) }
    }

    @Test func `must have a label each`() throws {
        let images = try scratch.write(idx([2, 1, 1], [1, 2]), to: "i")
        let labels = try scratch.write(idx([3], [1, 2, 3]), to: "l")
        #expect(throws: VisionModelsError.labelCount(file: labels.path, expected: 2, found: 3)) {
            try IDXImages(images: images, labels: labels)
        }
    }
}
