import Digests
import Files
import Foundation
import LinearAlgebra

/// A Vision Transformer for classification (Dosovitskiy et al. 2021) in the layout of Hugging Face's
/// ViTForImageClassification.
package struct VisionTransformer: TargetModel {
    // MARK: Configuration

    /// The keys of config.json, with the defaults of transformers.
    struct Configuration: Sendable {
        var input: ImageShape
        var patch: Int
        var width: Int
        var blocks: Int
        var heads: Int
        var hiddenWidth: Int
        var activation: Activation
        var epsilon: Float
        /// Whether queries, keys and values have a bias.
        var hasQueryBias: Bool
        var classes: [String]

        init(_ settings: Settings) throws(VisionModelsError) {
            (input, patch) = try settings.patchSizes(defaultPatch: 16)
            width = try settings.count("hidden_size", default: 768)
            blocks = try settings.count("num_hidden_layers", default: 12)
            heads = try settings.count("num_attention_heads", default: 12)
            hiddenWidth = try settings.count("intermediate_size", default: 3072)
            activation = try settings.choice("hidden_act", default: Activation.gelu)
            epsilon = try settings.float("layer_norm_eps", default: 1e-12)
            hasQueryBias = try settings.flag("qkv_bias", default: true)
            classes = try settings.classes()
            guard width % heads == 0 else {
                throw settings.unsuitable("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
            }
        }
    }

    // MARK: Model

    package let name: String
    package let classes: [String]
    package let preprocessing: Preprocessing
    package let hookPoints: [HookPoint]
    package let digest: Digest
    package let architecture: String
    package let assumptions: [ModelAssumption]
    package var input: ImageShape { embeddings.input }

    private let embeddings: PatchEmbedding
    let blocks: [TransformerBlock]
    let norm: LayerNorm
    let classifier: Linear
    private let packedClassifier: PackedLinear

    // MARK: Forward pass

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor { run(pixels, from: 0, hooks: hooks) }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        guard let start = hookPoints.firstIndex(of: point) else { preconditionFailure("no hook point \(point.name)") }
        var x = activations
        hooks.apply(at: point, to: &x)
        return run(x, from: start + 1, hooks: hooks)
    }

    private func run(_ x: Tensor, from first: Int, hooks: Hooks) -> Tensor {
        // Of the last block, the classifier reads the class token; the others are computed where somebody asks.
        let needsAll = hookPoints[blocks.count...(blocks.count + 1)].contains { hooks.act(at: $0) }
        return hooks.run(x, through: hookPoints, from: first) { index, x in
            switch index {
            case 0: embeddings(x)  // [b, T, D]
            case blocks.count where !needsAll: blocks[index - 1].classToken(x)  // [b, 1, D]
            case ...blocks.count: blocks[index - 1](x)  // [b, T, D]
            case blocks.count + 1: norm(x)  // [b, T, D]
            default: packedClassifier(x.tokens(at: 0))  // [b, classes]
            }
        }
    }

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        switch point.name {
        case "norm" where pooling == .cls:
            LinearHead(weight: classifier.weight, bias: classifier.bias ?? Tensor([classes.count]))
        case "logits": .identity(classes.count)
        default: nil
        }
    }

    /// After the last block only the class token goes on, through the norm and the classifier.
    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? {
        guard pooling == .cls, point == hookPoints[blocks.count] else { return nil }
        return NormalizedHead(
            scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon,
            head: LinearHead(weight: classifier.weight, bias: classifier.bias ?? Tensor([classes.count])))
    }

    // MARK: Hook points

    private static func hookPoints(_ configuration: Configuration, tokens: Int) -> [HookPoint] {
        let names = ["embeddings"] + (0..<configuration.blocks).map { "blocks.\($0)" } + ["norm"]
        return names.map { HookPoint(name: $0, tokens: tokens, width: configuration.width, isSigned: true) } + [
            HookPoint(name: "logits", tokens: 1, width: configuration.classes.count, isSigned: true)
        ]
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let configuration = try Configuration(files.settings)
        var weights = files.weights()
        let (input, patch, width) = (configuration.input, configuration.patch, configuration.width)
        let tokens = 1 + (input.height / patch) * (input.width / patch)

        let projection = "vit.embeddings.patch_embeddings.projection"
        embeddings = PatchEmbedding(
            input: input, patch: patch,
            projection: Linear(
                weight: try weights.tensor(projection + ".weight", [width, input.channels, patch, patch])
                    .reshaped([width, input.channels * patch * patch]),
                bias: try weights.tensor(projection + ".bias", [width])),
            classToken: try weights.tensor("vit.embeddings.cls_token", [1, 1, width]).reshaped([width]),
            positions: try weights.tensor("vit.embeddings.position_embeddings", [1, tokens, width])
                .reshaped([tokens, width]),
            precision: files.precision)
        var blocks: [TransformerBlock] = []
        for index in 0..<configuration.blocks {
            blocks.append(try weights.block("vit.encoder.layer.\(index)", configuration, files.precision))
        }
        self.blocks = blocks
        norm = try weights.layerNorm("vit.layernorm", width, epsilon: configuration.epsilon)
        classifier = try weights.linear("classifier", width, configuration.classes.count)
        packedClassifier = PackedLinear(classifier)
        // Hugging Face's classifier takes the class token as it is: a pooler in the file has no part in it.
        try weights.finish { $0.hasPrefix("vit.pooler.") }

        (name, assumptions) = (files.name, files.assumptions)
        classes = configuration.classes
        architecture = "ViT, \(configuration.blocks) blocks, width \(width), patch \(patch)"
        hookPoints = Self.hookPoints(configuration, tokens: tokens)
        preprocessing = try files.preprocessing(for: input, default: .vit)
        digest = Digest(
            files.precision.marking("ViT"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}

extension Weights {
    fileprivate mutating func block(
        _ name: String, _ configuration: VisionTransformer.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> TransformerBlock {
        let (width, hidden, bias) = (configuration.width, configuration.hiddenWidth, configuration.hasQueryBias)
        let attention = name + ".attention.attention"
        return TransformerBlock(
            norm1: try layerNorm(name + ".layernorm_before", width, epsilon: configuration.epsilon),
            attention: Attention(
                query: try linear(attention + ".query", width, width, hasBias: bias),
                key: try linear(attention + ".key", width, width, hasBias: bias),
                value: try linear(attention + ".value", width, width, hasBias: bias),
                output: try linear(name + ".attention.output.dense", width, width),
                heads: configuration.heads, isCausal: false, precision: precision),
            norm2: try layerNorm(name + ".layernorm_after", width, epsilon: configuration.epsilon),
            mlp: MLP(
                expand: try linear(name + ".intermediate.dense", width, hidden),
                activation: configuration.activation,
                contract: try linear(name + ".output.dense", hidden, width), precision: precision))
    }
}

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
