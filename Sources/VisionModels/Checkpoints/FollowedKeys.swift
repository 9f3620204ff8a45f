import Files

/// What a key of a configuration may say that this program does not turn into something else.
enum KeyRule: Sendable {
    /// Read elsewhere, or without a part in a forward pass.
    case any
    /// Nothing, null, or one of these values: what the program does anyway.
    case only([JSON])

    /// Nothing, null, or what switches a thing off.
    static let off = KeyRule.only([.boolean(false), .number("0"), .number("0.0"), .object([:])])
}

extension Settings {
    /// Refuses by name every key that is not in `rules`, or says what they do not let through.
    ///
    /// - Parameter isOpen: whether other keys are let through.
    func follow(_ rules: [String: KeyRule], isOpen: Bool = false) throws(VisionModelsError) {
        for key in all.keys.sorted() {
            guard let value = self[key] else { continue }
            switch rules[key] {
            case .any?: continue
            case .only(let values)?:
                guard !values.contains(where: { $0.isSame(as: value) }) else { continue }
                let expected = values.map(\.summary).joined(separator: " or ")
                throw unsuitable(key, expected: "\(expected.isEmpty ? "nothing" : expected); nothing else is followed")
            case nil:
                if !isOpen { throw unsuitable(key, expected: "no such key; what it asks for is not followed") }
            }
        }
    }

    /// Refuses a count that the tensors contradict.
    func confirm(_ key: String, is count: Int?) throws(VisionModelsError) {
        guard let count, let value = self[key], value.integer != count else { return }
        throw unsuitable(key, expected: "\(count), as the tensors have it")
    }
}

extension JSON {
    /// Equal, numbers by value.
    fileprivate func isSame(as other: JSON) -> Bool {
        if case .number = self, let float, let found = other.float { return float == found }
        return self == other
    }
}

/// What a loaded model takes for granted because no file says it, though other models of the same tensors have it otherwise.
package enum ModelAssumption: Sendable, Hashable {
    /// The MLPs' nonlinearity, under Hugging Face's name.
    case activation(String)
    /// Heads of the attention in the images' encoder.
    case heads(Int)
    /// Heads of the attention in the texts' encoder.
    case textHeads(Int)
    /// That the class token is the output, and not a mean of all tokens.
    case classToken
    /// That a text is read at its end token.
    case endToken
    /// In how many groups its norms are.
    case normGroups(Int)
    /// That weights are standardised and pools see zeros around an image, as in BiT.
    case standardized
    /// What is done to images before.
    case preprocessing
    /// That what stands before every tensor's name is a wrapper's.
    case wrapper(String)
}

/// `{"kind": "heads", "value": "12"}`
extension ModelAssumption: Codable {
    private enum CodingKeys: String, CodingKey { case kind, value }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let (kind, value): (String, String?) =
            switch self {
            case .activation(let name): ("activation", name)
            case .heads(let count): ("heads", "\(count)")
            case .textHeads(let count): ("textHeads", "\(count)")
            case .classToken: ("classToken", nil)
            case .endToken: ("endToken", nil)
            case .normGroups(let count): ("normGroups", "\(count)")
            case .standardized: ("standardized", nil)
            case .preprocessing: ("preprocessing", nil)
            case .wrapper(let name): ("wrapper", name)
            }
        try values.encode(kind, forKey: .kind)
        try values.encodeIfPresent(value, forKey: .value)
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let value = try values.decodeIfPresent(String.self, forKey: .value) ?? ""
        switch (try values.decode(String.self, forKey: .kind), Int(value)) {
        case ("activation", _): self = .activation(value)
        case ("heads", let count?): self = .heads(count)
        case ("textHeads", let count?): self = .textHeads(count)
        case ("classToken", _): self = .classToken
        case ("endToken", _): self = .endToken
        case ("normGroups", let count?): self = .normGroups(count)
        case ("standardized", _): self = .standardized
        case ("preprocessing", _): self = .preprocessing
        case ("wrapper", _): self = .wrapper(value)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: values, debugDescription: "no such assumption")
        }
    }
}

extension ModelFiles {
    /// Who wrote what lies beside the weights.
    enum Configuration: Sendable { case none, partial, transformers, timm, openCLIP }

    /// - Parameter beside: the configuration's keys.
    static func kind(of beside: Settings?) throws(VisionModelsError) -> Configuration {
        guard let beside else { return .none }
        if beside["model_type"] != nil { return .transformers }
        if TimmConfiguration(beside) != nil { return .timm }
        return try OpenCLIPConfiguration(beside) == nil ? .partial : .openCLIP
    }

    /// In the order of a forward pass.
    static func assumptions(
        _ family: CheckpointFamily, _ tensors: NamedTensors, _ settings: Settings, beside: Settings?,
        isPreprocessingTold: Bool
    ) throws(VisionModelsError) -> [ModelAssumption] {
        let kind = try kind(of: beside)
        let wrapper = tensors.checkpoint.wrapper
        var found: [ModelAssumption] = wrapper.isEmpty ? [] : [.wrapper(wrapper)]
        var isPrepared = isPreprocessingTold || kind == .openCLIP
        if kind == .timm, let beside, let published = try TimmConfiguration(beside)?.pretrained {
            isPrepared = isPrepared || ["input_size", "mean", "crop_pct"].contains { published[$0] != nil }
        }
        if !isPrepared { found.append(.preprocessing) }
        guard kind == .none || kind == .partial else { return found }
        func isTold(_ key: String, _ section: String? = nil) throws(VisionModelsError) -> Bool {
            guard let beside else { return false }
            guard let section else { return beside[key] != nil }
            return try beside.section(section)[key] != nil
        }
        switch family.architecture {
        case .efficientnet, .convnext: break
        case .resnet, .resnetv2:
            if settings["standardized"] == .boolean(true) { found.append(.standardized) }
            let isBatch = family.architecture == .resnetv2 && tensors.hasBatchNorms
            let groups = settings["norm_groups"] ?? settings["num_groups"]
            if let groups = groups?.integer, !isBatch { found.append(.normGroups(groups)) }
        case .vit:
            if try !isTold("num_attention_heads"), let heads = settings["num_attention_heads"]?.integer {
                found.append(.heads(heads))
            }
            if try !isTold("hidden_act"), family != .torchvisionViT, family != .publishedTorchvisionViT {
                found.append(.activation(family.usualActivation.rawValue))
            }
            let isPoolingTold = tensors.shape(of: "vit.pooled_layernorm.weight") != nil || tensors.isHeadless
            if family == .timmViT, !isPoolingTold { found.append(.classToken) }
        case .clip, .siglip:
            for (section, assumed) in [
                ("vision_config", ModelAssumption.heads), ("text_config", ModelAssumption.textHeads),
            ] {
                if try !isTold("num_attention_heads", section),
                    let heads = try settings.section(section)["num_attention_heads"]?.integer
                {
                    found.append(assumed(heads))
                }
            }
            let isImagesTold = try isTold("hidden_act", "vision_config")
            let isTextsTold = try isTold("hidden_act", "text_config")
            if !isImagesTold || !isTextsTold { found.append(.activation(family.usualActivation.rawValue)) }
            if family == .openCLIP { found.append(.classToken) }
            if family == .openCLIP || family == .openCLIPResNet { found.append(.endToken) }
        }
        return found
    }
}
