import Files

extension Settings {
    /// `id2label` in the order of its numbers; without it, `num_labels` nameless classes (two, as in transformers).
    func classes() throws(VisionModelsError) -> [String] {
        guard self["id2label"] != nil else {
            return (0..<(try count("num_labels", default: 2, most: 1 << 20))).map { "LABEL_\($0)" }
        }
        let labels = try section("id2label")
        var classes: [String] = []
        while case .string(let label)? = labels["\(classes.count)"] { classes.append(label) }
        guard !classes.isEmpty, classes.count == labels.keyCount else {
            throw unsuitable("id2label", expected: "a name for every number from 0")
        }
        return classes
    }
}

extension Settings {
    /// Of transformers' SiglipForImageClassification: its image tower's settings with the names of its classes. Others as they
    /// are.
    var asImageClassifier: Settings {
        get throws(VisionModelsError) {
            guard self["model_type"] == .string("siglip"), case .array(let names)? = self["architectures"],
                names.first == .string("SiglipForImageClassification")
            else { return self }
            var members: [String: JSON] = ["model_type": .string("siglip_vision_model")]
            for key in ["architectures", "id2label", "label2id", "num_labels"] { members[key] = self[key] }
            return try section("vision_config").adding(members)
        }
    }
}

extension ModelFiles {
    /// Whether it is a SigLIP whose classifier reads the mean of all tokens.
    var isSigLIPClassifier: Bool { family == .huggingFaceSigLIPVision && !tensors.isHeadless }
}
