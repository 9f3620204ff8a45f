/// A kind of network this program can run.
package enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    /// As in `model_type` of transformers' config.json.
    case vit, resnet, clip
}

/// A naming under which checkpoints of an architecture are published.
package enum CheckpointFamily: String, Sendable, Hashable, Codable, CaseIterable {
    case huggingFaceViT = "Hugging Face ViT"
    /// A state_dict of transformers 5, which publishes under the older names.
    case transformers5ViT = "transformers 5 ViT"
    case timmViT = "timm ViT"
    case huggingFaceResNet = "Hugging Face ResNet"
    case torchvisionResNet = "torchvision and timm ResNet"
    case huggingFaceCLIP = "Hugging Face CLIP"
    case openCLIP = "OpenAI and open_clip CLIP"

    package var architecture: Architecture {
        switch self {
        case .huggingFaceViT, .transformers5ViT, .timmViT: .vit
        case .huggingFaceResNet, .torchvisionResNet: .resnet
        case .huggingFaceCLIP, .openCLIP: .clip
        }
    }

    var names: TensorNames {
        switch self {
        case .huggingFaceViT, .huggingFaceResNet, .huggingFaceCLIP: .huggingFace
        case .transformers5ViT: .transformers5ViT
        case .timmViT: .timmViT
        case .torchvisionResNet: .torchvisionResNet
        case .openCLIP: .openCLIP
        }
    }

    /// Tensors that all of the family have and none of another.
    private var landmarks: [String] {
        switch self {
        case .huggingFaceViT: ["vit.encoder.layer.0.layernorm_before.weight"]
        case .transformers5ViT: ["vit.layers.0.layernorm_before.weight"]
        case .timmViT: ["patch_embed.proj.weight", "blocks.0.norm1.weight"]
        case .huggingFaceResNet: ["resnet.embedder.embedder.convolution.weight"]
        case .torchvisionResNet: ["bn1.weight", "layer1.0.conv1.weight"]
        case .huggingFaceCLIP: ["vision_model.embeddings.patch_embedding.weight"]
        case .openCLIP: ["visual.conv1.weight"]
        }
    }

    /// The family whose names these are; nil where they are none's.
    init?(of checkpoint: Checkpoint) {
        let known = Self.allCases.first { family in
            family.landmarks.allSatisfy { checkpoint.shape(of: $0) != nil }
        }
        guard let known else { return nil }
        self = known
    }

    /// Transformers' own family of an architecture.
    init(huggingFace architecture: Architecture) {
        switch architecture {
        case .vit: self = .huggingFaceViT
        case .resnet: self = .huggingFaceResNet
        case .clip: self = .huggingFaceCLIP
        }
    }
}
