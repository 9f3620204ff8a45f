extension TensorNames {
    /// torchvision's `VisionTransformer`. Queries, keys and values are one matrix.
    static let torchvisionViT = torchvisionViT(mlp: ("mlp.0", "mlp.3"))
    /// The names its published files have, which torchvision turns into the others.
    static let publishedTorchvisionViT = torchvisionViT(mlp: ("mlp.linear_1", "mlp.linear_2"))

    private static func torchvisionViT(mlp: (expand: String, contract: String)) -> TensorNames {
        var rules: [String: Source] = [
            "vit.embeddings.cls_token": Source(name: "class_token"),
            "vit.embeddings.position_embeddings": Source(name: "encoder.pos_embedding"),
            "vit.embeddings.patch_embeddings.projection": Source(name: "conv_proj"),
            "vit.layernorm": Source(name: "encoder.ln"), "classifier": Source(name: "heads.head"),
        ]
        let (layer, own) = ("vit.encoder.layer.#.", "encoder.layers.encoder_layer_#.")
        for (third, part) in ["query", "key", "value"].enumerated() {
            for kind in ["weight", "bias"] {
                rules[layer + "attention.attention.\(part).\(kind)"] = Source(
                    name: own + "self_attention.in_proj_\(kind)", part: .init(index: third, of: 3))
            }
        }
        for (part, name) in [
            ("layernorm_before", "ln_1"), ("attention.output.dense", "self_attention.out_proj"),
            ("layernorm_after", "ln_2"), ("intermediate.dense", mlp.expand), ("output.dense", mlp.contract),
        ] { rules[layer + part] = Source(name: own + name) }
        return TensorNames(rules)
    }
}
