/// A kind of network this program can run.
package enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    case vit, resnet, resnetv2, efficientnet, convnext, clip, siglip

    /// Whether its attention has heads, of which tensors do not tell how many.
    var hasHeads: Bool { self == .vit || hasTexts }

    /// Whether it has a tower for texts beside that for images, and no classes of its own.
    package var hasTexts: Bool { self == .clip || self == .siglip }

    /// Of transformers' `model_type`; nil where it is another.
    init?(modelType: String) {
        switch modelType {
        case "vit", "deit", "dinov2", "dinov2_with_registers", "dinov3_vit", "clip_vision_model",
            "siglip_vision_model":
            self = .vit
        case "resnet": self = .resnet
        case "bit": self = .resnetv2
        case "efficientnet": self = .efficientnet
        case "convnext", "convnextv2": self = .convnext
        case "clip": self = .clip
        case "siglip": self = .siglip
        default: return nil
        }
    }
}

/// A naming under which checkpoints of an architecture are published.
package enum CheckpointFamily: String, Sendable, Hashable, Codable, CaseIterable {
    /// With DeiT, whose names are the same.
    case huggingFaceViT = "Hugging Face ViT"
    /// A state_dict of transformers 5, which publishes under the older names.
    case transformers5ViT = "transformers 5 ViT"
    case huggingFaceDinov2 = "Hugging Face DINOv2"
    case transformers5Dinov2 = "transformers 5 DINOv2"
    case huggingFaceDinov3 = "Hugging Face DINOv3"
    case publishedDinov2 = "DINOv2"
    case timmViT = "timm ViT"
    case torchvisionViT = "torchvision ViT"
    case publishedTorchvisionViT = "torchvision ViT, as published"
    case huggingFaceResNet = "Hugging Face ResNet"
    case torchvisionResNet = "torchvision and timm ResNet"
    case huggingFaceBiT = "Hugging Face BiT"
    case timmResNetV2 = "timm ResNetV2"
    case huggingFaceEfficientNet = "Hugging Face EfficientNet"
    /// With MobileNetV2.
    case timmEfficientNet = "timm EfficientNet"
    /// Of the packages `efficientnet_pytorch` and `efficientnet_lite_pytorch`.
    case publishedEfficientNet = "EfficientNet, as published for PyTorch"
    case huggingFaceConvNeXt = "Hugging Face ConvNeXt"
    case huggingFaceConvNeXt2 = "Hugging Face ConvNeXt V2"
    case timmConvNeXt = "timm ConvNeXt"
    /// Whose last norm comes before the mean.
    case timmConvNeXtNormFirst = "timm ConvNeXt, norm first"
    case torchvisionConvNeXt = "torchvision ConvNeXt"
    /// Before CLIP, whose names are among its own.
    case huggingFaceSigLIP = "Hugging Face SigLIP"
    case huggingFaceCLIP = "Hugging Face CLIP"
    case openCLIPResNet = "OpenAI and open_clip CLIP, ResNet for images"
    case openCLIP = "OpenAI and open_clip CLIP"
    case huggingFaceCLIPVision = "Hugging Face CLIP, image tower"
    case huggingFaceSigLIPVision = "Hugging Face SigLIP, image tower"

    package var architecture: Architecture {
        switch self {
        case .huggingFaceViT, .transformers5ViT, .huggingFaceDinov2, .transformers5Dinov2, .huggingFaceDinov3,
            .publishedDinov2, .timmViT, .torchvisionViT, .publishedTorchvisionViT, .huggingFaceCLIPVision,
            .huggingFaceSigLIPVision:
            .vit
        case .huggingFaceResNet, .torchvisionResNet: .resnet
        case .huggingFaceBiT, .timmResNetV2: .resnetv2
        case .huggingFaceEfficientNet, .timmEfficientNet, .publishedEfficientNet: .efficientnet
        case .huggingFaceConvNeXt, .huggingFaceConvNeXt2, .timmConvNeXt, .timmConvNeXtNormFirst, .torchvisionConvNeXt:
            .convnext
        case .huggingFaceCLIP, .openCLIP, .openCLIPResNet: .clip
        case .huggingFaceSigLIP: .siglip
        }
    }

    /// The nonlinearity of its MLPs where nobody says.
    var usualActivation: Activation {
        switch self {
        case .huggingFaceCLIP, .openCLIP, .openCLIPResNet, .huggingFaceCLIPVision: .quickGELU
        case .huggingFaceSigLIP, .huggingFaceSigLIPVision: .tanhGELU
        default: .gelu
        }
    }

    var names: TensorNames {
        switch self {
        case .huggingFaceViT, .huggingFaceCLIP, .huggingFaceEfficientNet, .timmEfficientNet, .publishedEfficientNet,
            .huggingFaceSigLIP:
            .huggingFace
        case .huggingFaceResNet: TensorNames([:], root: "resnet.")
        case .huggingFaceBiT: TensorNames([:], root: "bit.")
        case .timmResNetV2: .timmResNetV2
        case .huggingFaceConvNeXt: TensorNames([:], root: "convnext.")
        case .huggingFaceConvNeXt2: .transformersConvNeXt2
        case .timmConvNeXt: .timmConvNeXt
        case .timmConvNeXtNormFirst: .timmConvNeXtNormFirst
        case .torchvisionConvNeXt: .torchvisionConvNeXt
        case .transformers5ViT: .transformers5ViT
        case .huggingFaceDinov2: .dinov2
        case .transformers5Dinov2: .transformers5Dinov2
        case .huggingFaceDinov3: .dinov3
        case .publishedDinov2: .publishedDinov2
        case .timmViT: .timmViT
        case .torchvisionViT: .torchvisionViT
        case .publishedTorchvisionViT: .publishedTorchvisionViT
        case .huggingFaceCLIPVision: .clipVision
        case .huggingFaceSigLIPVision: .siglipVision
        case .torchvisionResNet: .torchvisionResNet
        case .openCLIP: .openCLIP
        case .openCLIPResNet: .openCLIPResNet
        }
    }

    /// What may stand before the names of a model that is a part of another, or nothing where it stands alone.
    var roots: [String] {
        switch self {
        case .huggingFaceViT, .transformers5ViT: ["vit.", "deit.", ""]
        case .huggingFaceDinov2, .transformers5Dinov2: ["dinov2.", "dinov2_with_registers.", ""]
        case .huggingFaceDinov3: ["dinov3_vit.", ""]
        case .huggingFaceCLIPVision, .huggingFaceSigLIPVision: ["vision_model.", ""]
        case .huggingFaceResNet, .huggingFaceBiT, .huggingFaceConvNeXt, .huggingFaceConvNeXt2: [names.ownRoot, ""]
        default: [names.ownRoot]
        }
    }

    /// Whether its names are told apart from those of a model that is a part of another.
    var mayBeAlone: Bool { roots.contains("") }

    /// Tensors that all of the family have and none of another.
    var landmarks: [String] {
        switch self {
        case .huggingFaceViT: ["vit.encoder.layer.0.layernorm_before.weight"]
        case .transformers5ViT: ["vit.layers.0.layernorm_before.weight"]
        case .huggingFaceDinov2:
            ["vit.encoder.layer.0.norm1.weight", "vit.encoder.layer.0.attention.output.dense.weight"]
        case .transformers5Dinov2: ["vit.encoder.layer.0.norm1.weight", "vit.encoder.layer.0.attention.o_proj.weight"]
        case .huggingFaceDinov3: ["vit.layer.0.norm1.weight", "vit.embeddings.register_tokens"]
        case .publishedDinov2: ["patch_embed.proj.weight", "blocks.0.norm1.weight", "mask_token"]
        case .timmViT: ["patch_embed.proj.weight", "blocks.0.norm1.weight"]
        case .torchvisionViT: ["conv_proj.weight", "encoder.layers.encoder_layer_0.mlp.0.weight"]
        case .publishedTorchvisionViT: ["conv_proj.weight", "encoder.layers.encoder_layer_0.mlp.linear_1.weight"]
        case .huggingFaceResNet: ["resnet.embedder.embedder.convolution.weight"]
        case .torchvisionResNet: ["bn1.weight", "layer1.0.conv1.weight"]
        case .huggingFaceBiT: ["bit.embedder.convolution.weight", "bit.norm.weight"]
        case .timmResNetV2: ["stages.0.blocks.0.norm1.weight", "stages.0.blocks.0.conv1.weight", "norm.weight"]
        case .huggingFaceConvNeXt:
            ["convnext.embeddings.patch_embeddings.weight", "convnext.encoder.stages.0.layers.0.layer_scale_parameter"]
        case .huggingFaceConvNeXt2:
            ["convnextv2.embeddings.patch_embeddings.weight", "convnextv2.encoder.stages.0.layers.0.grn.weight"]
        case .timmConvNeXt: ["stem.0.weight", "stages.0.blocks.0.conv_dw.weight", "head.norm.weight"]
        case .timmConvNeXtNormFirst: ["stem.0.weight", "stages.0.blocks.0.conv_dw.weight", "norm_pre.weight"]
        case .torchvisionConvNeXt: ["features.0.0.weight", "features.1.0.layer_scale"]
        case .huggingFaceEfficientNet: ["efficientnet.embeddings.convolution.weight"]
        case .timmEfficientNet: ["conv_stem.weight", "blocks.0.0.bn1.weight", "conv_head.weight", "bn2.weight"]
        case .publishedEfficientNet: ["_conv_stem.weight", "_blocks.0._depthwise_conv.weight"]
        case .huggingFaceCLIP:
            ["vision_model.embeddings.patch_embedding.weight", "text_model.embeddings.token_embedding.weight"]
        case .huggingFaceSigLIP: ["vision_model.post_layernorm.weight", "text_model.head.weight"]
        case .openCLIP: ["visual.conv1.weight"]
        case .openCLIPResNet: ["visual.layer1.0.conv1.weight", "visual.attnpool.positional_embedding"]
        case .huggingFaceCLIPVision: ["vit.embeddings.class_embedding", "vit.embeddings.patch_embedding.weight"]
        case .huggingFaceSigLIPVision: ["vit.embeddings.patch_embedding.weight", "vit.post_layernorm.weight"]
        }
    }

    /// The family whose names these are, and what stands before a model's names; nil where they are none's.
    static func find(in checkpoint: Checkpoint) -> (family: CheckpointFamily, root: String)? {
        for family in allCases {
            let root = family.roots.first { root in
                let names = family.names.rooted(at: root)
                return family.landmarks.allSatisfy { checkpoint.shape(of: names.rooted($0)) != nil }
            }
            if let root { return (family, root) }
        }
        return nil
    }

    /// The family whose names these are; nil where they are none's.
    init?(of checkpoint: Checkpoint) {
        guard let (family, _) = Self.find(in: checkpoint) else { return nil }
        self = family
    }

    /// Transformers' own family of an architecture.
    init(huggingFace architecture: Architecture) {
        switch architecture {
        case .vit: self = .huggingFaceViT
        case .resnet: self = .huggingFaceResNet
        case .resnetv2: self = .huggingFaceBiT
        case .efficientnet: self = .huggingFaceEfficientNet
        case .convnext: self = .huggingFaceConvNeXt
        case .clip: self = .huggingFaceCLIP
        case .siglip: self = .huggingFaceSigLIP
        }
    }
}

extension Checkpoint {
    /// The checkpoint as a model's: under its own names where a family has such, else without what wraps them.
    func asOfModel() -> Checkpoint { CheckpointFamily.find(in: self) == nil ? unwrapped() : self }
}
