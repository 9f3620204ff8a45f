import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("Gradients of a model's own answer")
struct GradientTests {
    private let goldens: Checkpoint

    init() throws {
        goldens = try Checkpoint(packageFolder.appending(path: "Tests/Goldens/gradients.safetensors"))
    }

    /// What a model gives at a point for the two images of the goldens.
    private func tokens(_ model: any TargetModel, at point: HookPoint) throws -> Tensor {
        let recorded = try Checkpoint(packageFolder.appending(path: "Tests/Goldens/sample-models.safetensors"))
        let pixels = try recorded.tensor("pixels")
        let two = pixels.rows(0..<2 * 28).reshaped([2, 1, 28, 28])
        var tokens = Tensor([0])
        _ = model.logits(two, hooks: Hooks(at: point) { tokens = $0 })
        return tokens
    }

    @Test("are PyTorch's, through the blocks of a ViT", arguments: ["embeddings", "blocks.1"])
    func vit(point name: String) throws {
        let model = try loadTargetModel(at: samples.appending(path: "target-vit"))
        let point = try #require(model.hookPoint(named: name))
        let gradients = try #require(model.answerGradients(at: point))
        assertClose(
            gradients(try tokens(model, at: point)), try goldens.tensor("target.\(name)"), within: 1e-4,
            because: "float32 sums in another order, through four blocks")
    }

    @Test("are PyTorch's of a CLIP over classes, at a held length of the embedding")
    func clip() throws {
        let classes = try String(
            contentsOf: samples.appending(path: "fashion-mnist/classes.txt"), encoding: .utf8)
        let model = try loadZeroShotModel(
            at: ModelLocation(samples.appending(path: "clip")),
            classes: classes.split(separator: "\n").map(String.init),
            templates: .plain)
        let point = try #require(model.hookPoint(named: "blocks.0"))
        let gradients = try #require(model.answerGradients(at: point))
        assertClose(
            gradients(try tokens(model, at: point)), try goldens.tensor("clip.blocks.0"), within: 1e-4,
            because: "float32 sums in another order")
    }

    @Test("are those of finite differences, and each image's own")
    func finiteDifferences() throws {
        let model = try TinyViT().load()
        var random = SeededRandom(seed: 5)
        for name in ["embeddings", "blocks.0", "blocks.1"] {
            let point = try #require(model.hookPoint(named: name))
            let x = random.tensor([3, 5, 8])
            let gradients = try #require(model.answerGradients(at: point))
            let found = gradients(x)
            let winners = model.logits(resumingFrom: point, x).argmax()
            func logShare(_ x: Tensor, _ image: Int) -> Double {
                let row = model.logits(resumingFrom: point, x).row(image).map(Double.init)
                return row[winners[image]] - log(row.reduce(0) { $0 + exp($1) })
            }
            let step: Float = 1e-2
            for at in stride(from: 0, to: x.count, by: 7) {
                var (up, down) = (x, x)
                up[at] += step
                down[at] -= step
                let image = at / 40
                let slope = (logShare(up, image) - logShare(down, image)) / Double(2 * step)
                assertClose(
                    found[at], Float(slope), within: 3e-3, because: "differences of float32 logits over a step of 0.01")
            }
            #expect(gradients(x.rows(5..<10).reshaped([1, 5, 8])).values == Array(found.values[40..<80]))
        }
    }

    @Test("are refused where the way back is not known")
    func unknown() throws {
        let model = try loadTargetModel(at: samples.appending(path: "target-vit"))
        for name in ["norm", "logits"] {
            let point = try #require(model.hookPoint(named: name))
            #expect(model.answerGradients(at: point) == nil && !model.knowsAnswerGradients(at: point))
        }
        for name in ["embeddings", "blocks.0", "blocks.3"] {
            #expect(model.knowsAnswerGradients(at: try #require(model.hookPoint(named: name))))
        }
    }
}
