// The names under which transformers publishes its ViT, DINOv2, DINOv3, and CLIP's and SigLIP's image towers, for
// `VisionTransformer`, which asks by those of ViTForImageClassification and, for what that has not, by DINOv2's and
// SigLIP's.

extension TensorNames {
    private static let layer = "vit.encoder.layer.#."

    /// The module names of transformers 5's `ViTForImageClassification`.
    static let transformers5ViT: TensorNames = {
        var rules: [String: Source] = [:]
        for (part, name) in [
            ("layernorm_before", "layernorm_before"), ("layernorm_after", "layernorm_after"),
            ("attention.attention.query", "attention.q_proj"), ("attention.attention.key", "attention.k_proj"),
            ("attention.attention.value", "attention.v_proj"), ("attention.output.dense", "attention.o_proj"),
            ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"),
        ] { rules[layer + part] = Source(name: "vit.layers.#." + name) }
        return TensorNames(rules)
    }()

    /// `Dinov2Model` and the one with registers. A gated MLP has gate and value stacked.
    static let dinov2: TensorNames = {
        var rules: [String: Source] = [:]
        for (part, name) in [
            ("layernorm_before", "norm1"), ("layernorm_after", "norm2"), ("intermediate.dense", "mlp.fc1"),
            ("output.dense", "mlp.fc2"), ("mlp.contract", "mlp.weights_out"),
        ] { rules[layer + part] = Source(name: layer + name) }
        for (index, part) in ["mlp.gate", "mlp.value"].enumerated() {
            rules[layer + part] = Source(name: layer + "mlp.weights_in", part: .init(index: index, of: 2))
        }
        return TensorNames(rules, idle: ["vit.embeddings.mask_token"])
    }()

    /// Their module names in transformers 5, which publishes under the older ones.
    static let transformers5Dinov2: TensorNames = {
        var rules: [String: Source] = [:]
        for (part, name) in [
            ("layernorm_before", "norm1"), ("layernorm_after", "norm2"), ("intermediate.dense", "mlp.fc1"),
            ("output.dense", "mlp.fc2"), ("mlp.gate", "mlp.gate_proj"), ("mlp.value", "mlp.up_proj"),
            ("mlp.contract", "mlp.down_proj"), ("attention.attention.query", "attention.q_proj"),
            ("attention.attention.key", "attention.k_proj"), ("attention.attention.value", "attention.v_proj"),
            ("attention.output.dense", "attention.o_proj"),
        ] { rules[layer + part] = Source(name: layer + name) }
        return TensorNames(rules, idle: ["vit.embeddings.mask_token"])
    }()

    /// `DINOv3ViTModel`.
    static let dinov3: TensorNames = {
        var rules: [String: Source] = [
            "vit.embeddings.patch_embeddings.projection": Source(name: "vit.embeddings.patch_embeddings"),
            "vit.layernorm": Source(name: "vit.norm"),
            layer + "layer_scale1.lambda1": Source(name: "vit.layer.#.layer_scale1.lambda1"),
            layer + "layer_scale2.lambda1": Source(name: "vit.layer.#.layer_scale2.lambda1"),
        ]
        for (part, name) in [
            ("layernorm_before", "norm1"), ("layernorm_after", "norm2"), ("intermediate.dense", "mlp.up_proj"),
            ("output.dense", "mlp.down_proj"), ("mlp.gate", "mlp.gate_proj"), ("mlp.value", "mlp.up_proj"),
            ("mlp.contract", "mlp.down_proj"), ("attention.attention.query", "attention.q_proj"),
            ("attention.attention.key", "attention.k_proj"), ("attention.attention.value", "attention.v_proj"),
            ("attention.output.dense", "attention.o_proj"),
        ] { rules[layer + part] = Source(name: "vit.layer.#." + name) }
        return TensorNames(rules, idle: ["vit.embeddings.mask_token"])
    }()

    /// `CLIPVisionModel`, with or without its projection.
    static let clipVision = imageTower([
        "vit.embeddings.cls_token": Source(name: "vit.embeddings.class_embedding"),
        "vit.embeddings.layernorm": Source(name: "vit.pre_layrnorm"),
        "projection": Source(name: "visual_projection"),
    ])

    /// `SiglipVisionModel`. The three products of its attention pooling are stacked.
    static let siglipVision: TensorNames = {
        var rules: [String: Source] = [:]
        for (third, part) in ["query", "key", "value"].enumerated() {
            for kind in ["weight", "bias"] {
                rules["vit.head.attention.\(part).\(kind)"] = Source(
                    name: "vit.head.attention.in_proj_\(kind)", part: .init(index: third, of: 3))
            }
        }
        return imageTower(rules)
    }()

    /// What both have.
    private static func imageTower(_ own: [String: Source]) -> TensorNames {
        var rules = own
        rules["vit.embeddings.position_embeddings"] = Source(name: "vit.embeddings.position_embedding.weight")
        rules["vit.embeddings.patch_embeddings.projection"] = Source(name: "vit.embeddings.patch_embedding")
        rules["vit.layernorm"] = Source(name: "vit.post_layernorm")
        for (part, name) in [
            ("layernorm_before", "layer_norm1"), ("layernorm_after", "layer_norm2"), ("intermediate.dense", "mlp.fc1"),
            ("output.dense", "mlp.fc2"), ("attention.attention.query", "self_attn.q_proj"),
            ("attention.attention.key", "self_attn.k_proj"), ("attention.attention.value", "self_attn.v_proj"),
            ("attention.output.dense", "self_attn.out_proj"),
        ] { rules[layer + part] = Source(name: "vit.encoder.layers.#." + name) }
        return TensorNames(rules, idle: ["vit.embeddings.position_ids"])
    }
}
