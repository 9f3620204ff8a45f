import Files
import LinearAlgebra

extension TensorNames {
    /// timm's `FastVit`, by whose names it is asked for here.
    static let timmFastViT = TensorNames(["classifier": Source(name: "head.fc")])
}

/// What the tensors of a FastViT tell of it.
struct FastViTLayout {
    let input: ImageShape
    /// One a stage.
    let widths, depths: [Int]
    let classes: [String]
    /// Behind the large convolutions: MobileCLIP's have GELU there, the others' weights were trained without.
    let gatedActivation: Pointwise

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let (settings, tensors) = (files.settings, files.tensors)
        let size = try settings.size("image_size", default: 256)
        input = ImageShape(
            channels: try settings.count("num_channels", default: 3), height: size.height, width: size.width)
        var (widths, depths): ([Int], [Int]) = ([], [])
        while let shape = tensors.shape(of: "stages.\(widths.count).blocks.0.mlp.fc1.weight"), shape.count == 4 {
            depths.append(tensors.count(of: "stages.\(widths.count).blocks.#.mlp.fc1.weight"))
            widths.append(shape[1])
        }
        guard widths.count == 4 else {
            throw .unsupportedModel(file: files.checkpoint.file, kind: "a FastViT of \(widths.count) stages")
        }
        (self.widths, self.depths) = (widths, depths)
        // Attention's heads are 32 wide.
        for stage in widths.indices
        where tensors.shape(of: "stages.\(stage).blocks.0.token_mixer.qkv.weight") != nil && widths[stage] % 32 != 0 {
            throw .uninferable(file: files.checkpoint.file, key: "num_attention_heads")
        }
        let least = 4 << (widths.count - 1)
        guard input.height >= least, input.width >= least else {
            throw settings.unsuitable("image_size", expected: "at least \(least), which the stages divide by")
        }
        classes = tensors.shape(of: "classifier.weight") == nil ? [] : try settings.classes()
        gatedActivation = tensors.isMobileCLIP ? .gelu : .identity
    }
}

extension NamedTensors {
    /// Whether a FastViT is one of MobileCLIP's, which alone have gates between their stages.
    var isMobileCLIP: Bool { shape(of: "stages.2.downsample.proj.0.se.fc1.weight") != nil }

    /// The keys of a FastViT's configuration, as its tensors tell them.
    func fastViTSettings() -> [String: JSON] {
        [
            "model_type": .string("fastvit"), "num_labels": .whole(shape(of: "classifier.weight")?.first ?? 0),
            "image_size": .whole(256),
            "num_channels": .whole(
                (shape(of: "stem.0.conv_kxk.0.conv.weight") ?? shape(of: "stem.0.reparam_conv.weight"))?[1] ?? 3),
        ]
    }
}

extension TimmConfiguration {
    /// The keys a FastViT adds to what its tensors say.
    func fastViTSettings(of tensors: [String: JSON], _ found: NamedTensors) throws(VisionModelsError) -> [String: JSON]
    {
        let known = found.isMobileCLIP ? #/fastvit_mci[0-2]/# : #/fastvit_(?:t8|t12|s12|sa12|sa24|sa36|ma36)/#
        guard architecture.wholeMatch(of: known) != nil else {
            throw unknownArchitecture(
                expected: found.isMobileCLIP ? "fastvit_mci0, 1 or 2" : "fastvit_t8 to fastvit_ma36")
        }
        try checkPooling("avg")
        let arguments = try arguments
        try arguments.follow([
            "in_chans": .any, "num_classes": .any, "global_pool": .any, "drop_rate": .any, "drop_path_rate": .any,
            "proj_drop_rate": .any, "inference_mode": .any, "layers": .any, "embed_dims": .any, "mlp_ratios": .any,
        ])
        try arguments.confirm("num_classes", is: tensors["num_labels"]?.integer)
        return try common()
    }

    /// Without a configuration: what timm says of them.
    static func fastViTPreprocessing(isMobileCLIP: Bool) -> [String: JSON] {
        guard isMobileCLIP else { return ["crop_pct": .number("0.9")] }
        let plain = OpenCLIPConfiguration.mobilePreprocessing
        return plain.merging(["crop_pct": .number("0.95"), "interpolation": .string("bicubic")]) { $1 }
    }
}
