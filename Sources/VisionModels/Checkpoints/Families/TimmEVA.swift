import Files

extension TensorNames {
    /// timm's `Eva` with queries, keys and values apart, and gates and values: EVA-02 (Fang et al. 2023), base and large.
    static let timmEVA: TensorNames = {
        var rules = evaRules
        for (part, own) in [
            ("attention.attention.query", "attn.q_proj"), ("attention.attention.key", "attn.k_proj"),
            ("attention.attention.value", "attn.v_proj"), ("mlp.gate", "mlp.fc1_g"), ("mlp.value", "mlp.fc1_x"),
        ] { rules["vit.encoder.layer.#." + part] = Source(name: "blocks.#." + own) }
        return TensorNames(rules, idle: ["mask_token"])
    }()

    /// The same with both stacked, as the smaller ones have it, and timm's ViTs with rotated positions. Keys have no bias.
    static let timmEVAFused: TensorNames = {
        var rules = evaRules
        for part in ["query", "value"] {
            rules["vit.encoder.layer.#.attention.attention.\(part).bias"] = Source(
                name: "blocks.#.attn.\(part.prefix(1))_bias")
        }
        return TensorNames(rules, idle: ["mask_token"])
    }()

    private static let evaRules: [String: Source] = {
        var rules = timmViTRules(registers: "reg_token", gated: "mlp.fc1", contract: "mlp.fc2")
        for (part, own) in [
            ("attention.inner_norm", "attn.norm"), ("mlp.norm", "mlp.norm"), ("layer_scale1.lambda1", "gamma_1"),
            ("layer_scale2.lambda1", "gamma_2"),
        ] { rules["vit.encoder.layer.#." + part] = Source(name: "blocks.#." + own) }
        return rules
    }()
}

extension TimmConfiguration {
    /// Without a configuration: what timm says of nearly all its EVA-02.
    static let evaPreprocessing: [String: JSON] = [
        "crop_pct": .number("1.0"), "mean": .array(["0.48145466", "0.4578275", "0.40821073"].map(JSON.number)),
        "std": .array(["0.26862954", "0.26130258", "0.27577711"].map(JSON.number)),
    ]

    /// The keys an EVA-02 adds to what its tensors say. Places are rotated on a grid of 16 by 16 in all that is published;
    /// anything else that leaves no trace in the tensors is refused.
    ///
    /// - Parameters:
    ///   - tensors: what those say.
    ///   - found: those themselves.
    func evaSettings(of tensors: [String: JSON], _ found: NamedTensors) throws(VisionModelsError) -> [String: JSON] {
        let known = #/eva02_(tiny|small|base|large)_patch\d+_(clip_)?\d+|vit_[a-z0-9]+_patch\d+_rope_reg\d_gap_\d+/#
        guard architecture.wholeMatch(of: known) != nil else {
            throw unknownArchitecture(expected: "an eva02_…, or a vit_…_rope_reg1_gap_…")
        }
        let arguments = try arguments
        try arguments.follow(Self.evaArguments)
        for (key, name) in [
            ("embed_dim", "hidden_size"), ("depth", "num_hidden_layers"), ("patch_size", "patch_size"),
            ("in_chans", "num_channels"),
        ] { try arguments.confirm(key, is: tensors[name]?.integer) }
        var members = try common()
        for section in [settings, arguments] where section["global_pool"] != nil {
            members["global_pool"] = section["global_pool"]
        }
        // A classifier that should be there is missed by name.
        if let count = arguments["num_classes"] ?? settings["num_classes"], tensors["num_labels"]?.integer == 0 {
            members["num_labels"] = count
        }
        if let heads = arguments["num_heads"] { members["num_attention_heads"] = heads }
        return members
    }

    /// Arguments of timm's `Eva`.
    private static let evaArguments: [String: KeyRule] = [
        "img_size": .any, "patch_size": .any, "in_chans": .any, "num_classes": .any, "global_pool": .any,
        "embed_dim": .any, "depth": .any, "num_heads": .any, "mlp_ratio": .any, "drop_rate": .any,
        "pos_drop_rate": .any,
        "patch_drop_rate": .any, "proj_drop_rate": .any, "attn_drop_rate": .any, "drop_path_rate": .any,
        "head_init_scale": .any, "dynamic_img_size": .any, "dynamic_img_pad": .any,
        // What the tensors tell.
        "qkv_bias": .any, "qkv_fused": .any, "swiglu_mlp": .any, "scale_mlp": .any, "scale_attn_inner": .any,
        "init_values": .any, "class_token": .any, "num_reg_tokens": .any, "no_embed_class": .any,
        "use_abs_pos_emb": .any,
        "use_fc_norm": .any, "use_post_transformer_norm": .any,
        "use_rot_pos_emb": .only([.boolean(true)]), "rope_type": .only([.string("cat")]),
        "ref_feat_shape": .only([.array([.number("16"), .number("16")]), .number("16")]),
        "rope_temperature": .only([.number("10000")]), "rope_grid_indexing": .only([.string("ij")]),
        "attn_type": .only([.string("eva")]), "num_kv_heads": .off, "qk_norm": .off, "swiglu_align_to": .off,
        "rope_grid_offset": .off, "rope_rotate_half": .off, "rope_shift_coords": .off, "rope_jitter_coords": .off,
        "rope_rescale_coords": .off, "attn_only_layer_scale": .off, "use_post_norm": .off,
        "use_pre_transformer_norm": .off, "norm_layer": .off,
    ]
}
