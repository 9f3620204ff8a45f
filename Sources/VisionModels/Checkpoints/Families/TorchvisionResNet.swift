import Files

extension TensorNames {
    /// torchvision's and timm's `ResNet`.
    static let torchvisionResNet: TensorNames = {
        let block = "resnet.encoder.stages.#.layers.#."
        return TensorNames([
            "resnet.embedder.embedder.convolution": Source(name: "conv1"),
            "resnet.embedder.embedder.normalization": Source(name: "bn1"),
            block + "layer.#.convolution": Source(name: "layer#+1.#.conv#+1"),
            block + "layer.#.normalization": Source(name: "layer#+1.#.bn#+1"),
            block + "shortcut.convolution": Source(name: "layer#+1.#.downsample.0"),
            block + "shortcut.normalization": Source(name: "layer#+1.#.downsample.1"),
            "classifier.#": Source(name: "fc"),
            // Of relatives: three convolutions in the stem, whose last normalisation is `bn1`, means before a shortcut, gates.
            "resnet.embedder.deep.#.convolution": Source(name: "conv1.#*3"),
            "resnet.embedder.deep.#.normalization": Source(name: "conv1.#*3+1"),
            "resnet.embedder.last.convolution": Source(name: "conv1.6"),
            block + "pooled.convolution": Source(name: "layer#+1.#.downsample.1"),
            block + "pooled.normalization": Source(name: "layer#+1.#.downsample.2"),
            block + "gate.reduce": Source(name: "layer#+1.#.se.fc1"),
            block + "gate.expand": Source(name: "layer#+1.#.se.fc2"),
        ])
    }()
}

extension NamedTensors {
    /// Refuses arguments of timm's that the tensors contradict.
    func confirmResNet(_ arguments: Settings) throws(VisionModelsError) {
        let (stages, block) = ("resnet.encoder.stages.", ".layers.0.")
        let isDeep = shape(of: "resnet.embedder.deep.0.convolution.weight") != nil
        let hasMeans = shape(of: stages + "1" + block + "pooled.convolution.weight")?.count == 4
        let hasGates = shape(of: stages + "0" + block + "gate.reduce.weight") != nil
        for (key, isSaid, isThere) in [
            ("stem_type", arguments["stem_type"].map { $0 != .string("") }, isDeep),
            ("avg_down", arguments["avg_down"].map { $0 == .boolean(true) }, hasMeans),
            ("block_args", arguments["block_args"].map { $0 != .object([:]) }, hasGates),
        ] where (isSaid ?? isThere) != isThere {
            throw arguments.unsuitable(
                key, expected: isThere ? "it, as the tensors have it" : "nothing, as the tensors have it")
        }
        let isBottleneck = shape(of: stages + "0" + block + "layer.2.convolution.weight") != nil
        let window = shape(of: stages + "0" + block + "layer.1.convolution.weight") ?? []
        let groups = isBottleneck && window.count == 4 && window[1] > 0 ? window[0] / window[1] : 1
        try arguments.confirm("cardinality", is: groups)
    }

    /// Whether its norms are those of groups: they have no statistics of batches.
    private var hasGroupNorms: Bool {
        shape(of: "resnet.embedder.embedder.normalization.weight") != nil
            && shape(of: "resnet.embedder.embedder.normalization.running_mean") == nil
    }

    /// The keys of a ResNet's config.json, as its tensors tell them.
    func resNetSettings(of family: CheckpointFamily) throws(VisionModelsError) -> [String: JSON] {
        let (first, last) = ("resnet.embedder.embedder.convolution.weight", "resnet.embedder.last.convolution.weight")
        let deep = "resnet.embedder.deep.0.convolution.weight"
        let isDeep = self.shape(of: last) != nil && self.shape(of: deep) != nil
        var members = try stageSettings(stem: isDeep ? last : first)
        members["num_channels"] = self.shape(of: isDeep ? deep : first).map { .whole($0[1]) }
        members["model_type"] = .string("resnet")
        members["num_labels"] = .whole(self.shape(of: "classifier.1.weight")?.first ?? 0)
        if family == .torchvisionResNet, hasGroupNorms { members["norm_groups"] = .whole(32) }
        return members
    }

    /// How wide the stem and every stage of residual blocks are, how many blocks it has, and of which kind.
    ///
    /// - Parameter stem: its last convolution's weights.
    func stageSettings(stem: String) throws(VisionModelsError) -> [String: JSON] {
        guard let shape = self.shape(of: stem), shape.count == 4 else {
            throw .uninferable(file: checkpoint.file, key: "embedding_size")
        }
        let stages = "resnet.encoder.stages."
        var (depths, widths): ([Int], [Int]) = ([], [])
        // A bottleneck has a third convolution, whose outputs are the stage's.
        let isBottleneck = self.shape(of: stages + "0.layers.0.layer.2.convolution.weight") != nil
        for stage in 0..<count(of: stages + "#.layers.0.layer.0.convolution.weight") {
            depths.append(count(of: stages + "\(stage).layers.#.layer.0.convolution.weight"))
            let last = "\(stage).layers.0.layer.\(isBottleneck ? 2 : 1).convolution.weight"
            guard let width = self.shape(of: stages + last)?.first else {
                throw .missingTensor(
                    file: checkpoint.file, tensor: names.source(of: stages + last).name, expected: [])
            }
            widths.append(width)
        }
        return [
            "embedding_size": .whole(shape[0]), "hidden_sizes": .array(widths.map(JSON.whole)),
            "depths": .array(depths.map(JSON.whole)), "layer_type": .string(isBottleneck ? "bottleneck" : "basic"),
        ]
    }
}
