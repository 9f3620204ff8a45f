import Foundation
import LinearAlgebra
import Testing
import VisionModels

/// Where Goldens/make_full_size_models.py put its models; `make parity` sets it.
private let folder = ProcessInfo.processInfo.environment["MICLIP_PARITY"].map { URL(filePath: $0) }

/// Models at full size, in every layout, against transformers and timm.
@Suite("Full-size models agree with transformers and timm", .enabled(if: folder != nil), .serialized)
struct FullSizeParityTests {
    /// Of a tensor's largest value. float32 sums of thousands of terms in another order stay far below.
    private static let tolerance: Float = 2e-4

    @Test(arguments: [
        "vit-b16-huggingface-sharded", "vit-b16-timm", "resnet50-timm", "resnet50-torchvision/resnet50.safetensors",
        "resnet50-huggingface",
    ])
    func `as target models: every block and the logits`(_ path: String) throws {
        let location = try #require(folder).appending(path: path)
        let goldens = try Self.goldens(beside: location)
        let model = try loadTargetModel(at: location)
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in model.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        recorded["logits"] = model.logits(try goldens.tensor("pixels"), hooks: hooks)
        for name in goldens.tensorNames where name != "pixels" {
            try Self.compare(try #require(recorded[name], "no hook point \(name)"), goldens, name, of: path)
        }
    }

    @Test(arguments: ["clip-b16-huggingface", "clip-b16-openai"])
    func `as concept spaces: every block and the embeddings of images and texts`(_ name: String) throws {
        let location = try #require(folder).appending(path: name)
        let goldens = try Self.goldens(beside: location.appending(path: "goldens.safetensors"))
        let space = try #require(try loadConceptSpace(at: location) as? CLIP)
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in space.images.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        let pixels = try goldens.tensor("pixels")
        _ = space.images.features(pixels, hooks: hooks)
        recorded["images"] = space.embed(images: pixels)
        recorded["texts"] = space.embed(concepts: Array(try Self.texts().prefix(40)))
        for name in goldens.tensorNames where name != "pixels" {
            try Self.compare(try #require(recorded[name], "no hook point \(name)"), goldens, name, of: location.path)
        }
    }

    @Test(arguments: ["clip-b16-huggingface", "clip-b16-openai"])
    func `on the tokens of ten thousand strings`(_ name: String) throws {
        let location = try #require(folder).appending(path: name)
        let space = try #require(try loadConceptSpace(at: location) as? CLIP)
        let file = location.deletingLastPathComponent().appending(path: "clip-b16-huggingface/tokens.json")
        let expected = try JSONDecoder().decode([[Int]].self, from: Data(contentsOf: file))
        let texts = try Self.texts()
        try #require(texts.count == 10_000 && expected.count == texts.count)
        let different = texts.indices.filter { space.tokenizer.tokens(of: texts[$0]) != expected[$0] }
        let examples = different.prefix(3).map { texts[$0].debugDescription }
        #expect(different.isEmpty, "\(different.count) differ, as \(examples)")
    }

    private static func goldens(beside location: URL) throws -> Checkpoint {
        let isFile = location.pathExtension == "safetensors"
        let folder = isFile ? location.deletingLastPathComponent() : location
        return try Checkpoint(folder.appending(path: "goldens.safetensors"))
    }

    private static func texts() throws -> [String] {
        let file = try #require(folder).appending(path: "clip-b16-huggingface/texts.json")
        return try JSONDecoder().decode([String].self, from: Data(contentsOf: file))
    }

    /// Expects the largest difference to be small beside the largest value, and prints it.
    private static func compare(
        _ actual: Tensor, _ goldens: Checkpoint, _ name: String, of model: String
    ) throws {
        let expected = try goldens.tensor(name)
        try #require(actual.count == expected.count, "\(model) \(name): \(actual.shape) for \(expected.shape)")
        let (a, e) = (actual.values, expected.values)
        let largest = e.reduce(0) { max($0, abs($1)) }
        // A NaN is greater than any tolerance here, as it should be.
        let error = zip(a, e).reduce(Float(0)) { worst, pair in
            let difference = abs(pair.0 - pair.1)
            return difference <= worst ? worst : difference
        }
        print("\(model) \(name): \(error / largest)")
        #expect(error <= tolerance * largest, "\(model) \(name)")
    }
}
