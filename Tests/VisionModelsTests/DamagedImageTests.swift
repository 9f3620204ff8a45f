import Foundation
import TestSupport
import Testing
import VisionModels

/// Files that are cut anywhere, or have bytes changed: an error or a picture of the size they claim. Each is tried in memory,
/// so that thousands take a second; a crash or an endless loop ends the test run.
@Suite("Damaged pictures")
struct DamagedImageTests {
    private static let flips = 10_000

    private static let kinds = [
        "rgb.jpg", "half.jpg", "grey.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "turned6.jpg", "rgb.png",
        "grey16.png",
        "alpha16.png", "palette4.png", "interlaced.png", "turned6.png", "lossy.webp", "lossless.webp",
        "alpha-lossy.webp",
        "turned6.webp", "palette.gif", "interlaced.gif", "rle8.bmp", "bits4.bmp", "fields16.bmp", "lzw.tif",
        "tiles.tif",
        "jpeg.tif", "planes.tif", "animated.webp",
    ]

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: imageGoldens.appending(path: name)))
    }

    /// Nil: an error, which must be the typed one.
    private func decoded(_ bytes: [UInt8]) -> RawImage? {
        try? bytes.withUnsafeBytes { bytes throws(ImageFault) in try RawImage(decoding: bytes) }
    }

    @Test(arguments: kinds) func `cut short are errors`(_ name: String) throws {
        let whole = try bytes(name)
        let picture = try #require(decoded(whole))
        for length in 0..<whole.count {
            guard let cut = decoded(Array(whole.prefix(length))) else { continue }
            // Only the mark of the end, or what stands behind the pixels, may be missing.
            #expect(
                cut == picture || (cut.upright == picture.upright && name.hasPrefix("turned")),
                "\(name) cut to \(length) of \(whole.count)")
        }
    }

    @Test(arguments: kinds) func `with changed bytes are errors or pictures`(_ name: String) throws {
        let whole = try bytes(name)
        var random = SeededRandom(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        var pictures = 0
        for round in 0..<Self.flips {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            // A PNG's checksums would hide most damage from what comes behind them.
            if name.hasSuffix("png"), round % 2 == 0 { SmallPNG.repairChecksums(&bytes) }
            if let image = decoded(bytes) {
                #expect(image.bytes.count == image.shape.count && image.shape.count <= 3 * RawImage.mostPixels)
                pictures += 1
            }
        }
        #expect(pictures < Self.flips, "some damage shows")
    }

    @Test func `that claim to be huge are refused before memory is taken`() throws {
        func fault(_ bytes: [UInt8]) -> ImageFault? {
            do {
                _ = try bytes.withUnsafeBytes { bytes throws(ImageFault) in try RawImage(decoding: bytes) }
                return nil
            } catch { return error as? ImageFault }
        }
        func tooShort(_ format: String, _ width: Int, _ height: Int) -> ImageFault {
            .damaged(format: format, "the file is too short for \(width) x \(height) pixels")
        }
        var jpeg = try bytes("rgb.jpg")
        let frame = try #require(jpeg.indices.dropLast(9).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        for (offset, byte) in [0xEA, 0x60, 0xEA, 0x60].enumerated() { jpeg[frame + 5 + offset] = UInt8(byte) }
        #expect(fault(jpeg) == tooShort("JPEG", 60000, 60000))
        // Small enough to be decoded, were there as many bytes.
        for (offset, byte) in [0x20, 0, 0x20, 0].enumerated() { jpeg[frame + 5 + offset] = UInt8(byte) }
        #expect(fault(jpeg) == tooShort("JPEG", 8192, 8192))
        // As long as such a picture might be, but larger than what is decoded.
        for (offset, byte) in [0xEA, 0x60, 0xEA, 0x60].enumerated() { jpeg[frame + 5 + offset] = UInt8(byte) }
        let padded = jpeg + [UInt8](repeating: 0, count: 60000 * 60000 / 64 / 8 * 3)
        #expect(fault(padded) == .size(height: 60000, width: 60000, mostPixels: RawImage.mostPixels))

        var png = try bytes("rgb.png")
        for (offset, byte) in [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60].enumerated() { png[16 + offset] = UInt8(byte) }
        SmallPNG.repairChecksums(&png)
        #expect(fault(png) == tooShort("PNG", 60000, 60000))

        // VP8: behind RIFF's 12 bytes, the chunk's 8 and the frame's 6 come 14 bits of width and of height.
        var webp = try bytes("lossy.webp")
        #expect(String(decoding: webp[12..<16], as: UTF8.self) == "VP8 ")
        for (offset, byte) in [0xFF, 0x3F, 0xFF, 0x3F].enumerated() { webp[26 + offset] = UInt8(byte) }
        #expect(fault(webp) == tooShort("WebP", 16383, 16383))
        // VP8L has them behind one byte: a picture of one colour may truly be that small, but not this large.
        var lossless = try bytes("lossless.webp")
        #expect(String(decoding: lossless[12..<16], as: UTF8.self) == "VP8L")
        for (offset, byte) in [0xFF, 0xFF, 0xFF, 0x0F].enumerated() { lossless[21 + offset] = UInt8(byte) }
        #expect(fault(lossless) == .size(height: 16384, width: 16384, mostPixels: RawImage.mostPixels))

        #expect(fault([1, 2, 3, 4, 5]) == .format(.unknown(firstBytes: [1, 2, 3, 4])))
    }
}

extension RawImage {
    /// Its pixels in an order that no turn or mirror changes.
    fileprivate var upright: [UInt8] { bytes.sorted() }
}
