import Files

extension TensorNames {
    /// timm's `VisionTransformer`, and DINOv2 as its authors publish it. Queries, keys and values are one matrix, and so
    /// are gates and values.
    static let timmViT = timmViT(registers: "reg_token", gated: "mlp.fc1", contract: "mlp.fc2")
    static let publishedDinov2 = timmViT(registers: "register_tokens", gated: "mlp.w12", contract: "mlp.w3")

    private static func timmViT(registers: String, gated: String, contract: String) -> TensorNames {
        var rules: [String: Source] = [
            "vit.embeddings.cls_token": Source(name: "cls_token"),
            "vit.embeddings.distillation_token": Source(name: "dist_token"),
            "vit.embeddings.register_tokens": Source(name: registers),
            "vit.embeddings.position_embeddings": Source(name: "pos_embed"),
            "vit.embeddings.patch_embeddings.projection": Source(name: "patch_embed.proj"),
            "vit.embeddings.layernorm": Source(name: "norm_pre"),
            "vit.layernorm": Source(name: "norm"), "vit.pooled_layernorm": Source(name: "fc_norm"),
            "classifier": Source(name: "head"), "distillation_classifier": Source(name: "head_dist"),
            "vit.head.probe": Source(name: "attn_pool.latent"),
            "vit.head.attention.query": Source(name: "attn_pool.q"),
            "vit.head.attention.key": Source(name: "attn_pool.kv", part: .init(index: 0, of: 2)),
            "vit.head.attention.value": Source(name: "attn_pool.kv", part: .init(index: 1, of: 2)),
            "vit.head.attention.out_proj": Source(name: "attn_pool.proj"),
            "vit.head.layernorm": Source(name: "attn_pool.norm"),
            "vit.head.mlp.fc1": Source(name: "attn_pool.mlp.fc1"),
            "vit.head.mlp.fc2": Source(name: "attn_pool.mlp.fc2"),
        ]
        let layer = "vit.encoder.layer.#."
        for (third, part) in ["query", "key", "value"].enumerated() {
            rules[layer + "attention.attention." + part] = Source(
                name: "blocks.#.attn.qkv", part: .init(index: third, of: 3))
        }
        for (half, part) in ["mlp.gate", "mlp.value"].enumerated() {
            rules[layer + part] = Source(name: "blocks.#." + gated, part: .init(index: half, of: 2))
        }
        for (part, own) in [
            ("layernorm_before", "norm1"), ("attention.output.dense", "attn.proj"), ("layernorm_after", "norm2"),
            ("attention.query_norm", "attn.q_norm"), ("attention.key_norm", "attn.k_norm"),
            ("layer_scale1.lambda1", "ls1.gamma"), ("layer_scale2.lambda1", "ls2.gamma"),
            ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"), ("mlp.contract", contract),
        ] { rules[layer + part] = Source(name: "blocks.#." + own) }
        return TensorNames(rules, idle: ["mask_token"])
    }
}

/// timm's config.json: `architecture`, `num_classes`, `global_pool`, and in `pretrained_cfg` what its images are to be.
struct TimmConfiguration {
    private let settings: Settings
    /// `vit_base_patch16_224`, without the tag after a full stop.
    let architecture: String

    /// Nil for a configuration that is not timm's.
    init?(_ settings: Settings) {
        guard case .string(let name)? = settings["architecture"] else { return nil }
        self.settings = settings
        architecture = name.split(separator: ".").first.map(String.init) ?? name
    }

    /// Where the preprocessing stands; older files have it at the top.
    var pretrained: Settings {
        get throws(VisionModelsError) {
            settings["pretrained_cfg"] == nil ? settings : try settings.section("pretrained_cfg")
        }
    }

    /// Of the class that makes the model.
    var arguments: Settings {
        get throws(VisionModelsError) { try settings.section("model_args") }
    }

    func unknownArchitecture(expected: String) -> VisionModelsError {
        settings.unsuitable("architecture", expected: expected)
    }

    /// The keys a ViT adds to what its tensors say, under transformers' names.
    ///
    /// - Parameters:
    ///   - tensors: what those say.
    ///   - found: those themselves.
    func vitSettings(
        of tensors: [String: JSON], _ found: NamedTensors
    ) throws(VisionModelsError) -> [String: JSON] {
        if let foreign = ForeignModel(architecture: architecture) {
            throw .unsupportedModel(file: settings.file, kind: foreign.name)
        }
        // Others share the names of the tensors but not what is done with them.
        guard architecture.hasPrefix("vit_") || architecture.hasPrefix("deit"), !architecture.contains("_rpn_") else {
            throw settings.unsuitable("architecture", expected: "a plain vit_… or deit_…")
        }
        let arguments = try settings.section("model_args")
        try arguments.follow(Self.vitArguments)
        try confirm(arguments, found)
        for (key, name) in [
            ("embed_dim", "hidden_size"), ("depth", "num_hidden_layers"), ("patch_size", "patch_size"),
            ("in_chans", "num_channels"),
        ] { try arguments.confirm(key, is: tensors[name]?.integer) }
        if case .boolean(let hasBias)? = arguments["qkv_bias"], tensors["qkv_bias"] != .boolean(hasBias) {
            throw arguments.unsuitable("qkv_bias", expected: "\(!hasBias), as the tensors have it")
        }
        var members = try common()
        members["hidden_act"] = .string(try activation(arguments).rawValue)
        for key in ["global_pool", "pool_include_prefix"] { members[key] = arguments[key] ?? settings[key] }
        // A classifier that should be there is missed by name.
        if let count = arguments["num_classes"] ?? settings["num_classes"], tensors["num_labels"]?.integer == 0 {
            members["num_labels"] = count
        }
        // Of one width with another kind, which has more.
        if architecture.contains("giantopt") { members["num_attention_heads"] = .whole(16) }
        if let heads = arguments["num_heads"] { members["num_attention_heads"] = heads }
        return members
    }

    /// Refuses what the tensors contradict: the reference would not read them so.
    private func confirm(_ arguments: Settings, _ tensors: NamedTensors) throws(VisionModelsError) {
        let (layer, embeddings) = ("vit.encoder.layer.0.", "vit.embeddings.")
        func has(_ name: String) -> Bool { tensors.shape(of: name) != nil }
        let hasLateNorm = has("vit.pooled_layernorm.weight")
        for (key, isThere) in [
            ("class_token", has(embeddings + "cls_token")), ("pre_norm", has(embeddings + "layernorm.weight")),
            ("qk_norm", has(layer + "attention.query_norm.weight")), ("fc_norm", hasLateNorm),
        ] {
            guard case .boolean(let said)? = arguments[key], said != isThere else { continue }
            throw arguments.unsuitable(key, expected: "\(isThere), as the tensors have it")
        }
        if arguments["init_values"] != nil, !has(layer + "layer_scale1.lambda1") {
            throw arguments.unsuitable("init_values", expected: "nothing, as the tensors have it")
        }
        try arguments.confirm(
            "reg_tokens", is: tensors.shape(of: embeddings + "register_tokens")?.dropLast().last ?? 0)
        if let places = tensors.shape(of: embeddings + "position_embeddings")?.dropLast().last,
            case .boolean(let isBare)? = arguments["no_embed_class"], has(embeddings + "cls_token"),
            isBare != (places.squareRoot != nil)
        {
            throw arguments.unsuitable("no_embed_class", expected: "\(!isBare), as the tensors have it")
        }
        // A mean is normalised after it was taken, but in architectures that say otherwise.
        for section in [settings, arguments] where section["global_pool"] == .string("avg") {
            guard !hasLateNorm, arguments["fc_norm"] != .boolean(false), !architecture.contains("gap") else { continue }
            throw section.unsuitable("global_pool", expected: "\"token\", as the tensors have it")
        }
    }

    /// The MLPs' nonlinearity: what the arguments say, else the architecture's.
    private func activation(_ arguments: Settings) throws(VisionModelsError) -> Activation {
        if arguments["act_layer"] == .string("gelu_tanh") { return .tanhGELU }
        let hasTanh =
            architecture.contains("_siglip")
            && (architecture.contains("_patch32_") || architecture.contains("giantopt")
                || architecture.contains("so400m_patch16_")
                || architecture.hasPrefix("vit_large") && architecture.hasSuffix("_512"))
        let usual: Activation = architecture.contains("quickgelu") ? .quickGELU : hasTanh ? .tanhGELU : .gelu
        return try arguments.choice("act_layer", default: usual)
    }

    /// The keys a ResNet adds to what its tensors say, under transformers' names.
    ///
    /// - Parameter members: what those say.
    func resNetSettings(
        of members: [String: JSON], _ tensors: NamedTensors
    ) throws(VisionModelsError) -> [String: JSON] {
        if let foreign = ForeignModel(architecture: architecture) {
            throw .unsupportedModel(file: settings.file, kind: foreign.name)
        }
        // resnetaa50, resnetblur50 and the like have what leaves no trace in the tensors.
        let known = #/(tv_|gluon_|ssl_|swsl_|ig_)?(wide_|se)?resnex?t\d+[cdst]?(_\d+(x\d+d)?)?|resnet50_gn/#
        guard architecture.wholeMatch(of: known) != nil else {
            throw settings.unsuitable(
                "architecture", expected: "a resnet, resnext, seresnet or wide_resnet with its depth, such as resnet50d"
            )
        }
        guard architecture.hasSuffix("_gn") == (members["norm_groups"] != nil) else {
            let norms = members["norm_groups"] == nil ? "batch" : "group"
            throw unknownArchitecture(expected: "one of \(norms) norms, as the tensors have it")
        }
        try checkPooling("avg")
        let arguments = try settings.section("model_args")
        try arguments.follow(Self.resNetArguments)
        try arguments.confirm("in_chans", is: members["num_channels"]?.integer)
        try confirmClasses(members["num_labels"]?.integer ?? 0)
        guard arguments["layers"] == nil || arguments["layers"] == members["depths"] else {
            throw arguments.unsuitable(
                "layers", expected: "\(members["depths"]?.canonical ?? ""), as the tensors have it")
        }
        try tensors.confirmResNet(arguments)
        return try common()
    }

    /// Arguments of timm's `VisionTransformer`; other values than these would give other numbers from the same tensors.
    private static let vitArguments: [String: KeyRule] = [
        "img_size": .any, "patch_size": .any, "in_chans": .any, "num_classes": .any, "embed_dim": .any, "depth": .any,
        "num_heads": .any, "mlp_ratio": .any, "qkv_bias": .any, "act_layer": .any, "global_pool": .any,
        "drop_rate": .any, "pos_drop_rate": .any, "patch_drop_rate": .any, "proj_drop_rate": .any,
        "attn_drop_rate": .any, "drop_path_rate": .any, "weight_init": .any, "fix_init": .any, "dynamic_img_size": .any,
        "dynamic_img_pad": .any, "strict_img_size": .any,
        // What the tensors tell.
        "class_token": .any, "no_embed_class": .any, "reg_tokens": .any, "pre_norm": .any, "fc_norm": .any,
        "qk_norm": .any, "init_values": .any, "pool_include_prefix": .any,
        "pos_embed": .only([.string("learn")]), "final_norm": .only([.boolean(true)]),
        "proj_bias": .only([.boolean(true)]),
        "norm_layer": .off, "embed_norm_layer": .off, "embed_layer": .off, "block_fn": .off, "mlp_layer": .off,
        "attn_layer": .off, "scale_attn_norm": .off, "scale_mlp_norm": .off, "num_classes_dist": .off,
    ]

    /// Arguments of timm's `ResNet`.
    private static let resNetArguments: [String: KeyRule] = [
        "in_chans": .any, "num_classes": .any, "global_pool": .any, "layers": .any, "drop_rate": .any,
        "drop_path_rate": .any, "drop_block_rate": .any, "zero_init_last": .any,
        "output_stride": .only([.number("32")]),
        "act_layer": .only([.string("relu")]), "replace_stem_pool": .off,
        // What the tensors tell.
        "cardinality": .any, "base_width": .any, "stem_width": .any, "avg_down": .any,
        "stem_type": .only([.string(""), .string("deep"), .string("deep_tiered")]),
        "block_args": .only([.object([:]), .object(["attn_layer": .string("se")])]),
        "block_reduce_first": .only([.number("1")]), "down_kernel_size": .only([.number("1")]),
        "norm_layer": .off, "aa_layer": .off, "attn_layer": .off,
    ]

    /// Refuses a number of classes that the tensors contradict: none where there is no classifier.
    func confirmClasses(_ count: Int) throws(VisionModelsError) {
        let section = try settings.section("model_args")
        try (section["num_classes"] == nil ? settings : section).confirm("num_classes", is: count)
    }

    func checkPooling(_ pooling: String) throws(VisionModelsError) {
        for section in [settings, try settings.section("model_args")] {
            guard section["global_pool"] == nil || section["global_pool"] == .string(pooling) else {
                throw section.unsuitable("global_pool", expected: "\"\(pooling)\"")
            }
        }
    }

    /// The size of an image, and names of classes where the file has some.
    func common() throws(VisionModelsError) -> [String: JSON] {
        var members: [String: JSON] = [:]
        if case .array(let size)? = try pretrained["input_size"], size.count == 3 {
            members["num_channels"] = size[0]
            members["image_size"] = .array(Array(size[1...]))
        }
        for section in [settings, try pretrained] {
            guard case .array(let names)? = section["label_names"], !names.isEmpty else { continue }
            guard case .object(let descriptions)? = section["label_descriptions"] else {
                members["id2label"] = .numbered(names)
                break
            }
            members["id2label"] = .numbered(
                names.map { name in
                    guard case .string(let key) = name else { return name }
                    return descriptions[key] ?? name
                })
            break
        }
        return members
    }
}

extension JSON {
    /// `{"0": …, "1": …}`
    static func numbered(_ values: [JSON]) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: values.enumerated().map { ("\($0)", $1) }))
    }

    static func whole(_ value: Int) -> JSON { .number("\(value)") }
}
