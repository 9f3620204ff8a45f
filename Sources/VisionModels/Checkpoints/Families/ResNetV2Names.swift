import Files

extension TensorNames {
    /// timm's `ResNetV2`, for `ResNetV2`, which asks by the names of transformers' `BitForImageClassification`.
    static let timmResNetV2: TensorNames = {
        let (block, own) = ("bit.encoder.stages.#.layers.#.", "stages.#.blocks.#.")
        var rules = [
            "bit.embedder.convolution": Source(name: "stem.conv"),
            "bit.embedder.deep.#.convolution": Source(name: "stem.conv#+1"),
            "bit.embedder.deep.#.norm": Source(name: "stem.norm#+1"),
            "bit.norm": Source(name: "norm"), "classifier.#": Source(name: "head.fc"),
            block + "downsample.conv": Source(name: own + "downsample.conv"),
        ]
        for name in ["norm1", "norm2", "norm3", "conv1", "conv2", "conv3"] {
            rules[block + name] = Source(name: own + name)
        }
        return TensorNames(rules)
    }()
}

extension NamedTensors {
    private var deepStem: String { "bit.embedder.deep.2.convolution.weight" }
    /// Three convolutions.
    var hasDeepStem: Bool { shape(of: deepStem) != nil }
    /// Their statistics are in the file.
    var hasBatchNorms: Bool { shape(of: "bit.norm.running_mean") != nil }

    /// The keys of a BiT's config.json, as its tensors tell them, and whether it is one: with group norms and a stem of one
    /// convolution only BiT is published.
    func resNetV2Settings(of family: CheckpointFamily) throws(VisionModelsError) -> [String: JSON] {
        let first = hasDeepStem ? "bit.embedder.deep.0.convolution.weight" : "bit.embedder.convolution.weight"
        let last = hasDeepStem ? deepStem : first
        guard let colours = shape(of: first), let stem = shape(of: last), colours.count == 4 else {
            throw .uninferable(file: checkpoint.file, key: "embedding_size")
        }
        let stages = "bit.encoder.stages."
        var (depths, widths): ([JSON], [JSON]) = ([], [])
        for stage in 0..<count(of: stages + "#.layers.0.conv1.weight") {
            let block = stages + "\(stage).layers.0."
            guard let width = (shape(of: block + "conv3.weight") ?? shape(of: block + "conv2.weight"))?.first else {
                throw .missingTensor(
                    file: checkpoint.file, tensor: names.source(of: block + "conv2.weight").name, expected: [])
            }
            depths.append(.whole(count(of: stages + "\(stage).layers.#.conv1.weight")))
            widths.append(.whole(width))
        }
        return [
            "model_type": .string("bit"), "num_channels": .whole(colours[1]), "embedding_size": .whole(stem[0]),
            "hidden_sizes": .array(widths), "depths": .array(depths), "num_groups": .whole(32),
            "num_labels": .whole(shape(of: "classifier.1.weight")?.first ?? 0),
            "standardized": .boolean(!hasBatchNorms && !hasDeepStem),
        ]
    }
}

extension TimmConfiguration {
    /// The keys a ResNetV2 adds to what its tensors say, under transformers' names. Which norm, which stem and whether weights
    /// are standardised is in its name; that the tensors are of that kind is looked at.
    func resNetV2Settings(
        of members: [String: JSON], _ tensors: NamedTensors
    ) throws(VisionModelsError) -> [String: JSON] {
        guard let kind = architecture.wholeMatch(of: #/resnetv2_\d+(x\d+_bit|d_gn|[dt])?/#) else {
            throw unknownArchitecture(expected: "a resnetv2 of batch norms, or resnetv2_…_bit or resnetv2_50d_gn")
        }
        let (isBiT, hasGroups) = (kind.1?.hasSuffix("bit") == true, kind.1?.hasSuffix("gn") == true)
        let isDeep = kind.1 != nil && !isBiT
        guard tensors.hasDeepStem == isDeep, tensors.hasBatchNorms == !(isBiT || hasGroups) else {
            let norms = tensors.hasBatchNorms ? "batch" : "group"
            throw unknownArchitecture(
                expected:
                    "one of \(norms) norms and \(tensors.hasDeepStem ? "three convolutions" : "one convolution") in "
                    + "the stem, as the tensors have it")
        }
        try checkPooling("avg")
        let arguments = try self.arguments
        try arguments.follow([
            "in_chans": .any, "num_classes": .any, "global_pool": .any, "drop_rate": .any, "drop_path_rate": .any,
            "zero_init_last": .any, "layers": .any, "channels": .any, "width_factor": .any, "stem_chs": .any,
            "output_stride": .only([.number("32")]), "act_layer": .only([.string("relu")]),
            "preact": .only([.boolean(true)]), "avg_down": .only([.boolean(isDeep)]),
        ])
        try arguments.confirm("in_chans", is: members["num_channels"]?.integer)
        try confirmClasses(members["num_labels"]?.integer ?? 0)
        return try common().merging(["standardized": .boolean(isBiT)]) { $1 }
    }
}
