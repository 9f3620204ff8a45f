import Files
import LinearAlgebra

/// What a ViT's configuration and its tensors say of it. What tensors tell is read off them; what they do not, from the keys
/// of config.json under transformers' names, with the defaults of the model's type.
struct ViTOptions: Sendable {
    let input: ImageShape
    let patch: Int
    let width: Int
    let blocks: Int
    let heads: Int
    let hiddenWidth: Int
    let activation: Activation
    let epsilon: Float
    let classes: [String]
    /// The classifier's name.
    let classifier: String
    let pooling: HeadPooling

    let hasClassToken, hasDistillationToken: Bool
    let registers: Int
    let hasPatchBias: Bool
    let biases: (query: Bool, key: Bool, value: Bool)
    let hasLayerScale, hasHeadNorms, isGated: Bool
    /// Norms before the second products of attention and MLP.
    let hasInnerNorm, hasMLPNorm: Bool

    /// Position embeddings in the file, and how many tokens before the patches have one.
    let places: Int
    let placedPrefix: Int
    /// Whether they are a matrix, and the class token a vector, without dimensions of one before.
    let arePositionsFlat: Bool
    /// The side of the grid they are of, where the model's is another.
    let interpolatedSide: Int?
    let antialias: Bool
    /// Of rotated positions.
    private let theta: Float?
    private let rotatedPlaces: PatchRotation.Places
    /// Whether neighbouring outputs are turned together, and not those of two halves.
    let turnsNeighbours: Bool

    let preprocessing: Preprocessing.Standard

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let (settings, tensors) = (files.settings, files.tensors)
        let kind = Kind(files)
        func has(_ name: String) -> Bool { tensors.shape(of: name) != nil }

        let imageSize = try settings.size("image_size", default: 224)
        let channels = try settings.count("num_channels", default: 3)
        var size = ImageShape(channels: channels, height: imageSize.height, width: imageSize.width)
        // What has no places of its own, or stretches them, takes images as they are prepared for it.
        if kind.takesAnySize, let prepared = try files.preparedShape(channels: channels) { size = prepared }
        let patchSize = try settings.size("patch_size", default: kind.patch)
        patch = patchSize.height
        let isFilled = size.height % patch == 0 && size.width % patch == 0 || kind.leavesEdges
        guard patchSize.height == patchSize.width, isFilled, patch <= min(size.height, size.width) else {
            throw settings.unsuitable("patch_size", expected: "square patches that fill \(size.height)x\(size.width)")
        }
        input = size

        width = try settings.count("hidden_size", default: kind.width)
        blocks = try settings.count("num_hidden_layers", default: 12)
        heads = try settings.count("num_attention_heads", default: kind.width / 64)
        activation = try settings.choice("hidden_act", default: kind.activation)
        epsilon = try settings.float("layer_norm_eps", default: kind.epsilon)
        guard width % heads == 0 else {
            throw settings.unsuitable("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
        }

        let layer = "vit.encoder.layer.0."
        let contracted = tensors.shape(of: layer + "mlp.contract.weight")?.last
        isGated = contracted != nil && tensors.shape(of: layer + "mlp.gate.weight")?.first == contracted
        let hidden = isGated ? contracted : tensors.shape(of: layer + "output.dense.weight")?.last
        hiddenWidth = try settings.count("intermediate_size", default: hidden ?? 4 * width)
        hasLayerScale = has(layer + "layer_scale1.lambda1")
        hasHeadNorms = has(layer + "attention.query_norm.weight")
        hasInnerNorm = has(layer + "attention.inner_norm.weight")
        hasMLPNorm = has(layer + "mlp.norm.weight")
        let hasBias = try settings.flag("qkv_bias", default: true)
        biases =
            kind.type == "dinov3_vit"
            ? (
                try settings.flag("query_bias", default: true), try settings.flag("key_bias", default: false),
                try settings.flag("value_bias", default: true)
            ) : (hasBias, hasBias && !kind.isEVA, hasBias)

        let embeddings = "vit.embeddings."
        hasClassToken = has(embeddings + "cls_token")
        // Those have no rotated places, or norms after the products, and no tensor tells which.
        guard !kind.isEVA || isGated || !hasClassToken else {
            throw .unsupportedModel(file: files.checkpoint.file, kind: "EVA-01, or EVA-02 E")
        }
        hasDistillationToken = has(embeddings + "distillation_token")
        registers = tensors.shape(of: embeddings + "register_tokens")?.dropLast().last ?? 0
        hasPatchBias = kind.alwaysHasPatchBias || has(embeddings + "patch_embeddings.projection.bias")
        for (key, count) in [("num_register_tokens", registers)] { try settings.confirm(key, is: count) }
        for (key, isThere) in [("use_swiglu_ffn", isGated), ("use_gated_mlp", isGated)] {
            if let said = settings[key], said != .boolean(isThere) {
                throw settings.unsuitable(key, expected: "\(isThere), as the tensors have it")
            }
        }

        theta = kind.isEVA ? 10_000 : kind.type == "dinov3_vit" ? try settings.float("rope_theta", default: 100) : nil
        (rotatedPlaces, turnsNeighbours) = kind.isEVA ? (.counted(height: 16, width: 16), true) : (.centred, false)
        guard theta == nil || (width / heads) % 4 == 0 else {
            throw settings.unsuitable("num_attention_heads", expected: "heads of a width that four divides")
        }
        antialias = kind.type == "dinov2_with_registers"
        let grid = ImageShape(channels: 1, height: input.height / patch, width: input.width / patch)
        let singles = (hasClassToken ? 1 : 0) + (hasDistillationToken ? 1 : 0)
        let shape = tensors.shape(of: embeddings + "position_embeddings")
        let isPlaced = theta == nil || shape != nil
        arePositionsFlat = kind.arePositionsFlat
        let own = (imageSize.height / patch) * (imageSize.width / patch)
        // Registers have places in some files, in others not even the class token has; without either the table is wrong, and
        // said to be by its name.
        let found = shape?.dropLast().last ?? (isPlaced ? singles + own : 0)
        placedPrefix = [singles + registers, singles, 0].first { found - $0 == own } ?? singles
        places = isPlaced ? placedPrefix + own : 0
        let side = imageSize.height / patch
        let isSame = (grid.height, grid.width) == (side, imageSize.width / patch)
        guard isSame || places == 0 || imageSize.height == imageSize.width else {
            throw settings.unsuitable("image_size", expected: "one side, or the size that images are prepared to")
        }
        interpolatedSide = isSame || places == 0 ? nil : side

        let isHeaded = kind.isHeaded || !tensors.isHeadless
        classes = isHeaded ? try settings.classes() : []
        classifier = has("cls_classifier.weight") ? "cls_classifier" : "classifier"
        pooling = try kind.pooling(settings, tensors, hasClassToken: hasClassToken, isHeaded: isHeaded)
        preprocessing = kind.preprocessing
    }

    /// By which queries and keys are turned; nil where places are added.
    var rotation: PatchRotation? {
        theta.map {
            PatchRotation(
                rows: input.height / patch, columns: input.width / patch, headWidth: width / heads, theta: $0,
                places: rotatedPlaces)
        }
    }

    var summary: String {
        var parts = ["ViT, \(blocks) blocks", "width \(width)", "patch \(patch)"]
        if registers > 0 { parts.append("\(registers) registers") }
        if classes.isEmpty { parts.append("no classifier") }
        return parts.joined(separator: ", ")
    }
}

/// What a type of ViT is where its files do not say.
private struct Kind {
    /// transformers' `model_type`.
    let type: String
    let family: CheckpointFamily
    /// Whether such a file without a classifier is cut short.
    let isHeaded: Bool

    init(_ files: ModelFiles) {
        family = files.family
        if case .string(let type)? = files.settings["model_type"] { self.type = type } else { type = "vit" }
        // An image tower has no classes whatever stands before its names.
        isHeaded = files.isHeaded && !["clip_vision_model", "siglip_vision_model"].contains(type)
    }

    /// EVA-02, and timm's ViTs that are turned as it is.
    var isEVA: Bool { family == .timmEVA || family == .timmEVAFused }
    private var isTimm: Bool { family == .timmViT || family == .timmViTStem || isEVA }

    var width: Int { type == "dinov3_vit" ? 384 : 768 }
    var patch: Int { ["dinov2": 14, "dinov2_with_registers": 14, "clip_vision_model": 32][type] ?? 16 }
    var epsilon: Float {
        [
            "vit": 1e-12, "deit": 1e-12, "dinov2": 1e-6, "dinov2_with_registers": 1e-6, "dinov3_vit": 1e-5,
            "clip_vision_model": 1e-5,
        ][type] ?? 1e-6
    }
    var activation: Activation {
        ["clip_vision_model": .quickGELU, "siglip_vision_model": .tanhGELU][type] ?? .gelu
    }
    var arePositionsFlat: Bool { type == "clip_vision_model" || type == "siglip_vision_model" }
    /// Whether published ones take images that patches do not fill: 384 pixels hold 27 of 14.
    var leavesEdges: Bool { type == "siglip_vision_model" || family == .timmViT }
    var takesAnySize: Bool { ["dinov2", "dinov2_with_registers", "dinov3_vit"].contains(type) }
    var alwaysHasPatchBias: Bool { family != .timmViT && type != "clip_vision_model" }

    var preprocessing: Preprocessing.Standard {
        switch type {
        case "clip_vision_model": .clip
        case "siglip_vision_model": .siglip
        case "dinov2", "dinov2_with_registers", "deit": .dinov2
        case "dinov3_vit": .dinov3
        default: family == .torchvisionViT || family == .publishedTorchvisionViT ? .imageNet : .vit
        }
    }

    func pooling(
        _ settings: Settings, _ tensors: NamedTensors, hasClassToken: Bool, isHeaded: Bool
    ) throws(VisionModelsError) -> HeadPooling {
        if tensors.shape(of: "distillation_classifier.weight") != nil { return .distilled }
        if isHeaded, type == "dinov2" || type == "dinov2_with_registers" { return .classTokenAndMean }
        let hasProbe = tensors.shape(of: "vit.head.probe") != nil
        // Behind a classifier of its own, the mean is read, whatever else stands there.
        if type == "siglip_vision_model", !tensors.isHeadless { return .mean(withPrefix: true) }
        if type == "siglip_vision_model" {
            if let said = settings["vision_use_head"], said != .boolean(hasProbe) {
                throw settings.unsuitable("vision_use_head", expected: "\(hasProbe), as the tensors have it")
            }
            return hasProbe ? .attention : .mean(withPrefix: true)
        }
        let hasLateNorm = tensors.shape(of: "vit.pooled_layernorm.weight") != nil
        guard isTimm else { return .classToken }
        let said: String
        switch settings["global_pool"] {
        case .string(let name)?: said = name
        case nil: said = hasProbe ? "map" : hasLateNorm || !hasClassToken ? "avg" : "token"
        default: throw settings.unsuitable("global_pool", expected: "\"token\" or \"avg\"")
        }
        switch said {
        case "map" where hasProbe: return .attention
        case "token" where hasClassToken && !hasProbe: return .classToken
        case "avg" where !hasProbe: return .mean(withPrefix: try settings.flag("pool_include_prefix", default: false))
        default:
            let expected = hasProbe ? "\"map\"" : hasClassToken ? "\"token\" or \"avg\"" : "\"avg\""
            throw settings.unsuitable("global_pool", expected: expected)
        }
    }
}

extension NamedTensors {
    /// Whether there is no classifier of a ViT's.
    var isHeadless: Bool { shape(of: "classifier.weight") == nil && shape(of: "cls_classifier.weight") == nil }
}

extension ModelFiles {
    /// Whether the classifier is a part of the files by what they say of themselves.
    fileprivate var isHeaded: Bool {
        if case .array(let names)? = settings["architectures"], case .string(let name)? = names.first {
            return name.contains("ForImageClassification")
        }
        if let count = settings["num_labels"]?.integer { return count > 0 }
        // The parts of a model that is more than them.
        return tensors.names.isInside
    }

    /// What images become before the model, where its files say so and of every image the same.
    func preparedShape(channels: Int) throws(VisionModelsError) -> ImageShape? {
        guard let settings = try Preprocessing.settings(inFolder: location.folder) else { return nil }
        return try Preprocessing.preparedShape(settings, channels: channels)
    }
}
