import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// What transformers computed with two tiny residual networks; Goldens/make_resnet_goldens.py records it.
private struct ResNetGoldens {
    let checkpoint: Checkpoint

    init() throws { checkpoint = try Checkpoint(packageFolder.appending(path: "Tests/Goldens/resnet.safetensors")) }

    /// The network, from a folder as Hugging Face lays it out. `change` may spoil its tensors or its configuration.
    func model(
        _ kind: String, configuration changed: [String: String] = [:],
        change: (inout [(name: String, tensor: Tensor)]) -> Void = { _ in }
    ) throws -> any TargetModel {
        let scratch = try ScratchFolder()
        var settings =
            try JSONSerialization.jsonObject(with: Data(checkpoint.metadata[kind]!.utf8)) as? [String: Any] ?? [:]
        for (key, value) in changed { settings[key] = value }
        try JSONSerialization.data(withJSONObject: settings).write(to: scratch.file("config.json"))
        let prefix = kind + ".weights."
        var tensors = try checkpoint.tensorNames.filter { $0.hasPrefix(prefix) && !$0.hasSuffix("num_batches_tracked") }
            .map { (name: String($0.dropFirst(prefix.count)), tensor: try checkpoint.tensor($0)) }
        change(&tensors)
        try SafetensorsFile.write(tensors, to: scratch.file("model.safetensors"))
        return try withExtendedLifetime(scratch) { try loadTargetModel(at: scratch.url) }
    }

    func pixels() throws -> Tensor { try checkpoint.tensor("pixels") }
}

/// The activations of the batch at every hook point.
private func recorded(_ model: any TargetModel, _ pixels: Tensor) -> [String: Tensor] {
    var recorded: [String: Tensor] = [:]
    var hooks = Hooks()
    for point in model.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
    _ = model.logits(pixels, hooks: hooks)
    return recorded
}

@Suite("ResNet")
struct ResNetTests {
    private let goldens: ResNetGoldens
    private let pixels: Tensor

    init() throws {
        goldens = try ResNetGoldens()
        pixels = try goldens.pixels()
    }

    @Test(arguments: ["basic", "bottleneck"])
    func `agrees with transformers at every block`(kind: String) throws {
        let model = try goldens.model(kind)
        let recorded = recorded(model, pixels)
        for point in model.hookPoints {
            let golden = try goldens.checkpoint.tensor("\(kind).\(point.name)")
            let actual = try #require(recorded[point.name])
            #expect(actual.shape == [3] + golden.shape.dropFirst(), "\(point.name)")
            assertClose(
                actual.values.prefix(golden.count), golden.values, within: 2e-4,
                because: "float32 sums in another order, at \(point.name)")
        }
    }

    @Test func `names its hook points as PyTorch names its modules`() throws {
        let model = try goldens.model("basic")
        #expect(
            model.hookPoints.map(\.name) == [
                "stem", "layer1.0", "layer1.1", "layer1", "layer2.0", "layer2.1", "layer2", "avgpool", "logits",
            ])
        #expect(model.hookPoints.map(\.tokens) == [140, 140, 140, 140, 35, 35, 35, 1, 1])
        #expect(model.hookPoints.map(\.width) == [16, 16, 16, 16, 24, 24, 24, 24, 5])
        #expect(model.hookPoints.filter(\.isSigned).map(\.name) == ["logits"])
        #expect(model.architecture == "ResNet-10, basic blocks 2-2")
    }

    @Test func `has no class token among the places of a feature map`() throws {
        for point in try goldens.model("basic").hookPoints {
            #expect(point.poolings.contains(.cls) == (point.tokens == 1), "\(point.name)")
            #expect(Set(point.poolings).isSuperset(of: [.mean, .max, .none]))
        }
    }

    @Test(arguments: ["basic", "bottleneck"])
    func `resumes with the same logits, bit for bit`(kind: String) throws {
        let model = try goldens.model(kind)
        let (recorded, logits) = (recorded(model, pixels), model.logits(pixels))
        for point in model.hookPoints {
            #expect(model.logits(resumingFrom: point, recorded[point.name]!) == logits, "\(point.name)")
            #expect(model.activations(at: point, of: pixels) == recorded[point.name]!, "\(point.name)")
        }
    }

    @Test(arguments: ["basic", "bottleneck"])
    func `knows how its answer hangs on every feature map before the last, as PyTorch does`(kind: String) throws {
        let model = try goldens.model(kind)
        let recorded = recorded(model, pixels)
        let spatial = model.hookPoints.filter { $0.tokens > 1 }
        var seen = 0
        for point in spatial {
            guard model.knowsAnswerGradients(at: point) else {
                #expect(model.answerGradients(at: point) == nil, "\(point.name)")
                continue
            }
            let gradients = try #require(model.answerGradients(at: point))
            let found = gradients(recorded[point.name]!)
            #expect(found.shape == recorded[point.name]!.shape)
            guard let golden = try? goldens.checkpoint.tensor("\(kind).gradient.\(point.name)") else { continue }
            seen += 1
            let size = golden.values.map(abs).max()!
            assertClose(
                found.values.prefix(golden.count).map { $0 / size }, golden.values.map { $0 / size }, within: 1e-4,
                because: "float32 sums in another order, relative to the greatest, at \(point.name)")
        }
        #expect(seen == (kind == "basic" ? 4 : 6))
        for name in [spatial.last!.name, "avgpool", "logits"] {
            #expect(!model.knowsAnswerGradients(at: try #require(model.hookPoint(named: name))), "\(name)")
        }
    }

    @Test func `has gradients that are those of differences along a line`() throws {
        let model = try goldens.model("bottleneck")
        let recorded = recorded(model, pixels)
        var random = SeededRandom(seed: 3)
        for name in ["stem", "layer1.0", "layer1", "layer2.1", "layer3.0"] {
            let point = try #require(model.hookPoint(named: name))
            let x = recorded[name]!
            let gradients = try #require(model.answerGradients(at: point))
            let (gradient, winners) = (gradients(x), model.logits(pixels).argmax())
            let direction = random.tensor(x.shape)
            let step: Float = 1e-4
            func logShares(_ sign: Float) -> [Double] {
                let moved = Tensor(x.shape, zip(x.values, direction.values).map { $0 + sign * step * $1 })
                let logits = model.logits(resumingFrom: point, moved)
                return winners.indices.map { image in
                    let row = logits.row(image).map(Double.init)
                    return row[winners[image]] - log(row.reduce(0) { $0 + exp($1) })
                }
            }
            let size = x.count / winners.count
            for (image, (up, down)) in zip(logShares(1), logShares(-1)).enumerated() {
                let along = (image * size..<(image + 1) * size).reduce(0.0) {
                    $0 + Double(gradient[$1]) * Double(direction[$1])
                }
                assertClose(
                    Float((up - down) / Double(2 * step)), Float(along), within: 5e-3,
                    because: "float32 logits over a step of 0.0001, and kinks of the rectifier within it, at \(name)")
            }
        }
    }

    @Test func `sees a batch as it sees its images one by one, bit for bit`() throws {
        let model = try goldens.model("bottleneck")
        let (whole, size) = (model.logits(pixels), pixels.count / 3)
        for image in 0..<3 {
            let one = pixels.reshaped([3, size]).rows(image..<image + 1).reshaped([1] + pixels.shape.dropFirst())
            #expect(model.logits(one).values == whole.row(image))
        }
    }

    @Test func `changes the rest of the pass where a hook edits, the same when resumed`() throws {
        let model = try goldens.model("basic")
        let (recorded, logits) = (recorded(model, pixels), model.logits(pixels))
        for point in model.hookPoints {
            let hooks = Hooks(at: point) { activations in
                for row in 0..<activations.rows { activations[row, 1] += 3 }
            }
            let edited = model.logits(pixels, hooks: hooks)
            #expect(edited != logits, "\(point.name)")
            #expect(model.logits(resumingFrom: point, recorded[point.name]!, hooks: hooks) == edited, "\(point.name)")
        }
    }

    @Test func `is linear after the mean of its last feature map, the pooling and the logits`() throws {
        let model = try goldens.model("basic")
        let (recorded, logits) = (recorded(model, pixels), model.logits(pixels))
        let linear = [("layer2.1", Pooling.mean), ("layer2", .mean), ("avgpool", .none), ("logits", .none)]
        for (name, pooling) in linear {
            let point = try #require(model.hookPoint(named: name))
            let head = try #require(model.linearRemainder(after: point, pooling: pooling))
            assertClose(head(pooling(recorded[name]!)), logits, within: 1e-5, because: "the same sums")
        }
        for point in model.hookPoints where point.tokens > 1 {
            #expect(model.linearRemainder(after: point, pooling: .max) == nil)
            let isLast = point.name.hasPrefix("layer2") && point.name != "layer2.0"
            #expect((model.linearRemainder(after: point, pooling: .mean) != nil) == isLast, "\(point.name)")
        }
    }

    @Test func `refuses a checkpoint that is not what the configuration says`() throws {
        #expect(throws: VisionModelsError.self) { try goldens.model("basic", configuration: ["hidden_act": "gelu"]) }
        #expect(throws: VisionModelsError.self) {
            try goldens.model("basic", configuration: ["layer_type": "bottleneck"])
        }
        #expect(throws: VisionModelsError.self) { try goldens.model("basic") { $0.removeLast() } }
        #expect(throws: VisionModelsError.self) {
            try goldens.model("basic") { $0.append(("resnet.extra", Tensor([1]))) }
        }
    }
}
