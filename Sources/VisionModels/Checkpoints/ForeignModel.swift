import Foundation

/// Kinds of models that are often at hand and not run here, so that a refusal names them and not the first tensor that is
/// amiss.
package struct ForeignModel {
    /// As people call it: `BEiT`.
    let name: String

    private struct Kind {
        let name: String
        /// Tensors one of which tells it; several joined by a space are all needed.
        let tensors: [String]
        /// As in transformers' `model_type`.
        var types: [String] = []
        /// What timm's names of architectures contain.
        var architectures: [String] = []
    }

    /// The more special first.
    private static let kinds: [Kind] = [
        Kind(name: "DINOv3's ConvNeXt", tensors: [], types: ["dinov3_convnext"], architectures: ["dinov3"]),
        Kind(
            name: "BEiT",
            tensors: [
                "beit.embeddings.cls_token", "rel_pos_bias.relative_position_bias_table",
                "cls_token blocks.0.attn.relative_position_bias_table",
                "cls_token blocks.0.attn.q_bias blocks.0.gamma_1",
            ], types: ["beit", "data2vec-vision"], architectures: ["beit"]),
        Kind(
            name: "Swin",
            tensors: [
                "swin.embeddings.patch_embeddings.projection.weight",
                "swinv2.embeddings.patch_embeddings.projection.weight",
                "layers.0.blocks.0.attn.relative_position_bias_table", "layers.0.blocks.0.attn.logit_scale",
                "features.1.0.attn.relative_position_bias_table",
            ], types: ["swin", "swinv2"], architectures: ["swin"]),
        Kind(
            name: "ConvNeXt under the names of its authors",
            tensors: ["downsample_layers.0.0.weight"]),
        Kind(
            name: "SigLIP 2 for images of any aspect (NaFlex)", tensors: [],
            types: ["siglip2", "siglip2_vision_model"],
            architectures: ["naflex"]),
        Kind(name: "a SigLIP of open_clip", tensors: ["visual.trunk.attn_pool.latent"]),
        Kind(name: "CoCa", tensors: ["text_decoder.resblocks.0.attn.in_proj_weight"]),
        Kind(name: "a CLIP with one of timm's networks for images", tensors: ["visual.trunk.patch_embed.proj.weight"]),
        Kind(
            name: "BLIP", tensors: ["vision_model.encoder.layers.0.self_attn.qkv.weight"], types: ["blip", "blip-2"]),
        Kind(
            name: "a masked autoencoder (MAE)", tensors: ["decoder_embed.weight", "decoder.decoder_embed.weight"],
            types: ["vit_mae"]),
        Kind(
            name: "EVA", tensors: ["cls_token blocks.0.attn.q_proj.weight", "blocks.0.mlp.fc1_g.weight"],
            architectures: ["eva"]),
        Kind(name: "CaiT", tensors: ["blocks_token_only.0.gamma_1"], architectures: ["cait"]),
        Kind(
            name: "torchvision's EfficientNet", tensors: ["features.1.0.block.0.0.weight features.1.0.block.0.1.weight"]
        ),
        Kind(name: "MobileNetV3", tensors: ["conv_stem.weight conv_head.bias"], architectures: ["mobilenetv3"]),
        Kind(
            name: "RegNet", tensors: ["regnet.embedder.embedder.convolution.weight", "s1.b1.conv1.conv.weight"],
            types: ["regnet"], architectures: ["regnet"]),
        Kind(
            name: "MobileNet", tensors: [], types: ["mobilenet_v1", "mobilenet_v2"],
            architectures: ["mobilenetv1", "mobilenetv4"]),
        Kind(name: "DenseNet", tensors: ["features.denseblock1.denselayer1.conv1.weight"], architectures: ["densenet"]),
        Kind(name: "Inception", tensors: ["Mixed_5b.branch1x1.conv.weight", "inception3a.branch1.conv.weight"]),
        Kind(name: "VGG or AlexNet", tensors: ["features.0.weight classifier.6.weight"], architectures: ["vgg"]),
        Kind(name: "SAM", tensors: ["image_encoder.patch_embed.proj.weight"], types: ["sam"]),
        Kind(name: "LeViT", tensors: [], types: ["levit"], architectures: ["levit"]),
        Kind(name: "PVT", tensors: [], types: ["pvt", "pvt_v2"], architectures: ["pvt"]),
        Kind(name: "MLP-Mixer", tensors: ["blocks.0.mlp_tokens.fc1.weight"], architectures: ["mixer"]),
    ]

    /// A file of another format, by how it begins or is called; nil where it is none that is known.
    init?(file: URL) {
        guard let handle = try? FileHandle(forReadingFrom: file), let start = try? handle.read(upToCount: 8) else {
            return nil
        }
        switch (file.pathExtension.lowercased(), [UInt8](start)) {
        case (_, let bytes) where bytes.starts(with: Array("GGUF".utf8)): name = "a GGUF file (of llama.cpp's kind)"
        case (_, let bytes) where bytes.starts(with: [0x89, 0x48, 0x44, 0x46]): name = "an HDF5 file (of Keras)"
        case ("onnx", _): name = "an ONNX file"
        case ("tflite", _): name = "a TensorFlow Lite file"
        case ("msgpack", _): name = "a msgpack file (of Flax)"
        default: return nil
        }
    }

    /// The first file of such a format in a folder.
    static func first(inFolder folder: URL) -> (file: URL, model: ForeignModel)? {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return names.lazy.compactMap { name in
            let file = folder.appending(path: name)
            return ForeignModel(file: file).map { (file, $0) }
        }.first
    }

    /// Nil where the tensors are of none of these.
    init?(tensorsOf checkpoint: Checkpoint) {
        let known = Self.kinds.first { kind in
            kind.tensors.contains { names in
                names.split(separator: " ").allSatisfy { checkpoint.shape(of: String($0)) != nil }
            }
        }
        guard let known else { return nil }
        name = known.name
    }

    /// What transformers calls the model, where it is not run here.
    init?(modelType: String) {
        guard let known = Self.kinds.first(where: { $0.types.contains(modelType) }) else { return nil }
        name = known.name
    }

    /// What timm calls the model.
    init?(architecture: String) {
        let known = Self.kinds.first { $0.architectures.contains { architecture.contains($0) } }
        guard let known else { return nil }
        name = known.name
    }
}
