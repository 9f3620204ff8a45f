import Files

extension NamedTensors {
    /// The keys of a ViT's config.json, as its tensors tell them.
    func vitSettings(of family: CheckpointFamily) throws(VisionModelsError) -> [String: JSON] {
        let (layers, embeddings) = ("vit.encoder.layer", "vit.embeddings.")
        func has(_ name: String) -> Bool { shape(of: embeddings + name) != nil }
        let singles = (has("cls_token") ? 1 : 0) + (has("distillation_token") ? 1 : 0)
        let registers = shape(of: embeddings + "register_tokens")?.dropLast().last ?? 0
        var members = try patchSettings(
            patches: stemShape ?? shape(of: embeddings + "patch_embeddings.projection.weight"),
            positions: embeddings + "position_embeddings",
            before: [singles + registers, singles, 0])
        members["num_hidden_layers"] = .whole(count(of: "\(layers).#.layernorm_before.weight"))
        // SigLIP 2's largest is as wide as DINOv2's, with fewer heads.
        if shape(of: "vit.head.probe")?.last == 1536 { members["num_attention_heads"] = .whole(16) }
        let classifier = shape(of: "classifier.weight") ?? shape(of: "cls_classifier.weight")
        members["num_labels"] = .whole(classifier?.first ?? 0)
        members["qkv_bias"] = .boolean(shape(of: layers + ".0.attention.attention.query.bias") != nil)
        let (type, epsilon): (String, String) =
            switch family {
            case .huggingFaceCLIPVision: ("clip_vision_model", "1e-5")
            case .huggingFaceSigLIPVision: ("siglip_vision_model", "1e-6")
            case .huggingFaceDinov2, .transformers5Dinov2:
                (registers > 0 ? "dinov2_with_registers" : "dinov2", "1e-6")
            case .huggingFaceDinov3: ("dinov3_vit", "1e-5")
            // Of timm's, those with a norm before the blocks are CLIP's.
            case .timmViT: ("vit", has("layernorm.weight") ? "1e-5" : "1e-6")
            case .timmEVA, .timmEVAFused, .timmViTStem, .publishedDinov2, .torchvisionViT, .publishedTorchvisionViT:
                ("vit", "1e-6")
            default: (has("distillation_token") ? "deit" : "vit", "1e-12")
            }
        members["model_type"] = .string(type)
        members["layer_norm_eps"] = .number(epsilon)
        return members
    }

    /// Width, heads, channels, the size of a patch and, if images are square, of an image.
    ///
    /// Heads leave no trace in the tensors: they are those of the published models of that width (ViT-Ti to ViT-G).
    ///
    /// - Parameter before: how many of the positions may be those of tokens before the patches, likeliest first.
    func patchSettings(
        patches: [Int]?, positions: String, before: [Int] = [1]
    ) throws(VisionModelsError) -> [String: JSON] {
        let file = checkpoint.file
        guard let patches, patches.count == 4, patches[2] == patches[3], patches[2] > 0 else {
            throw .uninferable(file: file, key: "patch_size")
        }
        let (width, channels, patch) = (patches[0], patches[1], patches[2])
        var members: [String: JSON] = [
            "hidden_size": .whole(width), "num_channels": .whole(channels), "patch_size": .whole(patch),
        ]
        let usual = [192: 3, 384: 6, 512: 8, 768: 12, 1024: 16, 1152: 16, 1280: 16, 1408: 16, 1536: 24, 1664: 16]
        if let heads = usual[width] {
            members["num_attention_heads"] = .whole(heads)
        }
        // Without positions, they are turned, and images of any size will do.
        guard let places = shape(of: positions)?.dropLast().last else { return members }
        guard places > 1 else { throw .uninferable(file: file, key: "patch_size") }
        if let side = before.lazy.compactMap({ (places - $0).squareRoot }).first {
            members["image_size"] = .whole(side * patch)
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
    var squareRoot: Int? {
        let root = Int(Double(self).squareRoot().rounded())
        return root * root == self ? root : nil
    }
}
