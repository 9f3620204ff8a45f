import Files

extension TensorNames {
    /// OpenAI's CLIP, and open_clip's of the same design. Queries, keys and values are one matrix; projections have inputs
    /// before outputs.
    static let openCLIP = TensorNames(openCLIPRules, idle: openCLIPIdle)

    /// The same with a residual network for images.
    static let openCLIPResNet: TensorNames = {
        var rules = openCLIPRules
        let (block, own) = ("resnet.encoder.stages.#.layers.#.", "visual.layer#+1.#.")
        for (name, source) in [
            (block + "layer.#.convolution", own + "conv#+1"), (block + "layer.#.normalization", own + "bn#+1"),
            (block + "shortcut.convolution", own + "downsample.0"),
            (block + "shortcut.normalization", own + "downsample.1"),
            ("resnet.embedder.deep.#.convolution", "visual.conv#+1"),
            ("resnet.embedder.deep.#.normalization", "visual.bn#+1"),
            ("resnet.pooler.out_proj", "visual.attnpool.c_proj"),
        ] { rules[name] = Source(name: source) }
        for name in ["q_proj", "k_proj", "v_proj"] {
            rules["resnet.pooler." + name] = Source(name: "visual.attnpool." + name)
        }
        rules["resnet.pooler.position_embedding"] = Source(name: "visual.attnpool.positional_embedding")
        return TensorNames(rules, idle: openCLIPIdle)
    }()

    private static let openCLIPIdle: Set = ["attn_mask", "input_resolution", "context_length", "vocab_size"]

    private static let openCLIPRules: [String: Source] = {
        var rules: [String: Source] = [
            "vision_model.embeddings.patch_embedding": Source(name: "visual.conv1"),
            "vision_model.embeddings.class_embedding": Source(name: "visual.class_embedding"),
            "vision_model.embeddings.position_embedding.weight": Source(name: "visual.positional_embedding"),
            "vision_model.pre_layrnorm": Source(name: "visual.ln_pre"),
            "vision_model.post_layernorm": Source(name: "visual.ln_post"),
            "visual_projection.weight": Source(name: "visual.proj", isTransposed: true),
            "text_model.embeddings.token_embedding": Source(name: "token_embedding"),
            "text_model.embeddings.position_embedding.weight": Source(name: "positional_embedding"),
            "text_model.final_layer_norm": Source(name: "ln_final"),
            "text_projection.weight": Source(name: "text_projection", isTransposed: true),
        ]
        for (tower, own) in [("vision_model", "visual.transformer"), ("text_model", "transformer")] {
            let (layer, block) = (tower + ".encoder.layers.#.", own + ".resblocks.#.")
            for (third, part) in ["q_proj", "k_proj", "v_proj"].enumerated() {
                for kind in ["weight", "bias"] {
                    rules[layer + "self_attn.\(part).\(kind)"] = Source(
                        name: block + "attn.in_proj_\(kind)", part: .init(index: third, of: 3))
                }
            }
            for (part, own) in [
                ("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"),
                ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
            ] { rules[layer + part] = Source(name: block + own) }
        }
        return rules
    }()
}

/// open_clip_config.json: `model_cfg` with `vision_cfg` and `text_cfg`, and `preprocess_cfg`.
struct OpenCLIPConfiguration {
    private let model: Settings
    let preprocessing: Settings

    /// Nil for a configuration that is not open_clip's.
    init?(_ settings: Settings) throws(VisionModelsError) {
        guard settings["model_cfg"] != nil else { return nil }
        model = try settings.section("model_cfg")
        preprocessing = try settings.section("preprocess_cfg")
    }

    /// `vision_config` and `text_config`, as far as tensors do not tell them.
    ///
    /// - Parameters:
    ///   - vision: what the tensors of the image tower say.
    ///   - text: and those of the other.
    func sections(
        vision: [String: JSON], text: [String: JSON]
    ) throws(VisionModelsError) -> (vision: [String: JSON], text: [String: JSON]) {
        try model.follow(Self.modelKeys)
        try preprocessing.follow(Self.preprocessingKeys)
        let (visionSettings, textSettings) = (try model.section("vision_cfg"), try model.section("text_cfg"))
        try visionSettings.follow(Self.visionKeys)
        try textSettings.follow(Self.textKeys)
        for (settings, tensors) in [(visionSettings, vision), (textSettings, text)] {
            for (key, name) in [
                ("width", "hidden_size"), ("layers", "num_hidden_layers"),
                ("context_length", "max_position_embeddings"),
                ("vocab_size", "vocab_size"), ("patch_size", "patch_size"),
            ] { try settings.confirm(key, is: tensors[name]?.integer) }
        }
        let isQuick = try model.flag("quick_gelu", default: false)
        let activation = JSON.string((isQuick ? Activation.quickGELU : .gelu).rawValue)
        var (visionMembers, textMembers) = (["hidden_act": activation], ["hidden_act": activation])
        if let size = visionSettings["image_size"] { visionMembers["image_size"] = size }
        var width = vision["hidden_size"]?.integer ?? 768
        // A residual network has as many blocks a stage; its attention is at the end, where it is 32 times as wide.
        if let depths = vision["depths"] {
            guard visionSettings["layers"] == nil || visionSettings["layers"] == depths else {
                throw visionSettings.unsuitable("layers", expected: "\(depths.canonical), as the tensors have it")
            }
            width *= 32
        }
        visionMembers["num_attention_heads"] = .whole(width / (try visionSettings.count("head_width", default: 64)))
        textMembers["num_attention_heads"] = .whole(try textSettings.count("heads", default: 8))
        if let epsilon = try Self.epsilon(visionSettings) { visionMembers["layer_norm_eps"] = epsilon }
        if let epsilon = try Self.epsilon(textSettings) { textMembers["layer_norm_eps"] = epsilon }
        return (visionMembers, textMembers)
    }

    /// What the norms add to the variance, where `norm_kwargs` says.
    private static func epsilon(_ settings: Settings) throws(VisionModelsError) -> JSON? {
        let arguments = try settings.section("norm_kwargs")
        try arguments.follow(["eps": .any])
        _ = try arguments.float("eps", default: 1e-5)
        return arguments["eps"]
    }

    // Keys of open_clip's configuration. Of one token, a norm before pooling and one after it are the same.

    private static let modelKeys: [String: KeyRule] = [
        "embed_dim": .any, "vision_cfg": .any, "text_cfg": .any, "quick_gelu": .any, "custom_text": .any,
        "init_logit_scale": .any, "cast_dtype": .any, "output_dict": .any, "nonscalar_logit_scale": .off,
        "init_logit_bias": .off,
    ]

    private static let visionKeys: [String: KeyRule] = [
        "layers": .any, "width": .any, "head_width": .any, "mlp_ratio": .any, "patch_size": .any, "image_size": .any,
        "patch_dropout": .any, "norm_kwargs": .any, "final_ln_after_pool": .any, "output_tokens": .any,
        "attn_pooler_queries": .any, "attn_pooler_heads": .any, "ls_init_value": .off, "attentional_pool": .off,
        "no_ln_pre": .off, "act_kwargs": .off, "input_patchnorm": .off, "qk_norm": .off, "scaled_cosine_attn": .off,
        "pool_type": .only([.string("tok")]), "pos_embed_type": .only([.string("learnable")]),
        "global_average_pool": .off,
    ]

    private static let textKeys: [String: KeyRule] = [
        "context_length": .any, "vocab_size": .any, "width": .any, "heads": .any, "layers": .any, "mlp_ratio": .any,
        "norm_kwargs": .any, "final_ln_after_pool": .any, "output_tokens": .any, "pad_id": .any, "ls_init_value": .off,
        "embed_cls": .off, "no_causal_mask": .off, "act_kwargs": .off, "proj_bias": .off, "tokenizer_kwargs": .off,
        "pool_type": .only([.string("argmax")]), "proj_type": .only([.string("linear")]),
    ]

    private static let preprocessingKeys: [String: KeyRule] = [
        "size": .any, "mean": .any, "std": .any, "interpolation": .any, "resize_mode": .any, "fill_color": .any,
        "mode": .only([.string("RGB")]),
    ]
}

extension Settings {
    /// Refuses the keys of a transformers' config.json that change a forward pass in a way this program does not follow.
    /// Others stand there too that have no part in one.
    func followTransformers(_ architecture: Architecture) throws(VisionModelsError) {
        var rules: [String: KeyRule] = [
            "use_mean_pooling": .off, "use_absolute_position_embeddings": .only([.boolean(true)]),
            "use_relative_position_bias": .off, "use_shared_relative_position_bias": .off,
            "layer_scale_init_value": .off,
            "layerscale_value": .off, "num_register_tokens": .off, "use_swiglu_ffn": .off, "qk_norm": .off,
            "use_qk_norm": .off, "qk_layernorm": .off, "output_stride": .only([.number("32")]),
            "position_embedding_type": .only([.string("absolute")]), "hidden_dropout_in_inference": .off,
            "attention_bias": .only([.boolean(true)]), "mlp_bias": .only([.boolean(true)]),
            "proj_bias": .only([.boolean(true)]), "use_gated_mlp": .off,
        ]
        // These have such parts, which their tensors tell.
        if case .string(let type)? = self["model_type"], type.hasPrefix("dinov") {
            for key in ["layerscale_value", "num_register_tokens", "use_swiglu_ffn", "use_gated_mlp"] {
                rules[key] = .any
            }
        }
        // Tells nothing of a forward pass there: what was trained with it has the tensors.
        if architecture == .convnext { rules["layer_scale_init_value"] = .any }
        if architecture == .resnetv2 {
            rules["layer_type"] = .only([.string("preactivation")])
            rules["global_padding"] = .off
            rules["embedding_dynamic_padding"] = .off
            rules["width_factor"] = .only([.number("1")])
        }
        try follow(rules, isOpen: true)
        guard architecture.hasTexts else { return }
        try section("vision_config").follow(rules, isOpen: true)
        try section("text_config").follow(rules, isOpen: true)
    }
}

extension NamedTensors {
    /// The keys of a CLIP's config.json, as its tensors tell them.
    func clipSettings(
        of family: CheckpointFamily
    ) throws(VisionModelsError) -> (vision: [String: JSON], text: [String: JSON], dimension: Int) {
        let file = checkpoint.file
        let isResNet = family == .openCLIPResNet
        let vision = isResNet ? try residualTowerSettings() : try imageTowerSettings()
        guard let vocabulary = shape(of: "text_model.embeddings.token_embedding.weight"), vocabulary.count == 2,
            let positions = shape(of: "text_model.embeddings.position_embedding.weight")?.first
        else { throw .uninferable(file: file, key: "text_config.vocab_size") }
        let projection = isResNet ? "resnet.pooler.out_proj.weight" : "visual_projection.weight"
        guard let dimension = shape(of: projection)?.first else {
            throw .uninferable(file: file, key: "projection_dim")
        }
        var text: [String: JSON] = [
            "hidden_size": .whole(vocabulary[1]), "vocab_size": .whole(vocabulary[0]),
            "max_position_embeddings": .whole(positions), "num_attention_heads": .whole(max(vocabulary[1] / 64, 1)),
            // The last token of the vocabulary, and the greatest.
            "eos_token_id": .whole(vocabulary[0] - 1),
        ]
        text.merge(try encoderSettings("text_model.encoder.layers", mlp: "mlp.fc1.weight")) { $1 }
        return (vision, text, dimension)
    }
    private func imageTowerSettings() throws(VisionModelsError) -> [String: JSON] {
        let vision = try patchSettings(
            patches: "vision_model.embeddings.patch_embedding.weight",
            positions: "vision_model.embeddings.position_embedding.weight")
        return vision.merging(try encoderSettings("vision_model.encoder.layers", mlp: "mlp.fc1.weight")) { $1 }
    }

    /// Of a residual network, whose last feature map has as many places as positions but one.
    private func residualTowerSettings() throws(VisionModelsError) -> [String: JSON] {
        var members = try stageSettings(stem: "resnet.embedder.deep.2.convolution.weight")
        guard let places = shape(of: "resnet.pooler.position_embedding")?.first, let side = (places - 1).squareRoot
        else {
            throw .uninferable(file: checkpoint.file, key: "vision_config.image_size")
        }
        members["num_channels"] = shape(of: "resnet.embedder.deep.0.convolution.weight").map {
            .whole($0.dropFirst().first ?? 3)
        }
        members["image_size"] = .whole(32 * side)
        members["hidden_size"] = members["embedding_size"]
        members["num_attention_heads"] = .whole(max(1, (shape(of: "resnet.pooler.q_proj.weight")?.first ?? 0) / 64))
        return members
    }
}
