import Files

extension TensorNames {
    /// OpenAI's CLIP, and open_clip's of the same design. Queries, keys and values are one matrix; projections have inputs
    /// before outputs.
    static let openCLIP: TensorNames = {
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
                        name: block + "attn.in_proj_\(kind)", third: third)
                }
            }
            for (part, own) in [
                ("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"),
                ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
            ] { rules[layer + part] = Source(name: block + own) }
        }
        return TensorNames(rules, idle: ["attn_mask", "input_resolution", "context_length", "vocab_size"])
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
    func sections() throws(VisionModelsError) -> (vision: [String: JSON], text: [String: JSON]) {
        let (vision, text) = (try model.section("vision_cfg"), try model.section("text_cfg"))
        // Other towers, and choices that leave no trace in the tensors.
        for (section, key) in [
            (vision, "timm_model_name"), (text, "hf_model_name"), (vision, "act_kwargs"), (text, "act_kwargs"),
        ] where section[key] != nil {
            throw section.unsuitable(key, expected: "nothing")
        }
        for (section, key, value) in [(vision, "pool_type", "tok"), (text, "pool_type", "argmax")]
        where section[key] != nil && section[key] != .string(value) {
            throw section.unsuitable(key, expected: "\"\(value)\"")
        }
        let isQuick = try model.flag("quick_gelu", default: false)
        let activation = JSON.string((isQuick ? Activation.quickGELU : .gelu).rawValue)
        var (visionMembers, textMembers) = (["hidden_act": activation], ["hidden_act": activation])
        if vision["image_size"] != nil { visionMembers["image_size"] = vision["image_size"] }
        if vision["head_width"] != nil || vision["width"] != nil {
            let width = try vision.count("width", default: 768)
            visionMembers["num_attention_heads"] = .whole(width / (try vision.count("head_width", default: 64)))
        }
        if text["heads"] != nil { textMembers["num_attention_heads"] = text["heads"] }
        return (visionMembers, textMembers)
    }
}

extension NamedTensors {
    /// The keys of a CLIP's config.json, as its tensors tell them.
    func clipSettings() throws(VisionModelsError) -> (vision: [String: JSON], text: [String: JSON], dimension: Int) {
        let file = checkpoint.file
        var vision = try patchSettings(
            patches: "vision_model.embeddings.patch_embedding.weight",
            positions: "vision_model.embeddings.position_embedding.weight")
        vision.merge(try encoderSettings("vision_model.encoder.layers", mlp: "mlp.fc1.weight")) { $1 }
        guard let vocabulary = shape(of: "text_model.embeddings.token_embedding.weight"), vocabulary.count == 2,
            let positions = shape(of: "text_model.embeddings.position_embedding.weight")?.first
        else { throw .uninferable(file: file, key: "text_config.vocab_size") }
        guard let dimension = shape(of: "visual_projection.weight")?.first else {
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
}
