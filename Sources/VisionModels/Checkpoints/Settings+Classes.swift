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
