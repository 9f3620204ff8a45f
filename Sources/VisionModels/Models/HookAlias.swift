/// What other tools call the places of a forward pass: TransformerLens and Prisma (`blocks.3.hook_resid_post`), and the
/// paths of modules in transformers, timm, torchvision and open_clip (`vit.encoder.layer.3`, `visual.transformer.resblocks.3`).
private enum HookAlias {
    private static let rows: Set<String> = ["blocks", "block", "layer", "layers", "resblocks", "h"]
    private static let norms: Set<String> = ["layernorm", "ln_final", "ln_post", "post_layernorm", "layer_norm", "ln"]
    private static let classifiers: Set<String> = ["classifier", "fc", "head"]
    private static let endings: Set<String> = ["hook_resid_post", "resid_post", "hook_resid_pre", "resid_pre"]

    /// Our names of what `name` may mean, the likeliest first.
    static func candidates(_ name: String) -> [String] {
        var parts = name.split(separator: ".").map(String.init)
        var isBefore = false
        if let last = parts.last, endings.contains(last) {
            isBefore = last.hasSuffix("_pre")
            parts.removeLast()
        }
        // torchvision has the number in the word.
        parts = parts.flatMap { part in
            let word = "encoder_layer_"
            return part.hasPrefix(word) ? ["layer", String(part.dropFirst(word.count))] : [part]
        }
        let numbers = parts.compactMap { Int($0) }
        guard let last = parts.last else { return [] }
        if numbers.isEmpty {
            if norms.contains(last) { return ["norm"] }
            return classifiers.contains(last) ? ["logits"] : last == "embeddings" ? ["embeddings"] : []
        }
        // What lies inside a block is none of the places here.
        guard Int(last) != nil, numbers.allSatisfy({ (0..<1 << 20).contains($0) }) else { return [] }
        if parts.contains("stages") {
            let (stage, block) = (numbers[0], numbers.count == 2 ? numbers[1] : nil)
            guard let block else { return numbers.count == 1 ? ["layer\(stage + 1)", "stages.\(stage)"] : [] }
            return ["layer\(stage + 1).\(block)", "stages.\(stage).blocks.\(block)"]
        }
        guard numbers.count == 1, parts.count >= 2, rows.contains(parts[parts.count - 2]) else { return [] }
        guard isBefore else { return ["blocks.\(numbers[0])"] }
        return [numbers[0] == 0 ? "embeddings" : "blocks.\(numbers[0] - 1)"]
    }
}

extension [HookPoint] {
    /// The one of that name, or the one that other tools call so.
    package func named(_ name: String) -> HookPoint? {
        ([name] + HookAlias.candidates(name)).lazy.compactMap { name in first { $0.name == name } }.first
    }
}
