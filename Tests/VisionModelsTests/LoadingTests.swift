import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("Loading a model")
struct LoadingTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func load(_ tiny: TinyViT) throws -> any TargetModel { try loadTargetModel(at: tiny.write(to: scratch)) }

    @Test func `tells what it is`() throws {
        let model = try load(TinyViT())
        #expect(model.name == scratch.url.lastPathComponent)
        #expect(model.architecture == "ViT, 2 blocks, width 8, patch 2")
        #expect(model.classes == ["left", "right", "up"])
        #expect(model.input == ImageShape(channels: 1, height: 4, width: 4))
    }

    @Test func `gives another digest for other weights, settings or preprocessing, and no other`() throws {
        var tiny = TinyViT()
        let folder = try tiny.write(to: scratch)
        let first = try loadTargetModel(at: folder).digest
        #expect(try loadTargetModel(at: folder).digest == first)

        tiny.tensors[0].tensor[0] += 1
        try SafetensorsFile.write(tiny.tensors, to: scratch.file("model.safetensors"))
        let second = try loadTargetModel(at: folder).digest
        _ = try scratch.write("{\"image_mean\": [0.5], \"image_std\": [0.5]}", to: "preprocessor_config.json")
        let third = try loadTargetModel(at: folder).digest
        let settings = try String(contentsOf: scratch.file("config.json"), encoding: .utf8)
        _ = try scratch.write(settings.replacing("up", with: "down"), to: "config.json")
        let fourth = try loadTargetModel(at: folder).digest
        #expect(Set([first, second, third, fourth]).count == 4)
    }

    @Test func `names a tensor that is missing, misshapen or not wanted`() throws {
        let path = scratch.file("model.safetensors").path
        var tiny = TinyViT()
        let place = try #require(tiny.tensors.firstIndex { $0.name == "classifier.weight" })
        let removed = tiny.tensors.remove(at: place)
        #expect(throws: VisionModelsError.missingTensor(file: path, tensor: "classifier.weight", expected: [3, 8])) {
            try load(tiny)
        }
        tiny.tensors.append((removed.name, Tensor([8, 3])))
        #expect(
            throws: VisionModelsError.misshapenTensor(
                file: path, tensor: "classifier.weight", expected: [3, 8], found: [8, 3])
        ) { try load(tiny) }
        tiny.tensors[tiny.tensors.count - 1] = removed
        tiny.tensors += [("vit.pooler.dense.weight", Tensor([1])), ("extra", Tensor([1])), ("another", Tensor([1]))]
        #expect(throws: VisionModelsError.unusedTensors(file: path, tensors: ["another", "extra"])) { try load(tiny) }
    }

    /// Where no configuration tells how many blocks there are, a gap among them is no end.
    @Test func `names a missing tensor of any block without a configuration`() throws {
        let layout = packageFolder.appending(path: "Tests/Goldens/layouts/torchvision-resnet-basic/resnet.safetensors")
        let source = try Checkpoint(layout)
        for missing in ["layer2.1.conv1.weight", "layer2.0.conv1.weight", "layer3.0.conv2.weight", "layer1.0.bn1.bias"]
        {
            let tensors = try source.tensorNames.filter { $0 != missing && source.elementType(of: $0) == .float32 }
                .map { (name: $0, tensor: try source.tensor($0)) }
            let file = scratch.file("resnet.safetensors")
            try? FileManager.default.removeItem(at: file)
            try SafetensorsFile.write(tensors, to: file)
            do {
                _ = try loadTargetModel(at: file)
                Issue.record("\(missing) was not missed")
            } catch .missingTensor(_, let tensor, _) {
                #expect(tensor == missing)
            } catch { Issue.record("\(missing): \(error)") }
        }
    }

    @Test(arguments: ["module.", "_orig_mod.", "model.module.", "backbone."])
    func `leaves out what a trainer put before every name, and says so`(wrapper: String) throws {
        let tiny = TinyViT()
        let plain = try load(tiny)
        #expect(!plain.assumptions.contains { if case .wrapper = $0 { true } else { false } })
        let pixels = Tensor([2, 1, 4, 4], (0..<32).map { Float($0 % 7) / 7 })
        let logits = plain.logits(pixels)
        var wrapped = tiny
        wrapped.tensors = tiny.tensors.map { (name: wrapper + $0.name, tensor: $0.tensor) }
        let model = try load(wrapped)
        #expect(model.logits(pixels) == logits)
        // Only where all have it.
        wrapped.tensors[0].name = String(wrapped.tensors[0].name.dropFirst(wrapper.count))
        #expect(throws: VisionModelsError.self) { try load(wrapped) }

        // Without a configuration the names tell the family, and what is assumed is said.
        let layout = packageFolder.appending(path: "Tests/Goldens/layouts/torchvision-resnet-basic/resnet.safetensors")
        let source = try Checkpoint(layout)
        let bare = try ScratchFolder()
        let file = bare.file("resnet.safetensors")
        try SafetensorsFile.write(
            try source.tensorNames.filter { source.elementType(of: $0) == .float32 }
                .map { (name: wrapper + $0, tensor: try source.tensor($0)) }, to: file)
        #expect(try loadTargetModel(at: file).assumptions.contains(.wrapper(wrapper)))
    }

    @Test(arguments: [
        ("hidden_act", "\"swish\"", "gelu or quick_gelu or gelu_pytorch_tanh", "\"swish\""),
        ("model_type", "\"bert\"", "vit or resnet or resnetv2 or efficientnet or convnext", "\"bert\""),
        ("hidden_size", "\"8\"", "a positive whole number", "\"8\""),
        ("hidden_size", "-8", "a positive whole number", "-8"),
        ("hidden_size", "99999999999999999999", "a positive whole number", "99999999999999999999"),
        ("num_attention_heads", "3", "a divisor of hidden_size, 8", "3"),
        ("patch_size", "3", "square patches that fill 4x4", "3"), ("layer_norm_eps", "\"x\"", "a number", "\"x\""),
        ("qkv_bias", "1", "true or false", "1"),
        ("image_size", "[4]", "height and width, at most 16384", "a list of 1"),
        ("id2label", "{\"0\": \"a\", \"2\": \"b\"}", "a name for every number from 0", "an object of 2 keys"),
        ("id2label", "[]", "an object", "a list of 0"),
    ])
    func `names the setting it cannot follow`(key: String, value: String, expected: String, found: String) throws {
        var tiny = TinyViT()
        tiny.configuration[key] = value
        let path = scratch.file("config.json").path
        #expect(
            throws: VisionModelsError.unsuitableSetting(file: path, key: key, expected: expected, found: found)
        ) { try load(tiny) }
    }

    @Test func `names the preprocessing it cannot follow`() throws {
        let path = scratch.file("preprocessor_config.json").path
        var tiny = TinyViT()
        tiny.preprocessor = "{\"image_mean\": [0.5, 0.5, 0.5]}"
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: path, key: "image_mean", expected: "one number for each of 1 channels", found: "a list of 3")
        ) { try load(tiny) }
        tiny.preprocessor = "{\"image_mean\": [0.5], \"image_std\": [0]}"
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: path, key: "image_std", expected: "one number, not zero, for each of 1 channels",
                found: "a list of 1")
        ) { try load(tiny) }
        tiny.preprocessor = "{,"
        #expect(
            throws: VisionModelsError.file(.malformedJSON(file: path, line: 1, byte: 2, path: "", expected: "a string"))
        ) { try load(tiny) }
    }

    @Test func `says that a pickle is not read, and which file is missing`() throws {
        let folder = try TinyViT().write(to: scratch)
        try FileManager.default.removeItem(at: scratch.file("model.safetensors"))
        #expect(
            throws: VisionModelsError.missingFile(
                folder: folder.path, kind: .weights,
                searched: [
                    "model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors",
                    "open_clip_pytorch_model.safetensors",
                ])
        ) { try loadTargetModel(at: folder) }
        let pickle = try scratch.write("", to: "pytorch_model.bin")
        for place in [folder, pickle] {
            do {
                _ = try loadTargetModel(at: place)
                Issue.record("a pickle was read")
            } catch .pickledCheckpoint(let found) { #expect(found.files == [pickle.path] && !found.isScript) }
        }
    }
}
