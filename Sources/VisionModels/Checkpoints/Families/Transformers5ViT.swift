extension TensorNames {
    /// The module names of transformers 5's `ViTForImageClassification`.
    static let transformers5ViT: TensorNames = {
        let (layer, own) = ("vit.encoder.layer.#.", "vit.layers.#.")
        var rules: [String: Source] = [:]
        for (part, name) in [
            ("layernorm_before", "layernorm_before"), ("layernorm_after", "layernorm_after"),
            ("attention.attention.query", "attention.q_proj"), ("attention.attention.key", "attention.k_proj"),
            ("attention.attention.value", "attention.v_proj"), ("attention.output.dense", "attention.o_proj"),
            ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2"),
        ] { rules[layer + part] = Source(name: own + name) }
        return TensorNames(rules)
    }()
}
