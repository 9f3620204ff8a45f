import Pictures
import Testing
import VisionModels

@Suite("A picture written as PNG")
struct PNGTests {
    @Test(arguments: [(1, 1), (7, 5), (300, 2)])
    func `is RGB of eight bits, and has its pixels again when it is read`(width: Int, height: Int) throws {
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let file = PNG.encode(width: width, height: height, pixels: pixels)
        #expect(file.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10])
        #expect(file[24..<26] == [8, 2], "bits a sample, colour type")
        let image = try file.withUnsafeBytes { try RawImage(decoding: $0) }
        #expect(image.shape == ImageShape(channels: 3, height: height, width: width))
        #expect(image.bytes == pixels)
    }
}
