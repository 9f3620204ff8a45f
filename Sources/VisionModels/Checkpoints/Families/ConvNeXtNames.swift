import Files

extension TensorNames {
    private static let layer = "convnext.encoder.stages.#.layers.#."

    /// transformers' second version has another root.
    static let transformersConvNeXt2 = TensorNames(
        Dictionary(
            uniqueKeysWithValues: (["embeddings.patch_embeddings", "embeddings.layernorm", "layernorm"]
                + ["dwconv", "layernorm", "pwconv1", "pwconv2", "grn"].map { "encoder.stages.#.layers.#." + $0 }
                + ["encoder.stages.#.downsampling_layer.#"])
                .map { ("convnext." + $0, Source(name: "convnextv2." + $0)) }), root: "convnextv2.")

    /// timm's. The last norm is the head's, or before the mean.
    static let timmConvNeXt = timmConvNeXt(norm: "head.norm")
    static let timmConvNeXtNormFirst = timmConvNeXt(norm: "norm_pre")

    private static func timmConvNeXt(norm: String) -> TensorNames {
        TensorNames([
            "convnext.embeddings.patch_embeddings": Source(name: "stem.0"),
            "convnext.embeddings.layernorm": Source(name: "stem.1"),
            "convnext.encoder.stages.#.downsampling_layer.#": Source(name: "stages.#.downsample.#"),
            layer + "dwconv": Source(name: "stages.#.blocks.#.conv_dw"),
            layer + "layernorm": Source(name: "stages.#.blocks.#.norm"),
            layer + "pwconv1": Source(name: "stages.#.blocks.#.mlp.fc1"),
            layer + "pwconv2": Source(name: "stages.#.blocks.#.mlp.fc2"),
            layer + "grn": Source(name: "stages.#.blocks.#.mlp.grn"),
            layer + "layer_scale_parameter": Source(name: "stages.#.blocks.#.gamma"),
            "convnext.layernorm": Source(name: norm), "classifier": Source(name: "head.fc"),
        ])
    }

    /// torchvision's: stages and what lies between them stand in one row.
    static let torchvisionConvNeXt = TensorNames([
        "convnext.embeddings.patch_embeddings": Source(name: "features.0.0"),
        "convnext.embeddings.layernorm": Source(name: "features.0.1"),
        "convnext.encoder.stages.#.downsampling_layer.#": Source(name: "features.#*2.#"),
        layer + "dwconv": Source(name: "features.#*2+1.#.block.0"),
        layer + "layernorm": Source(name: "features.#*2+1.#.block.2"),
        layer + "pwconv1": Source(name: "features.#*2+1.#.block.3"),
        layer + "pwconv2": Source(name: "features.#*2+1.#.block.5"),
        layer + "layer_scale_parameter": Source(name: "features.#*2+1.#.layer_scale"),
        "convnext.layernorm": Source(name: "classifier.0"), "classifier": Source(name: "classifier.2"),
    ])
}

extension NamedTensors {
    /// The keys of a ConvNeXt's config.json, as its tensors tell them.
    func convNeXtSettings(of family: CheckpointFamily) throws(VisionModelsError) -> [String: JSON] {
        let stem = "convnext.embeddings.patch_embeddings.weight"
        guard let shape = shape(of: stem), shape.count == 4, shape[2] == shape[3] else {
            throw .uninferable(file: checkpoint.file, key: "patch_size")
        }
        var (depths, widths): ([JSON], [JSON]) = ([], [])
        for stage in 0..<4 {
            let layers = "convnext.encoder.stages.\(stage).layers."
            guard let width = self.shape(of: layers + "0.dwconv.weight")?.first else { break }
            depths.append(.whole(count(of: layers + "#.dwconv.weight")))
            widths.append(.whole(width))
        }
        // timm's largest alone has another.
        let epsilon = JSON.number(widths.first == .whole(384) ? "0.00001" : "0.000001")
        return [
            "model_type": .string("convnext"), "num_channels": .whole(shape[1]), "patch_size": .whole(shape[2]),
            "hidden_sizes": .array(widths), "depths": .array(depths), "layer_norm_eps": epsilon, "norm_eps": epsilon,
            "num_labels": .whole(self.shape(of: "classifier.weight")?.first ?? 0),
            "norms_first": .boolean(family == .timmConvNeXtNormFirst),
        ]
    }
}

extension TimmConfiguration {
    /// The keys a ConvNeXt adds to what its tensors say.
    func convNeXtSettings(of tensors: [String: JSON]) throws(VisionModelsError) -> [String: JSON] {
        let parts = architecture.split(separator: "_").map(String.init)
        // Others have other stems, or other norms of the same names.
        guard ["convnext", "convnextv2"].contains(parts.first), parts.count == 2 || parts.last == "hnf" else {
            throw unknownArchitecture(expected: "convnext or convnextv2 of the usual kinds, such as convnext_tiny")
        }
        try checkPooling("avg")
        let arguments = try self.arguments
        try arguments.follow([
            "in_chans": .any, "num_classes": .any, "global_pool": .any, "drop_rate": .any, "drop_path_rate": .any,
            "depths": .any, "dims": .any, "ls_init_value": .any, "use_grn": .any, "conv_mlp": .any, "norm_layer": .off,
            "head_norm_first": .any, "act_layer": .only([.string("gelu")]),
        ])
        try arguments.confirm("in_chans", is: tensors["num_channels"]?.integer)
        return try common()
    }
}
