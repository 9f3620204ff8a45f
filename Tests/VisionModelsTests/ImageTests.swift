import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// What Pillow and transformers make of small pictures; Goldens/make_image_goldens.py records it.
let imageGoldens = packageFolder.appending(path: "Tests/Goldens/images")

func goldenBytes(_ goldens: Checkpoint, _ name: String) throws -> RawImage {
    let shape = goldens.shape(of: name) ?? []
    return RawImage(
        shape: ImageShape(channels: shape.count == 3 ? shape[2] : 1, height: shape[0], width: shape[1]),
        bytes: try goldens.integers(name).map(UInt8.init))
}

/// The greatest difference between two images of one size, grey ones standing for three equal channels.
func greatestDifference(_ first: RawImage, _ second: RawImage) -> Int {
    func spread(_ image: RawImage) -> [UInt8] {
        image.shape.channels == 3 ? image.bytes : image.bytes.flatMap { [$0, $0, $0] }
    }
    guard first.shape.height == second.shape.height, first.shape.width == second.shape.width else { return .max }
    return zip(spread(first), spread(second)).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

@Suite("Pictures")
struct ImageTests {
    @Test func `of every kind have Pillow's pixels`() throws {
        let goldens = try Checkpoint(imageGoldens.appending(path: "decoded.safetensors"))
        #expect(goldens.tensorNames.count == 35)
        for name in goldens.tensorNames {
            let image = try RawImage(contentsOf: imageGoldens.appending(path: name))
            #expect(greatestDifference(image, try goldenBytes(goldens, name)) == 0, "\(name)")
        }
    }

    @Test func `have Pillow's pixels when resized, by every filter`() throws {
        let goldens = try Checkpoint(imageGoldens.appending(path: "resized.safetensors"))
        let source = try goldenBytes(goldens, "source")
        let grey = try goldenBytes(goldens, "grey")
        for resampling in Resampling.allCases {
            for (width, height) in [(24, 17), (53, 20), (20, 38), (80, 61), (7, 90), (50, 9), (60, 12), (1, 1)] {
                let resized = source.resized(height: height, width: width, resampling)
                let expected = try goldenBytes(goldens, "\(resampling)-\(width)x\(height)")
                #expect(greatestDifference(resized, expected) == 0, "\(resampling) to \(width) x \(height)")
                guard width > 4, height > 6 else { continue }
                let part = source.resized(height: height, width: width, resampling, rows: 3..<6, columns: 2..<4)
                let places = (3..<6).flatMap { row in (2..<4).map { (row * width + $0) * 3 } }
                #expect(part.bytes == places.flatMap { expected.bytes[$0..<$0 + 3] }, "a part, \(resampling)")
            }
            let resized = grey.resized(height: 23, width: 30, resampling)
            #expect(greatestDifference(resized, try goldenBytes(goldens, "\(resampling)-grey")) == 0, "\(resampling)")
        }
        let toGrey = Preprocessing(resize: nil, mean: [0], deviation: [1])
        #expect(toGrey.bytes(of: source) == (try goldenBytes(goldens, "luma")))
    }

    @Test func `become the inputs that transformers and timm make`() throws {
        let goldens = try Checkpoint(imageGoldens.appending(path: "inputs.safetensors"))
        let scratch = try ScratchFolder()
        let text = try Data(contentsOf: imageGoldens.appending(path: "inputs.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: text) as? [[String: Any]])
        let input = ImageShape(channels: 3, height: 24, width: 24)
        #expect(cases.count == 7)
        for item in cases {
            let name = try #require(item["name"] as? String)
            let layout = try #require((item["reader"] as? String).flatMap(Preprocessing.SettingsLayout.init))
            let settings = try JSONSerialization.data(withJSONObject: try #require(item["settings"]))
            let preprocessing = try Preprocessing(
                settings: try scratch.write(settings, to: "\(name).json"), layout: layout, for: input)
            #expect(preprocessing.fixedInputShape == input)
            for source in ["wide", "tall", "small", "odd"] {
                let image = try goldenBytes(goldens, "source/\(source)")
                var pixels = [Float](repeating: .nan, count: input.count)
                pixels.withUnsafeMutableBufferPointer { preprocessing.write(image, to: $0) }
                assertClose(
                    pixels, try goldens.tensor("\(name)/\(source)").values, within: 1e-6,
                    because: "the bytes are equal; \(name) of \(source) normalises them in another order")
            }
        }
    }

    @Test func `grey lie on the coloured ground that coloured ones do`() {
        let grey = RawImage(shape: ImageShape(channels: 1, height: 2, width: 5), bytes: Array(10..<20))
        let coloured = RawImage(
            shape: ImageShape(channels: 3, height: 2, width: 5), bytes: grey.bytes.flatMap { [$0, $0, $0] })
        let crop = CenterCrop(height: 6, width: 6, rounding: .halfToEven, fill: [124, 116, 104])
        let preprocessing = Preprocessing(
            resize: .within(height: 6, width: 6), crop: crop, mean: [0, 0, 0], deviation: [1, 1, 1])
        let made = preprocessing.bytes(of: grey)
        #expect(made == preprocessing.bytes(of: coloured))
        #expect(Array(made.bytes.prefix(3)) == [124, 116, 104])
    }

    @Test func `grey are repeated for coloured models`() {
        let grey = RawImage(shape: ImageShape(channels: 1, height: 1, width: 2), bytes: [0, 255])
        var pixels = [Float](repeating: .nan, count: 6)
        let preprocessing = Preprocessing(resize: nil, mean: [0, 0.5, 1], deviation: [1, 1, 2])
        pixels.withUnsafeMutableBufferPointer { preprocessing.write(grey, to: $0) }
        #expect(pixels == [0, 1, -0.5, 0.5, -0.5, 0])
    }
}
