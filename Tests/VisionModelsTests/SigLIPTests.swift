import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// The small SigLIP of the goldens, whose activations LayoutTests compares.
@Suite("SigLIP")
struct SigLIPTests {
    private let scratch: ScratchFolder
    private let classes = ["boot", "bag", "coat"]

    init() throws {
        scratch = try ScratchFolder()
        let goldens = packageFolder.appending(path: "Tests/Goldens")
        for file in ["model.safetensors", "config.json", "preprocessor_config.json"] {
            try FileManager.default.copyItem(
                at: goldens.appending(path: "layouts/siglip-unigram/\(file)"), to: scratch.file(file))
        }
        for file in ["spiece.model", "tokenizer_config.json"] {
            try FileManager.default.copyItem(
                at: goldens.appending(path: "siglip/unigram/\(file)"), to: scratch.file(file))
        }
    }

    private func model() throws -> ZeroShotClassifier {
        try loadZeroShotModel(at: ModelLocation(scratch.url), classes: classes, templates: .plain)
    }

    private func pixels(_ count: Int) -> Tensor {
        var random = SeededRandom(seed: 9)
        return random.tensor([count, 3, 20, 20])
    }

    private func change(_ file: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOf: scratch.file(file), encoding: .utf8)
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(to: scratch.file(file), atomically: true, encoding: .utf8)
    }

    @Test func `as a classifier goes on from every hook point with the same logits`() throws {
        let model = try model()
        let pixels = pixels(2)
        let logits = model.logits(pixels)
        #expect(model.hookPoints.map(\.name) == ["embeddings", "blocks.0", "blocks.1", "norm", "pool", "logits"])
        #expect(model.imageEmbedding.name == "pool")
        for point in model.hookPoints {
            var recorded = Tensor([0])
            _ = model.logits(pixels, hooks: Hooks(at: point) { recorded = $0 })
            #expect(recorded.columns == point.width)
            #expect(model.activations(at: point, of: pixels) == recorded)
            assertClose(
                model.logits(resumingFrom: point, recorded), logits, within: 1e-4,
                because: "runs of images are cut otherwise, and sums rounded otherwise")
            let isLinear = point.name == "pool" || point.name == "logits"
            let pooling = try #require(point.poolings.first)
            #expect((model.linearRemainder(after: point, pooling: pooling) != nil) == isLinear)
            #expect(model.normalizedRemainder(after: point, pooling: pooling) == nil)
            #expect(!model.knowsAnswerGradients(at: point))
            if let head = model.linearRemainder(after: point, pooling: pooling) {
                assertClose(head(recorded), logits, within: 1e-5, because: "the same sums in another order")
            }
        }
    }

    @Test func `pools one image as it does among others`() throws {
        let images = try #require(try loadContrastiveModel(at: ModelLocation(scratch.url)) as? SigLIP).images
        let pixels = pixels(5)
        let all = images.logits(pixels)
        for image in 0..<5 {
            let one = Tensor([1, 3, 20, 20], pixels.row(image: image))
            #expect(images.logits(one).values == all.row(image))
        }
    }

    @Test func `is inspected`() throws {
        let inspection = try ModelInspection(ModelLocation(scratch.url))
        #expect(inspection.family == .huggingFaceSigLIP && inspection.problem == nil && inspection.missing == [])
        #expect(inspection.tokenizer == "spiece.model" && inspection.layers?.count == 5)
        #expect(inspection.textPooling == "the last of 16 places, padding included")
        #expect(inspection.activation?.name == "gelu_pytorch_tanh")
        try FileManager.default.removeItem(at: scratch.file("spiece.model"))
        let without = try ModelInspection(ModelLocation(scratch.url))
        #expect(without.missing == [.tokenizer(searched: ["spiece.model", "tokenizer.json"])])
    }

    @Test func `is another space with other settings of its texts`() throws {
        let before = try loadConceptSpace(at: scratch.url)
        try change("tokenizer_config.json", "\"do_lower_case\": true", "\"do_lower_case\": false")
        let after = try loadConceptSpace(at: scratch.url)
        #expect(before.digest != after.digest)
        let texts = ["A Boot", "a boot"]
        #expect(before.embed(concepts: texts).row(0) == before.embed(concepts: texts).row(1))
        #expect(after.embed(concepts: texts).row(0) != after.embed(concepts: texts).row(1))
    }

    @Test func `is refused where its parts do not fit`() throws {
        func key() -> String? {
            do {
                _ = try loadConceptSpace(at: scratch.url)
                return nil
            } catch VisionModelsError.unsuitableSetting(_, let key, _, _) { return key } catch { return "\(error)" }
        }
        try change("tokenizer_config.json", "\"eos_token\": \"</s>\"", "\"eos_token\": 3")
        #expect(key() == "eos_token")
        try change("tokenizer_config.json", "\"eos_token\": 3", "\"eos_token\": \"</s>\"")
        #expect(key() == nil)
        try change("config.json", "\"patch_size\": 8", "\"patch_size\": 21")
        #expect(key() == "vision_config.patch_size")
    }
}

extension Tensor {
    /// One of [n, …], flat.
    fileprivate func row(image: Int) -> [Float] {
        let size = count / shape[0]
        return Array(values[image * size..<(image + 1) * size])
    }
}
