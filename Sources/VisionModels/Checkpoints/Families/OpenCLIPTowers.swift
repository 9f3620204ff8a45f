import Files

extension TensorNames {
    /// open_clip's SigLIP: the texts' tower. The images' is one of timm's networks.
    static let openCLIPSigLIP = openCLIPTexts(["text_model.head": Source(name: "text.text_projection")])

    /// open_clip's CLIP of the same make.
    static let openCLIPTowers = openCLIPTexts([
        "text_projection.weight": Source(name: "text.text_projection", isTransposed: true)
    ])

    private static func openCLIPTexts(_ own: [String: Source]) -> TensorNames {
        var rules = own
        rules["text_model.embeddings.token_embedding"] = Source(name: "text.token_embedding")
        rules["text_model.embeddings.position_embedding.weight"] = Source(name: "text.positional_embedding")
        rules["text_model.final_layer_norm"] = Source(name: "text.ln_final")
        rules.merge(openCLIPBlocks("text_model", "text.transformer")) { $1 }
        return TensorNames(rules, idle: ["text.attn_mask"])
    }
}

extension NamedTensors {
    /// The tensors of the image tower, under the names of a model of its own, what stands before them, and whose they are.
    func imageTower(
        of family: CheckpointFamily
    ) throws(VisionModelsError) -> (prefix: String, family: CheckpointFamily, tensors: NamedTensors) {
        guard family == .openCLIPSigLIP || family == .openCLIPTowers else {
            let own = CheckpointFamily.huggingFaceSigLIPVision
            let names = own.names.rooted(at: "vision_model.")
            return ("vision_model.", own, NamedTensors(checkpoint: checkpoint, names: names))
        }
        let prefix = "visual.trunk."
        guard let own = CheckpointFamily.find(in: checkpoint, behind: prefix) else {
            let hasTrunk = checkpoint.tensorNames.contains { $0.hasPrefix(prefix) }
            let kind = hasTrunk ? "a CLIP with another of timm's networks for images" : "a CLIP with other towers"
            throw .unsupportedModel(file: checkpoint.file, kind: kind)
        }
        return (prefix, own, NamedTensors(checkpoint: checkpoint, names: own.names.tower(behind: prefix)))
    }

    /// The keys of a config.json, as the tensors of open_clip's two towers tell them, and what its configuration adds.
    ///
    /// - Parameter file: what errors name.
    func openCLIPTowers(
        _ family: CheckpointFamily, _ configuration: OpenCLIPConfiguration?, file: String
    ) throws(VisionModelsError) -> [String: JSON] {
        let (_, own, tower) = try imageTower(of: family)
        var vision = own == .timmFastViT ? tower.fastViTSettings() : try tower.vitSettings(of: own)
        let isSigLIP = family == .openCLIPSigLIP
        let head = isSigLIP ? "text_model.head.weight" : "text_projection.weight"
        guard let vocabulary = shape(of: "text_model.embeddings.token_embedding.weight"), vocabulary.count == 2,
            let positions = shape(of: "text_model.embeddings.position_embedding.weight")?.first,
            let dimension = shape(of: head)?.first
        else { throw .uninferable(file: checkpoint.file, key: "text_config.vocab_size") }
        // SigLIP 2's texts have another nonlinearity, and the vocabulary of Gemma.
        let activation: Activation = isSigLIP && vocabulary[0] >= 256_000 ? .tanhGELU : .gelu
        var text: [String: JSON] = [
            "hidden_size": .whole(vocabulary[1]), "vocab_size": .whole(vocabulary[0]),
            "projection_size": .whole(dimension),
            "max_position_embeddings": .whole(positions), "hidden_act": .string(activation.rawValue),
            "num_attention_heads": .whole(vocabulary[1] == 1152 ? 16 : max(vocabulary[1] / 64, 1)),
            // MobileCLIP's smaller ones read texts without a mask.
            "is_causal": .boolean(own != .timmFastViT),
            "layer_norm_eps": .number(isSigLIP ? "1e-6" : "1e-5"), "eos_token_id": .whole(vocabulary[0] - 1),
        ]
        text.merge(try encoderSettings("text_model.encoder.layers", mlp: "mlp.fc1.weight")) { $1 }
        if let configuration {
            vision.merge(try configuration.towerSettings(of: vision, tower, own, file: file)) { $1 }
            text.merge(try configuration.textSettings(of: text, isSigLIP: isSigLIP)) { $1 }
        }
        return [
            "model_type": .string(isSigLIP ? "siglip" : "clip"), "projection_dim": .whole(dimension),
            "vision_config": .object(vision), "text_config": .object(text),
        ]
    }
}

extension CheckpointFamily {
    /// Whose names those behind `prefix` are, of the families that are towers of open_clip's.
    static func find(in checkpoint: Checkpoint, behind prefix: String) -> CheckpointFamily? {
        [.timmEVA, .timmEVAFused, .timmViTStem, .timmFastViT, .timmViT].first { family in
            family.landmarks.allSatisfy { checkpoint.shape(of: prefix + $0) != nil }
        }
    }
}

extension OpenCLIPConfiguration {
    /// Of MobileCLIP, which takes colours from 0 to 1.
    static let mobilePreprocessing: [String: JSON] = [
        "mean": .array([JSON](repeating: .number("0"), count: 3)),
        "std": .array([JSON](repeating: .number("1"), count: 3)),
        "interpolation": .string("bilinear"),
    ]

    /// What is made of a text before it is cut.
    var textCleaning: TextCleaning {
        get throws(VisionModelsError) {
            let arguments = try model.section("text_cfg").section("tokenizer_kwargs")
            try arguments.follow(["clean": .any, "strip_sep_token": .off])
            return try arguments.choice("clean", default: TextCleaning.whitespace)
        }
    }

    /// The keys of the image tower that timm's name of it tells, and the size of an image.
    fileprivate func towerSettings(
        of members: [String: JSON], _ tower: NamedTensors, _ family: CheckpointFamily, file: String
    ) throws(VisionModelsError) -> [String: JSON] {
        try model.follow(Self.towerModelKeys)
        try preprocessing.follow(Self.preprocessingKeys)
        let settings = try model.section("vision_cfg")
        try settings.follow(Self.towerKeys)
        guard case .string(let name)? = settings["timm_model_name"],
            let timm = TimmConfiguration(
                Settings(file: file, ["architecture": .string(name), "global_pool": settings["timm_pool"] ?? .null]))
        else { throw settings.unsuitable("timm_model_name", expected: "timm's name of the image tower") }
        var additions =
            family == .timmFastViT
            ? try timm.fastViTSettings(of: members, tower) : try timm.vitSettings(of: members, tower, family)
        additions["num_labels"] = .whole(0)
        let size = try settings.count("image_size", default: 224)
        if let own = members["image_size"]?.integer, let patch = members["patch_size"]?.integer {
            guard size / patch == own / patch else {
                throw settings.unsuitable("image_size", expected: "\(own), as the tensors have it")
            }
        }
        additions["image_size"] = .whole(size)
        return additions
    }

    fileprivate func textSettings(
        of members: [String: JSON], isSigLIP: Bool
    ) throws(VisionModelsError) -> [String: JSON] {
        let settings = try model.section("text_cfg")
        try settings.follow(Self.towerTextKeys(isSigLIP: isSigLIP))
        for (key, name) in [
            ("width", "hidden_size"), ("layers", "num_hidden_layers"), ("context_length", "max_position_embeddings"),
            ("vocab_size", "vocab_size"),
        ] { try settings.confirm(key, is: members[name]?.integer) }
        let arguments = try settings.section("act_kwargs")
        try arguments.follow(["approximate": .only([.string("none"), .string("tanh")])])
        let isQuick = try model.flag("quick_gelu", default: false)
        let isTanh = arguments["approximate"] == .string("tanh")
        let activation: Activation = isQuick ? .quickGELU : isTanh ? .tanhGELU : .gelu
        var additions: [String: JSON] = [
            "hidden_act": .string(activation.rawValue),
            "num_attention_heads": .whole(try settings.count("heads", default: 8)),
            "is_causal": .boolean(try !settings.flag("no_causal_mask", default: false)),
        ]
        additions["layer_norm_eps"] = try Self.epsilon(settings) ?? .number("1e-5")
        return additions
    }

    private static let towerModelKeys: [String: KeyRule] = [
        "embed_dim": .any, "vision_cfg": .any, "text_cfg": .any, "quick_gelu": .any, "custom_text": .any,
        "init_logit_scale": .any, "init_logit_bias": .any, "cast_dtype": .any, "output_dict": .any,
        "nonscalar_logit_scale": .off,
    ]

    /// A projection of open_clip's own behind timm's network is not followed.
    private static let towerKeys: [String: KeyRule] = [
        "image_size": .any, "timm_model_name": .any, "timm_model_pretrained": .any, "timm_pool": .any,
        "timm_proj": .only([.string(""), .string("none")]), "timm_proj_bias": .off, "timm_drop": .any,
        "timm_drop_path": .any, "patch_dropout": .any,
    ]

    private static func towerTextKeys(isSigLIP: Bool) -> [String: KeyRule] {
        [
            "context_length": .any, "vocab_size": .any, "width": .any, "heads": .any, "layers": .any, "mlp_ratio": .any,
            "norm_kwargs": .any, "act_kwargs": .any, "hf_tokenizer_name": .any, "tokenizer_kwargs": .any,
            "pad_id": .any,
            "output_tokens": .any, "final_ln_after_pool": .any, "proj_bias": .any,
            "no_causal_mask": isSigLIP ? .only([.boolean(true)]) : .any, "ls_init_value": .off, "embed_cls": .off,
            "pool_type": .only([.string(isSigLIP ? "last" : "argmax")]), "proj_type": .only([.string("linear")]),
        ]
    }
}
