import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Keys of a configuration that change what a model computes: followed, or refused by their names.
@Suite("A key of a configuration")
struct FollowedKeyTests {
    private let scratch: ScratchFolder
    private let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")

    init() throws { scratch = try ScratchFolder() }

    /// A copy of a layout's folder, with this in its configuration.
    private func folder(_ layout: String, _ configuration: String, _ name: String = "config.json") throws -> URL {
        let copy = scratch.file(layout)
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: layouts.appending(path: layout), to: copy)
        try Data(configuration.utf8).write(to: copy.appending(path: name))
        for file in ["vocab.json", "merges.txt"] where layout == "open-clip" {
            try FileManager.default.copyItem(
                at: samples.appending(path: "clip/\(file)"), to: copy.appending(path: file))
        }
        return copy
    }

    private func refusedKey(_ load: () throws -> Void) -> String? {
        do {
            try load()
            return nil
        } catch VisionModelsError.unsuitableSetting(_, let key, _, _) { return key } catch { return "\(error)" }
    }

    private func timm(_ arguments: String, _ architecture: String = "vit_base_patch16_224") -> String {
        "{\"architecture\": \"\(architecture)\", \"model_args\": {\(arguments)}, \"pretrained_cfg\": {\"crop_pct\": 0.9}}"
    }

    @Test(arguments: [
        "\"act_layer\": \"swish\"", "\"global_pool\": \"avg\"", "\"class_token\": false",
        "\"norm_layer\": \"rmsnorm\"",
        "\"init_values\": 0.1", "\"reg_tokens\": 4", "\"qk_norm\": true", "\"no_embed_class\": true",
        "\"pre_norm\": true",
        "\"depth\": 3", "\"embed_dim\": 64", "\"in_chans\": 1", "\"qkv_bias\": false", "\"rope_theta\": 100",
    ]) func `of timm's that is not followed is refused by name`(_ argument: String) throws {
        let key = String(argument.split(separator: "\"")[0])
        let model = try folder("timm-vit", timm("\"num_heads\": 4, " + argument))
        #expect(refusedKey { _ = try loadTargetModel(at: model) } == "model_args.\(key)")
    }

    @Test(arguments: [
        ("resnet18", "\"output_stride\": 16"), ("resnet18", "\"avg_down\": true"),
        ("resnet18", "\"act_layer\": \"silu\""),
        ("resnet18", "\"stem_type\": \"deep\""), ("resnet18", "\"in_chans\": 1"),
        ("resnet18", "\"layers\": [9, 9, 9, 9]"), ("seresnet18", "\"block_args\": {\"attn_layer\": \"se\"}"),
        ("resnet18", "\"block_args\": {\"attn_layer\": \"eca\"}"), ("resnext18_2x64d", "\"cardinality\": 2"),
    ]) func `of timm's ResNet likewise`(_ architecture: String, _ argument: String) throws {
        let key = String(argument.split(separator: "\"")[0])
        let model = try folder("torchvision-resnet-basic", timm(argument, architecture))
            .appending(path: "resnet.safetensors")
        #expect(refusedKey { _ = try loadTargetModel(at: model) } == "model_args.\(key)")
    }

    @Test(arguments: ["resnetaa50", "resnetblur50", "ecaresnet50d", "resnetrs50", "resnet50_gn", "resnet33ts"])
    func `of timm's ResNet an architecture with what leaves no trace in the tensors is refused`(_ name: String) throws {
        let model = try folder("torchvision-resnet-basic", timm("", name)).appending(path: "resnet.safetensors")
        #expect(refusedKey { _ = try loadTargetModel(at: model) } == "architecture")
    }

    @Test(arguments: [("timm-vit", "model"), ("torchvision-resnet-basic", "resnet"), ("torchvision-vit", "model")])
    func `of timm's without its name of the model is refused, whatever tensors it lies beside`(
        _ layout: String, _ file: String
    ) throws {
        for configuration in ["{\"model_args\": {\"output_stride\": 16}}", "{\"pretrained_cfg\": {\"crop_pct\": 0.9}}"]
        {
            let model = try folder(layout, configuration).appending(path: "\(file).safetensors")
            #expect(refusedKey { _ = try loadTargetModel(at: model) } == "architecture")
        }
    }

    @Test func `of timm's that is followed is`() throws {
        func logits(_ arguments: String) throws -> [Float] {
            let model = try loadTargetModel(at: folder("timm-vit", timm(arguments)))
            var random = SeededRandom(seed: 3)
            let input = model.input
            return model.logits(random.tensor([1, input.channels, input.height, input.width])).values
        }
        let plain = try logits("\"num_heads\": 4")
        #expect(try logits("\"num_heads\": 4, \"act_layer\": \"quick_gelu\"") != plain)
        #expect(try logits("\"num_heads\": 4, \"act_layer\": \"gelu\", \"drop_rate\": 0.1, \"reg_tokens\": 0") == plain)
        #expect(try logits("\"num_heads\": 2") != plain)
    }

    private func openCLIP(_ model: String = "", vision: String = "", text: String = "", images: String = "") -> String {
        """
        {"model_cfg": {"embed_dim": 24\(model), "vision_cfg": {"image_size": 16, "layers": 2, "width": 32, "head_width": 8,
        "patch_size": 8\(vision)}, "text_cfg": {"context_length": 12, "vocab_size": 913, "width": 16, "heads": 2, "layers": 2
        \(text)}}, "preprocess_cfg": {"mean": [0.5, 0.4, 0.3]\(images)}}
        """
    }

    @Test func `of open_clip's that is not followed is refused by name`() throws {
        let cases: [(configuration: String, key: String)] = [
            (openCLIP(", \"init_logit_bias\": -10"), "model_cfg.init_logit_bias"),
            (openCLIP(", \"multimodal_cfg\": {}"), "model_cfg.multimodal_cfg"),
            (openCLIP(vision: ", \"pool_type\": \"avg\""), "model_cfg.vision_cfg.pool_type"),
            (openCLIP(vision: ", \"ls_init_value\": 0.1"), "model_cfg.vision_cfg.ls_init_value"),
            (openCLIP(vision: ", \"timm_model_name\": \"x\""), "model_cfg.vision_cfg.timm_model_name"),
            (openCLIP(vision: ", \"no_ln_pre\": true"), "model_cfg.vision_cfg.no_ln_pre"),
            (openCLIP(vision: ", \"act_kwargs\": {\"approximate\": \"tanh\"}"), "model_cfg.vision_cfg.act_kwargs"),
            (openCLIP(text: ", \"no_causal_mask\": true"), "model_cfg.text_cfg.no_causal_mask"),
            (openCLIP(text: ", \"pool_type\": \"last\""), "model_cfg.text_cfg.pool_type"),
            (openCLIP(text: ", \"embed_cls\": true"), "model_cfg.text_cfg.embed_cls"),
            (openCLIP(text: ", \"hf_model_name\": \"x\""), "model_cfg.text_cfg.hf_model_name"),
            (openCLIP(text: ", \"norm_kwargs\": {\"bias\": false}"), "model_cfg.text_cfg.norm_kwargs.bias"),
            (openCLIP(images: ", \"mode\": \"L\""), "preprocess_cfg.mode"),
        ]
        for item in cases {
            let model = try folder("open-clip", item.configuration, "open_clip_config.json")
            #expect(refusedKey { _ = try loadConceptSpace(at: model) } == item.key)
        }
    }

    @Test func `of open_clip's that is followed is`() throws {
        func embedding(_ configuration: String) throws -> [Float] {
            let space = try loadConceptSpace(at: folder("open-clip", configuration, "open_clip_config.json"))
            var random = SeededRandom(seed: 3)
            return space.embed(images: random.tensor([1, 3, 16, 16])).values + space.embed(concepts: ["a dog"]).values
        }
        let plain = try embedding(openCLIP())
        #expect(try embedding(openCLIP(vision: ", \"norm_kwargs\": {\"eps\": 0.1}"))[0] != plain[0])
        #expect(try embedding(openCLIP(text: ", \"norm_kwargs\": {\"eps\": 0.1}")).last != plain.last)
        #expect(try embedding(openCLIP(", \"quick_gelu\": true")) != plain)
        #expect(try embedding(openCLIP(text: ", \"no_causal_mask\": false, \"pool_type\": \"argmax\"")) == plain)
    }

    @Test func `of transformers' that is not followed is refused by name`() throws {
        for (key, value) in [
            ("hidden_act", "\"relu\""), ("use_mean_pooling", "true"), ("num_register_tokens", "4"),
            ("layer_scale_init_value", "0.1"), ("position_embedding_type", "\"relative_key\""),
        ] {
            var tiny = TinyViT()
            tiny.configuration[key] = value
            let model = try tiny.write(to: scratch)
            #expect(refusedKey { _ = try loadTargetModel(at: model) } == key)
        }
    }
}

@Suite("A model of another kind")
struct ForeignModelTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func kind(_ url: URL) -> String? {
        do {
            _ = try loadTargetModel(at: url)
            return nil
        } catch VisionModelsError.unsupportedModel(_, let kind) { return kind } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("beit", "BEiT"), ("swin", "Swin"), ("regnet", "RegNet"), ("dinov3_convnext", "DINOv3's ConvNeXt"),
        ("siglip2", "SigLIP 2 for images of any aspect (NaFlex)"),
        ("vit_mae", "a masked autoencoder (MAE)"),
    ]) func `is refused under its name by its configuration`(_ type: String, _ name: String) throws {
        var tiny = TinyViT()
        tiny.configuration["model_type"] = "\"\(type)\""
        #expect(kind(try tiny.write(to: scratch)) == name)
    }

    @Test(arguments: [
        (
            [
                "cls_token", "patch_embed.proj.weight", "blocks.0.norm1.weight", "fc_norm.weight",
                "blocks.0.attn.q_bias",
                "blocks.0.gamma_1",
            ], "BEiT"
        ),
        (["patch_embed.proj.weight", "layers.0.blocks.0.attn.relative_position_bias_table"], "Swin"),
        (["downsample_layers.0.0.weight"], "ConvNeXt under the names of its authors"),
    ]) func `is refused under its name by its tensors`(_ tensors: [String], _ name: String) throws {
        let file = scratch.file("model.safetensors")
        try SafetensorsFile.write(tensors.map { ($0, Tensor([1])) }, to: file)
        #expect(kind(file) == name)
        let inspection = try ModelInspection(ModelLocation(file))
        #expect(inspection.problem == .unsupportedModel(file: file.path, kind: name))
    }
}

@Suite("What a model takes for granted")
struct AssumptionTests {
    private let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")

    @Test func `is what its files leave open`() throws {
        let scratch = try ScratchFolder()
        func copy(_ layout: String, without names: [String]) throws -> URL {
            let folder = scratch.file(UUID().uuidString)
            try FileManager.default.copyItem(at: layouts.appending(path: layout), to: folder)
            for name in names { try FileManager.default.removeItem(at: folder.appending(path: name)) }
            return folder
        }
        let timm = try loadTargetModel(at: layouts.appending(path: "timm-vit"))
        #expect(timm.assumptions == [])
        let openAI = try copy("openai-clip", without: [])
        for name in ["vocab.json", "merges.txt"]
        where !FileManager.default.fileExists(atPath: openAI.appending(path: name).path) {
            try FileManager.default.copyItem(
                at: samples.appending(path: "clip/\(name)"), to: openAI.appending(path: name))
        }
        let clip = try loadConceptSpace(at: openAI.appending(path: "ViT-B-16.safetensors"))
        #expect(clip.assumptions == [.preprocessing, .activation("quick_gelu"), .classToken, .endToken])
        let resNet = layouts.appending(path: "torchvision-resnet-basic/resnet.safetensors")
        #expect(try loadTargetModel(at: resNet).assumptions == [.preprocessing])
        #expect(try TinyViT().load().assumptions == [])
        // Without a configuration, the width tells how many heads.
        var random = SeededRandom(seed: 5)
        let tensors: [(String, Tensor)] = try {
            let tiny = try Checkpoint(layouts.appending(path: "timm-vit/model.safetensors"))
            #expect(tiny.shape(of: "cls_token") != nil)
            let shapes: [(String, [Int])] = [
                ("cls_token", [1, 1, 192]), ("pos_embed", [1, 5, 192]), ("patch_embed.proj.weight", [192, 3, 2, 2]),
                ("patch_embed.proj.bias", [192]), ("norm.weight", [192]), ("norm.bias", [192]),
                ("head.weight", [3, 192]),
                ("head.bias", [3]), ("blocks.0.norm1.weight", [192]), ("blocks.0.norm1.bias", [192]),
                ("blocks.0.norm2.weight", [192]), ("blocks.0.norm2.bias", [192]),
                ("blocks.0.attn.qkv.weight", [576, 192]),
                ("blocks.0.attn.qkv.bias", [576]), ("blocks.0.attn.proj.weight", [192, 192]),
                ("blocks.0.attn.proj.bias", [192]), ("blocks.0.mlp.fc1.weight", [8, 192]),
                ("blocks.0.mlp.fc1.bias", [8]),
                ("blocks.0.mlp.fc2.weight", [192, 8]), ("blocks.0.mlp.fc2.bias", [192]),
            ]
            return shapes.map { ($0.0, random.tensor($0.1)) }
        }()
        let alone = scratch.file("alone.safetensors")
        try SafetensorsFile.write(tensors, to: alone)
        let bare = try loadTargetModel(at: alone)
        #expect(bare.assumptions == [.preprocessing, .heads(3), .activation("gelu"), .classToken])
        #expect(try ModelInspection(ModelLocation(alone)).assumptions == bare.assumptions)
    }

    @Test func `is never that its weights are numbers`() throws {
        let scratch = try ScratchFolder()
        for (name, place, value) in [
            ("vit.encoder.layer.1.attention.attention.key.weight", [3, 5], Float.nan),
            ("classifier.bias", [2], -Float.infinity), ("vit.embeddings.cls_token", [0, 0, 7], .infinity),
        ] {
            var tiny = TinyViT()
            let index = try #require(tiny.tensors.firstIndex { $0.name == name })
            let shape = tiny.tensors[index].tensor.shape
            let offset = zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 }
            tiny.tensors[index].tensor.withUnsafeMutable { $0[offset] = value }
            let folder = try tiny.write(to: scratch)
            #expect(
                throws: VisionModelsError.notFiniteTensor(
                    file: scratch.file("model.safetensors").path, tensor: name, place: place, value: "\(value)")
            ) { try loadTargetModel(at: folder) }
        }
    }
}
