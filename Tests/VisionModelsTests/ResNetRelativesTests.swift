import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Residual networks with other norms, or with norms first, and CLIPs of such networks; LayoutTests compares them with PyTorch.
@Suite("Relatives of ResNet")
struct ResNetRelativesTests {
    private let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A copy of a layout without the expectations, in which `text` of its configuration is another.
    private func folder(
        _ layout: String, _ file: String = "config.json", replacing text: String = "", with other: String = "",
        isConfigured: Bool = true
    ) throws -> URL {
        let folder = scratch.file(UUID().uuidString)
        try FileManager.default.copyItem(at: layouts.appending(path: layout), to: folder)
        try FileManager.default.removeItem(at: folder.appending(path: "expected.safetensors"))
        let settings = folder.appending(path: file)
        let old = try String(contentsOf: settings, encoding: .utf8)
        #expect(text.isEmpty || old.contains(text), "\(layout): \(text)")
        try old.replacing(text.isEmpty ? "\u{0}" : text, with: other).write(
            to: settings, atomically: true, encoding: .utf8)
        if !isConfigured { try FileManager.default.removeItem(at: settings) }
        return folder
    }

    private func pixels(_ input: ImageShape) -> Tensor {
        var random = SeededRandom(seed: 5)
        return random.tensor([2, input.channels, input.height, input.width])
    }

    private func clip(_ layout: String) throws -> any ContrastiveModel {
        let folder = try folder(layout, layout.contains("openai") ? "config.json" : "open_clip_config.json")
        for name in ["vocab.json", "merges.txt"] {
            try FileManager.default.copyItem(
                at: samples.appending(path: "clip/\(name)"), to: folder.appending(path: name))
        }
        return try loadContrastiveModel(at: ModelLocation(folder))
    }

    private func model(_ layout: String) throws -> any TargetModel {
        guard layout.hasSuffix("clip") else { return try loadTargetModel(at: folder(layout)) }
        return ZeroShotClassifier(try clip(layout), classes: ["boot", "coat", "bag"])
    }

    @Test(arguments: [
        "timm-resnet-groups", "timm-resnetv2-bit", "timm-resnetv2-deep-groups", "timm-resnetv2-batches", "hf-bit",
        "resnet-open-clip", "resnet-openai-clip",
    ])
    func `goes on from every hook point, and a linear rest is the rest`(layout: String) throws {
        let model = try model(layout)
        let pixels = pixels(model.input)
        let logits = model.logits(pixels)
        var linear: [String] = []
        for point in model.hookPoints {
            var recorded = Tensor([0])
            _ = model.logits(pixels, hooks: Hooks(at: point) { recorded = $0 })
            #expect(model.activations(at: point, of: pixels) == recorded, "\(point.name)")
            assertClose(
                model.logits(resumingFrom: point, recorded), logits, within: 1e-4,
                because: "the same sums, in other company, at \(point.name)")
            guard let head = model.linearRemainder(after: point, pooling: .mean) else { continue }
            linear.append(point.name)
            assertClose(
                head(Pooling.mean(recorded)), logits, within: 1e-3,
                because: "the mean and the classifier, in float32, at \(point.name)")
        }
        let last = model.hookPoints.map(\.name).suffix(layout.hasSuffix("clip") ? 2 : 3)
        let stage = layout == "timm-resnet-groups" ? ["layer4.0", "layer4"] : []
        #expect(Set(linear) == Set(last + stage))
    }

    @Test func `of CLIP reads its units where it is read`() throws {
        let space = try clip("resnet-openai-clip")
        #expect(space.imagePoints.first?.name == "stem" && space.imagePoints.last?.name == "attnpool")
        #expect(space.imagePoints.map(\.tokens) == [256, 256, 256, 64, 64, 64, 16, 16, 4, 4, 1])
        #expect(space.imagePoints.filter(\.isSigned).map(\.name) == ["attnpool"])
        #expect(space.imagePoints.dropLast().allSatisfy { space.grid(at: $0)?.places == $0.tokens })
        #expect(space.assumptions == [.preprocessing, .heads(2), .activation("quick_gelu"), .endToken])
        #expect(try clip("resnet-open-clip").assumptions == [])
    }

    @Test func `says what it takes for granted where no file tells`() throws {
        func assumed(_ layout: String) throws -> [ModelAssumption] {
            try loadTargetModel(at: folder(layout, isConfigured: false)).assumptions
        }
        #expect(try assumed("timm-resnet-groups") == [.preprocessing, .normGroups(32)])
        #expect(try assumed("timm-resnetv2-bit") == [.preprocessing, .standardized, .normGroups(32)])
        #expect(try assumed("timm-resnetv2-deep-groups") == [.preprocessing, .normGroups(32)])
        #expect(try assumed("timm-resnetv2-batches") == [.preprocessing])
        #expect(try loadTargetModel(at: folder("timm-resnetv2-bit")).assumptions == [])
    }

    @Test(arguments: [
        // Norms, stems and weights of another kind than the tensors have, or that nothing here follows.
        ("timm-resnetv2-bit", "resnetv2_50x1_bit", "resnetv2_50", "architecture"),
        ("timm-resnetv2-bit", "resnetv2_50x1_bit", "resnetv2_50d_gn", "architecture"),
        ("timm-resnetv2-deep-groups", "resnetv2_50d_gn", "resnetv2_50x1_bit", "architecture"),
        ("timm-resnetv2-deep-groups", "resnetv2_50d_gn", "resnetv2_50d_evos", "architecture"),
        ("timm-resnetv2-batches", "resnetv2_50", "resnetv2_50d", "architecture"),
        ("timm-resnetv2-batches", "\"num_classes\": 5", "\"num_classes\": 6", "num_classes"),
        ("timm-resnetv2-batches", "\"num_classes\": 5", "\"model_args\": {\"preact\": false}", "model_args.preact"),
        (
            "timm-resnetv2-batches", "\"num_classes\": 5", "\"model_args\": {\"conv_layer\": \"std\"}",
            "model_args.conv_layer"
        ),
        ("timm-resnet-groups", "resnet50_gn", "resnet50", "architecture"),
        ("timm-seresnet-basic", "seresnet18", "resnet50_gn", "architecture"),
        ("timm-resnet-groups", "\"num_classes\": 4", "\"num_classes\": 7", "num_classes"),
        ("hf-bit", "\"preactivation\"", "\"bottleneck\"", "layer_type"),
        ("hf-bit", "\"global_padding\": null", "\"global_padding\": \"SAME\"", "global_padding"),
        (
            "hf-bit", "\"embedding_dynamic_padding\": false", "\"embedding_dynamic_padding\": true",
            "embedding_dynamic_padding"
        ),
        ("hf-bit", "\"width_factor\": 1", "\"width_factor\": 2", "width_factor"),
    ])
    func `is refused where its file says what is not followed`(
        layout: String, old: String, new: String, key: String
    ) throws {
        let model = try folder(layout, replacing: old, with: new)
        do {
            _ = try loadTargetModel(at: model)
            Issue.record("\(layout): \(new) is not refused")
        } catch VisionModelsError.unsuitableSetting(_, let found, _, _) {
            #expect(found == key)
        }
    }

    @Test func `of CLIP is refused where its configuration has other blocks`() throws {
        let model = try folder(
            "resnet-open-clip", "open_clip_config.json", replacing: "[1, 2, 1, 1]", with: "[1, 1, 1, 1]")
        do {
            _ = try loadContrastiveModel(at: ModelLocation(model))
            Issue.record("it is not refused")
        } catch VisionModelsError.unsuitableSetting(_, let key, _, _) {
            #expect(key == "model_cfg.vision_cfg.layers")
        }
    }

    @Test func `lacks a classifier only where it stands alone`() throws {
        let file = layouts.appending(path: "hf-bit/model.safetensors")
        let whole = try Checkpoint(file)
        let tensors = try whole.tensorNames.filter { !$0.hasPrefix("classifier") }
            .map { (name: $0, tensor: try whole.tensor($0)) }
        let model = try folder("hf-bit")
        try SafetensorsFile.write(tensors, to: model.appending(path: "model.safetensors"))
        #expect(
            throws: VisionModelsError.missingTensor(
                file: model.appending(path: "model.safetensors").path, tensor: "classifier.1.weight", expected: [])
        ) { _ = try loadTargetModel(at: model) }
        let alone = try loadTargetModel(at: folder("hf-bit-headless"))
        #expect(alone.classes.isEmpty && alone.hookPoints.last?.name == "avgpool")
    }
}
