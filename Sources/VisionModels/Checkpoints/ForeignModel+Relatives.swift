extension ForeignModel {
    /// What is run here and is most like a kind that is not, as people call it.
    package static func relatives(of kind: String) -> String? {
        relatives.first { kind.hasPrefix($0.kind) }?.runs
    }

    private static let relatives: [(kind: String, runs: String)] = [
        ("DINOv3's ConvNeXt", "DINOv3's ViT, and the ConvNeXt of transformers, timm and torchvision"),
        ("BEiT", "ViT, DeiT and DINOv2"),
        ("Swin", "ViT and ConvNeXt"),
        (
            "ConvNeXt under the names of its authors",
            "the same weights as timm, torchvision and transformers publish them"
        ),
        (
            "SigLIP 2 for images of any aspect",
            "SigLIP 2 for images of one size (siglip2-base-patch16-224 and the like)"
        ),
        ("a SigLIP of open_clip", "the same model as transformers publishes it, and its image tower as timm does"),
        ("CoCa", "CLIP of open_clip"),
        ("a CLIP with", "CLIP with a ViT or OpenAI's ResNet for images (ViT-B-32, RN50 and the like)"),
        ("BLIP", "CLIP and SigLIP"),
        ("a masked autoencoder", "its encoder alone, as timm's vit_base_patch16_224.mae"),
        ("EVA", "timm's vit_*_clip_*, and DINOv2"),
        ("CaiT", "DeiT and DeiT III"),
        ("torchvision's EfficientNet", "the EfficientNet of timm and transformers"),
        ("MobileNetV3", "timm's mobilenetv2_* and tf_efficientnet_lite*"),
        ("MobileNet", "timm's mobilenetv2_* and tf_efficientnet_lite*"),
        ("RegNet", "ResNet and ResNeXt"),
        ("DenseNet", "ResNet"), ("Inception", "ResNet"), ("VGG", "ResNet"),
        ("SAM", "ViT and DINOv2"),
        ("LeViT", "ViT and DeiT"), ("PVT", "ViT and ConvNeXt"), ("MLP-Mixer", "ViT"),
        ("a GGUF file", "the safetensors or PyTorch file of the same model"),
        ("an HDF5 file", "the safetensors or PyTorch file of the same model"),
        ("an ONNX file", "the safetensors or PyTorch file of the same model"),
        ("a TensorFlow Lite file", "the safetensors or PyTorch file of the same model"),
        ("a msgpack file", "the safetensors or PyTorch file of the same model"),
    ]
}
