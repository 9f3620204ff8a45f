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
        ])
    }()
}

extension NamedTensors {
    /// The keys of a ResNet's config.json, as its tensors tell them.
    func resNetSettings() throws(VisionModelsError) -> [String: JSON] {
        let stem = "resnet.embedder.embedder.convolution.weight"
        guard let shape = shape(of: stem), shape.count == 4 else {
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
        guard let classes = self.shape(of: "classifier.1.weight")?.first else {
            throw .missingTensor(
                file: checkpoint.file, tensor: names.source(of: "classifier.1.weight").name, expected: [])
        }
        return [
            "model_type": .string("resnet"), "num_channels": .whole(shape[1]), "embedding_size": .whole(shape[0]),
            "hidden_sizes": .array(widths.map(JSON.whole)), "depths": .array(depths.map(JSON.whole)),
            "layer_type": .string(isBottleneck ? "bottleneck" : "basic"), "num_labels": .whole(classes),
        ]
    }
}
