import Files

extension NamedTensors {
    /// The keys of a ViT's config.json, as its tensors tell them.
    func vitSettings() throws(VisionModelsError) -> [String: JSON] {
        let layers = "vit.encoder.layer"
        var members = try patchSettings(
            patches: "vit.embeddings.patch_embeddings.projection.weight",
            positions: "vit.embeddings.position_embeddings")
        members.merge(try encoderSettings(layers, mlp: "intermediate.dense.weight")) { $1 }
        guard let classes = shape(of: "classifier.weight")?.first else {
            throw .missingTensor(
                file: checkpoint.file, tensor: names.source(of: "classifier.weight").name, expected: [])
        }
        members["model_type"] = .string("vit")
        members["num_labels"] = .whole(classes)
        members["qkv_bias"] = .boolean(shape(of: layers + ".0.attention.attention.query.bias") != nil)
        return members
    }

    /// Width, heads, channels, the size of a patch and, if images are square, of an image.
    ///
    /// Heads leave no trace in the tensors: they are those of the published models of that width (ViT-Ti to ViT-G).
    func patchSettings(patches: String, positions: String) throws(VisionModelsError) -> [String: JSON] {
        let file = checkpoint.file
        guard let patches = shape(of: patches), patches.count == 4, patches[2] == patches[3], patches[2] > 0,
            let tokens = shape(of: positions)?.dropLast().last, tokens > 1
        else { throw .uninferable(file: file, key: "patch_size") }
        let (width, channels, patch) = (patches[0], patches[1], patches[2])
        var members: [String: JSON] = [
            "hidden_size": .whole(width), "num_channels": .whole(channels), "patch_size": .whole(patch),
        ]
        if let heads = [192: 3, 384: 6, 512: 8, 768: 12, 1024: 16, 1280: 16, 1408: 16, 1664: 16][width] {
            members["num_attention_heads"] = .whole(heads)
        }
        if let side = (tokens - 1).squareRoot {
            members["image_size"] = .whole(side * patch)
        } else if tokens.squareRoot != nil {
            throw .unsupportedVariant(file: file, "no position embedding for the class token (no_embed_class)")
        }
        return members
    }

    /// Blocks, and the width of their MLPs.
    func encoderSettings(_ layers: String, mlp: String) throws(VisionModelsError) -> [String: JSON] {
        guard let hidden = shape(of: "\(layers).0.\(mlp)")?.first else {
            throw .uninferable(file: checkpoint.file, key: "num_hidden_layers")
        }
        return [
            "num_hidden_layers": .whole(count(of: "\(layers).#.\(mlp)")), "intermediate_size": .whole(hidden),
        ]
    }
}

extension Int {
    /// The whole number whose square this is, if there is one.
    fileprivate var squareRoot: Int? {
        let root = Int(Double(self).squareRoot().rounded())
        return root * root == self ? root : nil
    }
}
