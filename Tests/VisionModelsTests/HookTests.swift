import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("Hook points of a ViT")
struct HookTests {
    private let model: any TargetModel
    private let pixels: Tensor

    init() throws {
        model = try TinyViT().load()
        var random = SeededRandom(seed: 3)
        pixels = random.tensor([8, 1, 4, 4])
    }

    /// The activations of the batch at every point.
    private func recorded() -> [String: Tensor] {
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in model.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = model.logits(pixels, hooks: hooks)
        return recorded
    }

    @Test(arguments: [
        ("blocks.2.hook_resid_post", "blocks.2"), ("blocks.2.hook_resid_pre", "blocks.1"),
        ("blocks.0.hook_resid_pre", "embeddings"), ("vit.encoder.layer.3", "blocks.3"),
        ("encoder.layers.encoder_layer_1", "blocks.1"), ("visual.transformer.resblocks.0", "blocks.0"),
        ("vit.layernorm", "norm"), ("ln_final", "norm"), ("classifier", "logits"), ("blocks.1", "blocks.1"),
        ("vit.encoder.layer.4", nil), ("blocks.1.mlp", nil), ("blocks.1.attn.hook_z", nil), ("", nil), ("norm.3", nil),
    ])
    func `are found by the names of other tools`(name: String, expected: String?) throws {
        let model = try loadTargetModel(at: samples.appending(path: "target-vit"))
        #expect(model.hookPoint(named: name)?.name == expected)
    }

    @Test func `are named in the order of the forward pass and have the shapes they claim`() {
        #expect(model.hookPoints.map(\.name) == ["embeddings", "blocks.0", "blocks.1", "norm", "logits"])
        #expect(model.hookPoints.map(\.tokens) == [5, 5, 5, 5, 1])
        let recorded = recorded()
        for point in model.hookPoints {
            #expect(recorded[point.name]?.shape == (point.name == "logits" ? [8, 3] : [8, point.tokens, point.width]))
        }
    }

    @Test func `let a forward pass resume with the same logits, bit for bit`() {
        let recorded = recorded()
        for point in model.hookPoints {
            #expect(model.logits(resumingFrom: point, recorded[point.name]!) == model.logits(pixels), "\(point.name)")
        }
    }

    @Test func `end a pass where nothing more is asked, with the same activations bit for bit`() {
        let recorded = recorded()
        for point in model.hookPoints {
            #expect(model.activations(at: point, of: pixels) == recorded[point.name]!, "\(point.name)")
        }
    }

    @Test func `change nothing where a hook does nothing`() {
        var hooks = Hooks()
        for point in model.hookPoints { hooks.add(at: point) { $0.withUnsafeMutable { _ in } } }
        #expect(model.logits(pixels, hooks: hooks) == model.logits(pixels))
    }

    @Test func `change the rest of the pass where a hook edits, the same when resumed`() throws {
        let recorded = recorded()
        for point in model.hookPoints {
            let hooks = Hooks(at: point) { activations in
                for row in 0..<activations.rows { activations[row, 1] *= 3 }
            }
            let edited = model.logits(pixels, hooks: hooks)
            #expect(edited != model.logits(pixels), "\(point.name)")
            #expect(model.logits(resumingFrom: point, recorded[point.name]!, hooks: hooks) == edited, "\(point.name)")
        }
    }

    @Test func `run in the order they were added`() throws {
        let logits = try #require(model.hookPoint(named: "logits"))
        var hooks = Hooks(at: logits) { $0[0] = 5 }
        hooks.add(at: logits) { $0[0] *= 2 }
        #expect(model.logits(pixels, hooks: hooks)[0] == 10)
    }

    @Test func `see a batch as they see its images one by one`() {
        let whole = model.logits(pixels)
        for image in 0..<8 {
            let one = model.logits(pixels.reshaped([8, 16]).rows(image..<image + 1).reshaped([1, 1, 4, 4]))
            assertClose(one.values, whole.row(image), within: 1e-5, because: "images do not see each other")
        }
    }

    @Test func `have a linear rest after the pooled norm and at the logits, and nowhere else`() throws {
        let recorded = recorded()
        for (name, pooling) in [("norm", Pooling.cls), ("logits", .none)] {
            let point = try #require(model.hookPoint(named: name))
            let head = try #require(model.linearRemainder(after: point, pooling: pooling))
            assertClose(
                head(pooling(recorded[name]!)), model.logits(pixels), within: 1e-6, because: "the same sums")
        }
        for point in model.hookPoints where point.name != "logits" {
            #expect(model.linearRemainder(after: point, pooling: .mean) == nil)
        }
    }
}

@Suite("Pooling")
struct PoolingTests {
    private let activations = Tensor([2, 3, 2], [1, -9, 2, -8, 6, -4, 10, 20, 30, 40, 20, 60])

    @Test func `takes the first token, the mean, the greatest or all`() {
        #expect(Pooling.cls(activations) == Tensor([2, 2], [1, -9, 10, 20]))
        #expect(Pooling.mean(activations) == Tensor([2, 2], [3, -7, 20, 40]))
        #expect(Pooling.max(activations) == Tensor([2, 2], [6, -4, 30, 60]))
        #expect(Pooling.none(activations) == activations)
    }

    @Test func `leaves pooled activations alone`() {
        let logits = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        for pooling in Pooling.allCases { #expect(pooling(logits) == logits) }
    }
}
