import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// What transformers computed with the sample models; Goldens/make_goldens.py records it.
private struct Goldens {
    private let checkpoint: Checkpoint

    init() throws {
        checkpoint = try Checkpoint(packageFolder.appending(path: "Tests/Goldens/sample-models.safetensors"))
    }

    func callAsFunction(_ name: String) throws -> Tensor { try checkpoint.tensor(name) }

    /// The texts and their tokens, filled up with end tokens.
    func texts() throws -> [(text: String, tokens: [Int])] {
        let texts = try JSONDecoder().decode([String].self, from: Data(checkpoint.metadata["texts"]!.utf8))
        let tokens = try checkpoint.integers("clip.tokens")
        let length = tokens.count / texts.count
        return texts.enumerated().map { ($1, Array(tokens[$0 * length..<($0 + 1) * length])) }
    }
}

@Suite("The sample models agree with transformers")
struct ParityTests {
    private let goldens: Goldens
    private let pixels: Tensor

    init() throws {
        goldens = try Goldens()
        pixels = try goldens("pixels")
    }

    private static let reason = "float32 sums in another order"

    @Test func `on the pixels they are given`() throws {
        let model = try loadTargetModel(at: samples.appending(path: "target-vit"))
        let images = try IDXImages(images: samples.appending(path: "fashion-mnist/t10k-images-idx3-ubyte.gz"))
        let read = try images.pixels(0..<8, as: model.preprocessing, for: model.input)
        assertClose(read, pixels, within: 1e-6, because: "one rounding at most")
    }

    @Test func `on the target model's residual stream at every block, its norm and its logits`() throws {
        let model = try loadTargetModel(at: samples.appending(path: "target-vit"))
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in model.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = model.logits(pixels, hooks: hooks)
        for point in model.hookPoints {
            let golden = try goldens("target.\(point.name)")
            let actual = try #require(recorded[point.name]).values.prefix(golden.count)
            assertWithin(actual, golden, point.name)
        }
    }

    @Test func `on CLIP's image embeddings and the image tower's residual stream`() throws {
        let space = try #require(try loadConceptSpace(at: samples.appending(path: "clip")) as? CLIP)
        assertWithin(space.embed(images: pixels).values[...], try goldens("clip.images"), "images")
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in space.images.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = space.images.features(pixels, hooks: hooks)
        for point in space.images.hookPoints where point.tokens > 1 {
            let golden = try goldens("clip.\(point.name)")
            assertWithin(try #require(recorded[point.name]).values.prefix(golden.count), golden, point.name)
        }
    }

    @Test func `on tokens and text embeddings`() throws {
        let space = try #require(try loadConceptSpace(at: samples.appending(path: "clip")) as? CLIP)
        let texts = try goldens.texts()
        for (text, expected) in texts {
            let tokens = space.tokenizer.tokens(of: text)
            let padding = [Int](repeating: space.tokenizer.end, count: expected.count - tokens.count)
            #expect(tokens + padding == expected, "\(text.debugDescription)")
        }
        let embeddings = space.embed(concepts: texts.map(\.text))
        assertWithin(embeddings.values[...], try goldens("clip.texts"), "texts")
        for (index, text) in texts.enumerated() {
            let alone = space.embed(concepts: [text.text])
            assertClose(
                alone.values, embeddings.row(index), within: 1e-5, because: "a text does not see its neighbours")
        }
    }

    /// Absolute, unlike `assertClose`.
    private func assertWithin(_ actual: ArraySlice<Float>, _ golden: Tensor, _ what: String) {
        #expect(actual.count == golden.count)
        let error = zip(actual, golden.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error <= 1e-4, "\(what): \(Self.reason)")
    }
}
