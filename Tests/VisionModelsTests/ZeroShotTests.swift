import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// The sample CLIP as a classifier.
@Suite("CLIP zero-shot")
struct ZeroShotTests {
    private let classes = ["boot", "bag", "trousers", "coat"]
    private let folder = samples.appending(path: "clip")

    private func model(_ templates: PromptTemplates = .plain, classes: [String]? = nil) throws -> any TargetModel {
        try loadZeroShotModel(at: ModelLocation(folder), classes: classes ?? self.classes, templates: templates)
    }

    private func pixels(_ count: Int) -> Tensor {
        var random = SeededRandom(seed: 9)
        return random.tensor([count, 1, 28, 28])
    }

    @Test func `gives scaled cosines`() throws {
        let space = try #require(try loadConceptSpace(at: folder) as? CLIP)
        let pixels = pixels(3)
        var expected = multiply(
            space.embed(images: pixels), .plain, space.embed(concepts: classes), .transposed)
        expected = Tensor(expected.shape, expected.values.map { $0 * space.logitScale })
        assertClose(
            try model().logits(pixels), expected, within: 1e-4,
            because: "the scale is multiplied into the classes first, in float32")
    }

    @Test func `goes on from every hook point with the same logits`() throws {
        let model = try model()
        let pixels = pixels(2)
        let logits = model.logits(pixels)
        #expect(model.hookPoints.map(\.name).suffix(3) == ["norm", "projection", "logits"])
        for point in model.hookPoints {
            var recorded = Tensor([0])
            _ = model.logits(pixels, hooks: Hooks(at: point) { recorded = $0 })
            #expect(recorded.columns == point.width)
            #expect(model.activations(at: point, of: pixels) == recorded)
            assertClose(
                model.logits(resumingFrom: point, recorded), logits, within: 1e-4,
                because: "runs of images are cut otherwise, and sums rounded otherwise")
            var ran = 0
            let zero = Hooks(at: point) { activations in
                ran += 1
                activations = Tensor(activations.shape)
            }
            _ = model.logits(resumingFrom: point, recorded, hooks: zero)
            #expect(ran == 1)
        }
    }

    @Test func `has a linear rest after norm and projection but for the length, and a norm more after the last block`()
        throws
    {
        let model = try model()
        let pixels = pixels(3)
        let logits = model.logits(pixels)
        for name in ["norm", "projection", "logits"] {
            let point = try #require(model.hookPoint(named: name))
            var recorded = Tensor([0])
            _ = model.logits(pixels, hooks: Hooks(at: point) { recorded = $0 })
            let head = try #require(model.linearRemainder(after: point, pooling: .cls))
            assertClose(head(recorded), logits, within: 1e-5, because: "the same sums in another order")
        }
        let blocks = model.hookPoints.filter { $0.name.hasPrefix("blocks.") }
        #expect(model.linearRemainder(after: blocks[0], pooling: .cls) == nil)
        #expect(model.normalizedRemainder(after: blocks[0], pooling: .cls) == nil)
        #expect(model.normalizedRemainder(after: blocks[blocks.count - 1], pooling: .mean) == nil)
        let last = try #require(model.normalizedRemainder(after: blocks[blocks.count - 1], pooling: .cls))
        var recorded = Tensor([0])
        _ = model.logits(pixels, hooks: Hooks(at: blocks[blocks.count - 1]) { recorded = $0 })
        let normalized = Pooling.cls(recorded)
            .layerNormalized(scale: last.scale, shift: last.shift, epsilon: last.epsilon)
        assertClose(last.head(normalized), logits, within: 1e-5, because: "the same sums in another order")
    }

    @Test func `takes other classes with what does not depend on them as it is`() throws {
        let model = try loadZeroShotModel(at: ModelLocation(folder), classes: classes, templates: .plain)
        let others = PromptTemplates(["a {}", "{}"])
        let other = model.classifying(["shoe", "shirt"], templates: others, embed: model.space.embed(concepts:))
        let fresh = try self.model(others, classes: ["shoe", "shirt"])
        let pixels = pixels(2)
        #expect(other.logits(pixels) == fresh.logits(pixels) && other.digest == fresh.digest)
        for point in model.hookPoints {
            #expect((model.digest(at: point) == other.digest(at: point)) == (point.name != "logits"))
        }
    }

    @Test func `is another model with other classes or templates`() throws {
        let digests = [
            try model().digest, try model(PromptTemplates(["a {}"])).digest,
            try model(classes: ["boot", "bag"]).digest, try model(PromptTemplates(["a {}", "{}"])).digest,
        ]
        #expect(Set(digests).count == 4)
        #expect(try model().digest == digests[0])
    }

    @Test func `an ensemble is the mean of unit embeddings, a unit vector again`() throws {
        let space = try #require(try loadConceptSpace(at: folder) as? CLIP)
        let templates = PromptTemplates(["a photo of a {}", "{}", "one {} and another {}"])
        #expect(templates.prompts(for: "bag")[2] == "one bag and another bag")
        let ensemble = templates.embed(["bag", "coat"], space.embed(concepts:))
        for (row, concept) in ["bag", "coat"].enumerated() {
            let each = space.embed(concepts: templates.prompts(for: concept))
            let mean = (0..<each.columns).map { column in (0..<3).map { each[$0, column] }.reduce(0, +) / 3 }
            let norm = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            assertClose(
                ensemble.row(row), mean.map { $0 / norm }, within: 1e-6, because: "the same sums, in another order")
        }
        let single = PromptTemplates(["my {}"]).embed(["bag"], space.embed(concepts:))
        #expect(single == space.embed(concepts: ["my bag"]))
    }
}
