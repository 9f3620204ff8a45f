import Digests
import Foundation
import LinearAlgebra

/// A Vision Transformer (Dosovitskiy et al. 2021) with what its descendants add: registers, LayerScale, gated MLPs, norms
/// of queries and keys, rotated positions, a norm before the blocks, a mean of the patches in place of the class token. A
/// model without a classifier ends in its features.
///
/// Tensors are asked for by the names of Hugging Face's ViTForImageClassification and Dinov2Model; see `TensorNames`.
package struct VisionTransformer: TargetModel {
    package let name: String
    package let classes: [String]
    package let preprocessing: Preprocessing
    package let hookPoints: [HookPoint]
    package let digest: Digest
    package let architecture: String
    package let assumptions: [ModelAssumption]
    package var input: ImageShape { embeddings.input }

    let embeddings: PatchEmbedding
    let blocks: [TransformerBlock]
    private let pooling: HeadPooling
    /// What leads to each hook point from the one before.
    private let steps: [Step]
    private let classifier: LinearHead?

    // MARK: Forward pass

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, T, D]
        case embed(LayerNorm?)
        /// [b, T, D] -> [b, T, D]; of the last block, the class token alone where nobody asks for the others.
        case block(Int)
        /// Of every vector.
        case norm(LayerNorm)
        /// [b, T, D] -> [b, D'], as `HeadPooling` has it
        case pool
        /// [b, T, D] -> [b, D]
        case attend(AttentionPooling)
        /// [b, D], or the class token of [b, T, D] -> [b, d]
        case linear(PackedLinear)
        /// The mean of what two classifiers make of the first and the second token: [b, T, D] -> [b, classes]
        case distilled(PackedLinear, PackedLinear)

        var kind: String {
            switch self {
            case .embed: "embed"
            case .block: "block"
            case .norm: "norm"
            case .pool: "pool"
            case .attend: "attend"
            case .linear: "linear"
            case .distilled: "distilled"
            }
        }
    }

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor { run(pixels, from: 0, hooks: hooks) }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        var x = activations
        let next = hooks.enter(&x, at: point, of: hookPoints)
        return run(x, from: next, hooks: hooks)
    }

    private func run(_ x: Tensor, from first: Int, hooks: Hooks) -> Tensor {
        // Of the last block, a head of the class token reads no other token. Without a head, the tokens are the end.
        let needsAll =
            pooling != .classToken || hookPoints[hookPoints.count - 1].tokens > 1
            || hookPoints[blocks.count...].contains { $0.tokens > 1 && hooks.act(at: $0) }
        let output = hooks.run(x, through: hookPoints, from: first) { index, x in
            switch steps[index] {
            case .embed(let norm): norm.map { $0(embeddings(x)) } ?? embeddings(x)
            case .block(let block) where block == blocks.count - 1 && !needsAll: blocks[block].classToken(x)
            case .block(let block): blocks[block](x)
            case .norm(let norm): norm(x)
            case .pool: pooling(x, prefix: embeddings.prefix.rows)
            case .attend(let pooling): pooling(x)
            case .linear(let linear): linear(x.shape.count == 3 ? x.tokens(at: 0) : x)
            case .distilled(let first, let second):
                Tensor.mean(first(x.tokens(at: 0)), second(x.tokens(at: 1)))
            }
        }
        if hooks.end(within: hookPoints) { return output }
        return output.shape.count == 3 ? pooling(output, prefix: embeddings.prefix.rows) : output
    }

    package func grid(at point: HookPoint) -> TokenGrid? { point.tokens > 1 ? embeddings.grid : nil }

    // MARK: The rest of the network

    /// After what the classifier reads, or, where that is a mean of all tokens, after the tokens it is the mean of.
    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        guard let classifier, let index = hookPoints.firstIndex(of: point) else { return nil }
        if point.name == "logits" { return .identity(classes.count) }
        switch steps[(index + 1)...].map(\.kind) {
        case ["linear"]: return point.tokens == 1 || pooling == .cls ? classifier : nil
        case ["pool", "linear"]: return pooling == self.pooling.asMean(embeddings) ? classifier : nil
        default: return nil
        }
    }

    /// After the last block, where the class token or the mean goes on through a norm and the classifier.
    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? {
        guard let classifier, let index = hookPoints.firstIndex(of: point) else { return nil }
        let rest = steps[(index + 1)...]
        guard case .norm(let norm)? = rest.first(where: { $0.kind == "norm" }) else { return nil }
        let isExact =
            switch rest.map(\.kind) {
            case ["norm", "linear"]: point.tokens == 1 || pooling == .cls
            case ["pool", "norm", "linear"]: pooling == self.pooling.asMean(embeddings)
            default: false
            }
        guard isExact else { return nil }
        return NormalizedHead(scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon, head: classifier)
    }

    /// The norm and the classifier that alone follow the blocks and read the class token; nil where the end is another.
    var classTokenEnd: (norm: LayerNorm, classifier: LinearHead)? {
        guard let classifier, pooling == .classToken, steps.count == blocks.count + 3,
            case .norm(let norm) = steps[blocks.count + 1]
        else { return nil }
        return (norm, classifier)
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let options = try ViTOptions(files)
        var weights = files.weights()
        let (width, precision) = (options.width, files.precision)

        embeddings = try weights.patchEmbedding(options, precision)
        let hasFirstNorm = weights.has("vit.embeddings.layernorm.weight")
        let firstNorm =
            hasFirstNorm
            ? try weights.layerNorm("vit.embeddings.layernorm", width, epsilon: options.epsilon) : nil
        let rotation = options.rotation
        var blocks: [TransformerBlock] = []
        for index in 0..<options.blocks {
            blocks.append(try weights.block("vit.encoder.layer.\(index)", options, rotation, precision))
        }
        self.blocks = blocks

        let tokens = embeddings.tokens
        let hasClassToken = options.hasClassToken
        var steps: [Step] = [.embed(firstNorm)] + blocks.indices.map(Step.block)
        var points = (["embeddings"] + blocks.indices.map { "blocks.\($0)" }).map {
            HookPoint(name: $0, tokens: tokens, width: width, isSigned: true, hasClassToken: hasClassToken)
        }
        func add(_ step: Step, _ name: String, tokens: Int = 1, width: Int) {
            steps.append(step)
            points.append(
                HookPoint(
                    name: name, tokens: tokens, width: width, isSigned: true,
                    hasClassToken: tokens == 1 || hasClassToken))
        }
        if weights.has("vit.layernorm.weight") || !weights.has("vit.pooled_layernorm.weight") {
            let norm = try weights.layerNorm("vit.layernorm", width, epsilon: options.epsilon)
            add(.norm(norm), "norm", tokens: tokens, width: width)
        }
        pooling = options.pooling
        let features = pooling == .classTokenAndMean ? 2 * width : width
        switch pooling {
        // A class token is read where it stands.
        case .classToken, .distilled: break
        case .attention: add(.attend(try weights.attentionPooling(options)), "pool", width: width)
        case .mean, .classTokenAndMean: add(.pool, "pool", width: features)
        }
        if weights.has("vit.pooled_layernorm.weight") {
            let norm = try weights.layerNorm("vit.pooled_layernorm", width, epsilon: options.epsilon)
            add(.norm(norm), "fc_norm", width: width)
        }
        var classifier: LinearHead?
        if pooling == .distilled {
            let first = try weights.linear(options.classifier, width, options.classes.count)
            let second = try weights.linear("distillation_classifier", width, options.classes.count)
            add(.distilled(PackedLinear(first), PackedLinear(second)), "logits", width: options.classes.count)
        } else if !options.classes.isEmpty {
            let linear = try weights.linear(options.classifier, features, options.classes.count)
            classifier = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([options.classes.count]))
            add(.linear(PackedLinear(linear)), "logits", width: options.classes.count)
        } else if let dimension = weights.shape(of: "projection.weight")?.first {
            let linear = try weights.linear("projection", width, dimension, hasBias: weights.has("projection.bias"))
            add(.linear(PackedLinear(linear)), "projection", width: dimension)
        }
        // Hugging Face's classifier takes the class token as it is: a pooler in the file has no part in it.
        let pooler = files.tensors.names.rooted("vit.pooler.")
        // Nor has SigLIP's attention pooling, where a classifier reads the mean.
        let (head, isReplaced) = (files.tensors.names.rooted("vit.head."), files.isSigLIPClassifier)
        try weights.finish {
            $0.hasPrefix(pooler) || isReplaced && $0.hasPrefix(head) || files.isOutside($0)
                || $0.hasSuffix(".num_batches_tracked")
        }

        (self.steps, hookPoints, self.classifier) = (steps, points, classifier)
        (name, assumptions, classes) = (files.name, files.assumptions, options.classes)
        architecture = options.summary
        preprocessing = try files.preprocessing(for: options.input, default: options.preprocessing)
        digest = Digest(
            files.precision.marking("ViT"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}

extension Weights {
    fileprivate mutating func patchEmbedding(
        _ options: ViTOptions, _ precision: Precision
    ) throws(VisionModelsError) -> PatchEmbedding {
        let (input, patch, width) = (options.input, options.patch, options.width)
        let name = "vit.embeddings."
        let projection = name + "patch_embeddings.projection"
        let stem = has(PatchStem.first) ? try patchStem(precision) : nil
        let linear: Linear
        if let stem {
            linear = stem.first
        } else {
            linear = Linear(
                weight: try tensor(projection + ".weight", [width, input.channels, patch, patch])
                    .reshaped([width, input.channels * patch * patch]),
                bias: options.hasPatchBias ? try tensor(projection + ".bias", [width]) : nil)
        }
        var prefix: [Float] = []
        if options.hasClassToken {
            prefix += try tensor(name + "cls_token", options.arePositionsFlat ? [width] : [1, 1, width]).values
        }
        if options.hasDistillationToken { prefix += try tensor(name + "distillation_token", [1, 1, width]).values }
        if options.registers > 0 {
            prefix += try tensor(name + "register_tokens", [1, options.registers, width]).values
        }
        var first = Tensor([prefix.count / width, width], prefix)
        var positions: Tensor?
        if options.places > 0 {
            let shape = options.arePositionsFlat ? [options.places, width] : [1, options.places, width]
            let all = try tensor(name + "position_embeddings", shape).reshaped([options.places, width])
            // Those of the tokens before the patches come first.
            let placed = options.placedPrefix
            first.withUnsafeMutable { first in
                all.withUnsafe { all in for index in 0..<placed * width { first[index] += all[index] } }
            }
            positions = all.rows(placed..<options.places)
            if let side = options.interpolatedSide {
                positions = positions!.interpolated(
                    side: side, height: input.height / patch, width: input.width / patch,
                    antialias: options.antialias)
            }
        }
        var embedding = PatchEmbedding(
            input: input, patch: patch, projection: linear, prefix: first, positions: positions, precision: precision)
        embedding.stem = stem?.rest
        return embedding
    }

    fileprivate mutating func block(
        _ name: String, _ options: ViTOptions, _ rotation: PatchRotation?, _ precision: Precision
    ) throws(VisionModelsError) -> TransformerBlock {
        let (width, epsilon, inner) = (options.width, options.epsilon, name + ".attention.attention")
        func scale(_ place: Int, _ weights: inout Weights) throws(VisionModelsError) -> Tensor? {
            options.hasLayerScale ? try weights.tensor(name + ".layer_scale\(place).lambda1", [width]) : nil
        }
        let firstScale = try scale(1, &self)
        func turned(_ linear: Linear) -> Linear {
            options.turnsNeighbours ? linear.halved(heads: options.heads) : linear
        }
        var attention = Attention(
            query: turned(try linear(inner + ".query", width, width, hasBias: options.biases.query)),
            key: turned(try linear(inner + ".key", width, width, hasBias: options.biases.key)),
            value: try linear(inner + ".value", width, width, hasBias: options.biases.value),
            output: try linear(name + ".attention.output.dense", width, width).scaled(by: firstScale),
            heads: options.heads, isCausal: false, precision: precision)
        attention.rotation = rotation
        if options.hasInnerNorm {
            attention.innerNorm = try layerNorm(name + ".attention.inner_norm", width, epsilon: epsilon)
        }
        if options.hasHeadNorms {
            let headWidth = width / options.heads
            attention.norms = (
                query: try layerNorm(name + ".attention.query_norm", headWidth, epsilon: epsilon),
                key: try layerNorm(name + ".attention.key_norm", headWidth, epsilon: epsilon)
            )
        }
        let secondScale = try scale(2, &self)
        var mlp: MLP
        if options.isGated {
            let hidden = options.hiddenWidth
            mlp = MLP(
                gate: try linear(name + ".mlp.gate", width, hidden),
                value: try linear(name + ".mlp.value", width, hidden),
                contract: try linear(name + ".mlp.contract", hidden, width).scaled(by: secondScale),
                precision: precision)
        } else {
            mlp = MLP(
                expand: try linear(name + ".intermediate.dense", width, options.hiddenWidth),
                activation: options.activation,
                contract: try linear(name + ".output.dense", options.hiddenWidth, width).scaled(by: secondScale),
                precision: precision)
        }
        if options.hasMLPNorm {
            mlp.norm = try layerNorm(name + ".mlp.norm", options.hiddenWidth, epsilon: epsilon)
        }
        return TransformerBlock(
            norm1: try layerNorm(name + ".layernorm_before", width, epsilon: epsilon), attention: attention,
            norm2: try layerNorm(name + ".layernorm_after", width, epsilon: epsilon), mlp: mlp)
    }
}
