import Files

extension TensorNames {
    /// timm's `VisionTransformer`. Queries, keys and values are one matrix.
    static let timmViT: TensorNames = {
        var rules: [String: Source] = [
            "vit.embeddings.cls_token": Source(name: "cls_token"),
            "vit.embeddings.position_embeddings": Source(name: "pos_embed"),
            "vit.embeddings.patch_embeddings.projection": Source(name: "patch_embed.proj"),
            "vit.layernorm": Source(name: "norm"),
            "classifier": Source(name: "head"),
        ]
        let layer = "vit.encoder.layer.#."
        for (third, part) in ["query", "key", "value"].enumerated() {
            rules[layer + "attention.attention." + part] = Source(name: "blocks.#.attn.qkv", third: third)
        }
        for (part, own) in [
            ("layernorm_before", "norm1"), ("attention.output.dense", "attn.proj"), ("layernorm_after", "norm2"),
            ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"),
        ] { rules[layer + part] = Source(name: "blocks.#." + own) }
        return TensorNames(rules)
    }()
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

    /// The keys a ViT adds to what its tensors say, under transformers' names.
    func vitSettings() throws(VisionModelsError) -> [String: JSON] {
        // Others share the names of the tensors but not what is done with them.
        guard architecture.hasPrefix("vit_") || architecture.hasPrefix("deit_"), !architecture.contains("_rpn_") else {
            throw settings.unsuitable("architecture", expected: "a plain vit_… or deit_…")
        }
        try checkPooling("token")
        let activation: Activation = architecture.contains("quickgelu") ? .quickGELU : .gelu
        var members = try common()
        members["hidden_act"] = .string(activation.rawValue)
        if let heads = try settings.section("model_args")["num_heads"] { members["num_attention_heads"] = heads }
        return members
    }

    /// The keys a ResNet adds to what its tensors say, under transformers' names.
    func resNetSettings() throws(VisionModelsError) -> [String: JSON] {
        // resnet50d, resnetaa50 and the like have other stems and shortcuts, some without a trace in the tensors.
        let depth = architecture.trimmingPrefix("tv_").trimmingPrefix("resnet")
        guard architecture.contains("resnet"), Int(depth) != nil else {
            throw settings.unsuitable("architecture", expected: "resnet with its depth, such as resnet50")
        }
        try checkPooling("avg")
        return try common()
    }

    private func checkPooling(_ pooling: String) throws(VisionModelsError) {
        for section in [settings, try settings.section("model_args")] {
            guard section["global_pool"] == nil || section["global_pool"] == .string(pooling) else {
                throw section.unsuitable("global_pool", expected: "\"\(pooling)\"")
            }
        }
    }

    /// The size of an image, and names of classes where the file has some.
    private func common() throws(VisionModelsError) -> [String: JSON] {
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
