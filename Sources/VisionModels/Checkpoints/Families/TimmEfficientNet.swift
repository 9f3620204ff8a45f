import Files

/// Which EfficientNet a name of timm's is of: tensors do not tell what is added around images, what variances are kept from
/// zero by, nor how large images are.
struct EfficientNetVariant {
    /// Whether the weights come from TensorFlow, and so its edges and its ε.
    let isFromTensorFlow: Bool
    let isLite: Bool
    let activation: String
    /// Of the images it was trained on.
    let side: Int
    let mean: String
    let deviation: String?
    let cropFraction: String

    private static let sides: [String: Int] = [
        "b0": 224, "b1": 240, "b2": 260, "b3": 300, "b4": 380, "b5": 456, "b6": 528, "b7": 600, "b8": 672,
    ]
    private static let liteSides: [String: Int] = ["0": 224, "1": 240, "2": 260, "3": 280, "4": 300]
    private static let secondSides: [String: Int] = [
        "s": 300, "m": 384, "l": 384, "xl": 384, "b0": 192, "b1": 192, "b2": 208, "b3": 240,
    ]

    /// Of the name of an architecture, or of the file that timm keeps its weights in: `tf_efficientnet_lite0-0aa007d2`. Nil
    /// where it is no such model.
    init?(_ name: String) {
        var name = name.split(separator: "-").first.map(String.init) ?? name
        isFromTensorFlow = name.hasPrefix("tf_")
        if isFromTensorFlow { name.removeFirst(3) }
        // Tags of a training are of no account: `efficientnet_b0_ra`.
        let parts = name.split(separator: "_").map(String.init)
        guard parts.count >= 2, Set(parts.dropFirst(2)).isDisjoint(with: Self.others) else { return nil }
        var isHalf = false
        switch parts[0] {
        case "efficientnet" where parts[1].hasPrefix("lite"):
            guard let side = Self.liteSides[String(parts[1].dropFirst(4))] else { return nil }
            (self.side, isLite, isHalf) = (side, true, isFromTensorFlow)
        case "efficientnet":
            guard let side = Self.sides[parts[1]] else { return nil }
            (self.side, isLite) = (side, false)
        case "efficientnetv2":
            guard let side = Self.secondSides[parts[1]] else { return nil }
            (self.side, isLite, isHalf) = (side, false, isFromTensorFlow && !parts[1].hasPrefix("b"))
        case "mobilenetv2":
            guard parts[1].prefix(while: \.isNumber).count == 3 else { return nil }
            (side, isLite) = (224, true)
        default: return nil
        }
        activation = isLite ? "relu6" : "silu"
        (mean, deviation) = isHalf ? ("0.5", "0.5") : ("", nil)
        cropFraction = parts[0] == "efficientnetv2" ? "1" : "0.875"
    }

    /// Of architectures that are built otherwise.
    private static let others: Set<String> = ["gn", "evos", "g8", "g16", "4e", "8e", "ln"]

    /// What nobody says of preprocessing, under timm's keys.
    static func preprocessing(of family: CheckpointFamily, inFile name: String) -> [String: JSON] {
        let variant = EfficientNetVariant(name)
        // The published files of the Lite kind are TensorFlow's weights.
        let isHalf = family == .publishedEfficientNet ? name.contains("lite") : variant?.deviation != nil
        var members: [String: JSON] = ["crop_pct": .number(variant?.cropFraction ?? "0.875")]
        if isHalf {
            let half = JSON.array([JSON](repeating: .number("0.5"), count: 3))
            (members["mean"], members["std"]) = (half, half)
        }
        return members
    }

    /// What it adds to what tensors say.
    fileprivate var settings: [String: JSON] {
        [
            "hidden_act": .string(activation), "batch_norm_eps": .number(isFromTensorFlow ? "0.001" : "0.00001"),
            "pads_as_tensorflow": .boolean(isFromTensorFlow), "image_size": .whole(side),
        ]
    }
}

extension NamedTensors {
    /// The keys of an EfficientNet's config.json as its tensors, and the name of their file, tell them.
    ///
    /// - Parameters:
    ///   - name: of the file or its folder.
    ///   - beside: what stands beside it.
    func efficientNetSettings(
        of family: CheckpointFamily, inFile name: String, beside: Settings?, _ timm: TimmConfiguration?
    ) throws(VisionModelsError) -> [String: JSON] {
        let names = EfficientNetLayout.Names(family)
        guard let stem = shape(of: names.stem.convolution + ".weight"), stem.count == 4,
            let classes = shape(of: names.classifier + ".weight")?.first
        else {
            throw .missingTensor(file: checkpoint.file, tensor: names.classifier + ".weight", expected: [])
        }
        var members: [String: JSON] = [
            "model_type": .string("efficientnet"), "num_channels": .whole(stem[1]), "num_labels": .whole(classes),
        ]
        if family == .publishedEfficientNet {
            let isGated = shape(of: "_blocks.0._se_reduce.weight") != nil
            members["hidden_act"] = .string(isGated ? "silu" : "relu6")
            guard let side = try publishedSide(names, isGated: isGated) else {
                guard beside?["image_size"] != nil else { throw .uninferable(file: checkpoint.file, key: "image_size") }
                return members
            }
            members["image_size"] = .whole(side)
        } else if timm == nil {
            guard let variant = EfficientNetVariant(name) else {
                throw .uninferable(file: checkpoint.file, key: "architecture")
            }
            members.merge(variant.settings) { $1 }
        }
        return members
    }

    /// The side of its images, by how deep and how wide it is: the first of each kind, and those that are as deep as no other.
    private func publishedSide(_ names: EfficientNetLayout.Names, isGated: Bool) throws(VisionModelsError) -> Int? {
        let blocks = try names.stages(self).joined().count
        if blocks == 16 { return 224 }
        return isGated ? [26: 300, 32: 380, 39: 456, 45: 528, 55: 600][blocks] : nil
    }
}

extension TimmConfiguration {
    /// The keys an EfficientNet adds to what its tensors say.
    func efficientNetSettings(of tensors: [String: JSON]) throws(VisionModelsError) -> [String: JSON] {
        guard let variant = EfficientNetVariant(architecture) else {
            throw unknownArchitecture(
                expected: "efficientnet, efficientnetv2 or mobilenetv2 of the usual kinds, such as tf_efficientnet_b0")
        }
        try checkPooling("avg")
        let arguments = try self.arguments
        try arguments.follow([
            "in_chans": .any, "num_classes": .any, "global_pool": .any, "drop_rate": .any, "drop_path_rate": .any,
        ])
        for (key, name) in [("in_chans", "num_channels"), ("num_classes", "num_labels")] {
            try arguments.confirm(key, is: tensors[name]?.integer)
        }
        return variant.settings.merging(try common()) { $1 }
    }
}
