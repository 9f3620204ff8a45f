import VisionModels

/// What a model takes for granted, in words.
enum AssumptionWording {
    static func words(_ assumption: ModelAssumption) -> String {
        switch assumption {
        case .activation(let name): "the activation \(name)"
        case .heads(let count): "\(count) heads, by its width"
        case .textHeads(let count): "\(count) heads for texts, by their width"
        case .classToken: "the class token as the output"
        case .endToken: "texts read at their end token"
        case .normGroups(let count): "norms of \(count) groups"
        case .standardized: "standardized weights, as in BiT"
        case .preprocessing: "the preprocessing that is usual for its kind"
        case .wrapper(let name): "that \(name) before every tensor's name is a wrapper's, and left out"
        }
    }

    /// Nil where nothing is assumed.
    static func line(_ assumptions: [ModelAssumption]) -> String? {
        guard !assumptions.isEmpty else { return nil }
        return "no file says, so this is assumed: " + assumptions.map(words).joined(separator: "; ")
            + " (`miclip inspect` tells what would decide)"
    }
}
