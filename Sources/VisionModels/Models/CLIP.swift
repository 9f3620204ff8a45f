import Digests
import Files
import Foundation
import LinearAlgebra

/// CLIP (Radford et al. 2021) in the layout of Hugging Face's CLIPModel: an image encoder and a text tower, each ending in
/// the same space.
package struct CLIP: ContrastiveModel {
    package let name: String
    package let assumptions: [ModelAssumption]
    package let digest: Digest
    package let preprocessing: Preprocessing
    package let logitScale: Float
    package let tokenizer: CLIPTokenizer
    package let images: any ImageEncoder
    package let texts: TextTower

    package var dimension: Int { images.dimension }
    package var input: ImageShape { images.input }
    package var tokenizerFile: String { tokenizer.file }
    package var textPooling: String {
        texts.end.map { "token \($0)" } ?? "the greatest token (the configuration's eos_token_id 2 means that)"
    }
    package var architecture: String {
        "CLIP, image tower \(images.summary), text tower \(texts.summary), \(dimension) dimensions"
    }

    package func embed(concepts: [String]) -> Tensor {
        texts.features(concepts.map(tokenizer.tokens(of:))).normalized()
    }

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let settings = files.settings
        var weights = files.weights()
        let dimension = try settings.count("projection_dim", default: 512)
        let textSettings = try settings.section("text_config")
        let visionSettings = try settings.section("vision_config")
        images =
            files.family == .openCLIPResNet
            ? try ResidualTower(&weights, visionSettings, dimension: dimension, files.precision)
            : try ImageTower(&weights, visionSettings, dimension: dimension, files.precision)
        texts = try TextTower(&weights, textSettings, dimension: dimension)
        logitScale = exp(try weights.tensor("logit_scale", [])[0])
        // Older files carry the positions 0, 1, 2…; others, how many batches were seen in training.
        try weights.finish { $0.hasSuffix(".position_ids") || $0.hasSuffix(".num_batches_tracked") }

        guard texts.positions.shape[0] >= 2 else {
            throw textSettings.unsuitable("max_position_embeddings", expected: "room for a start and an end")
        }
        tokenizer = try CLIPTokenizer(inFolder: files.location.folder, contextLength: texts.positions.shape[0])
        guard tokenizer.vocabularySize <= texts.vocabulary.shape[0] else {
            throw .malformedVocabulary(
                file: tokenizer.file,
                .tooLarge(tokens: tokenizer.vocabularySize, embedded: texts.vocabulary.shape[0]))
        }
        guard texts.end == nil || texts.end == tokenizer.end else {
            let file = URL(filePath: tokenizer.file).lastPathComponent
            throw textSettings.unsuitable("eos_token_id", expected: "\(tokenizer.end), as in \(file)")
        }
        preprocessing = try files.preprocessing(for: images.input, default: .clip)
        (name, assumptions) = (files.name, files.assumptions)
        digest = Digest(
            files.precision.marking("CLIP"), files.checkpoint.digest(), settings.digest, tokenizer.digest,
            preprocessing.digest)
    }
}

extension CLIP {
    package var imagePoints: [HookPoint] { images.hookPoints }

    package func features(_ pixels: Tensor, hooks: Hooks) -> Tensor { images.features(pixels, hooks: hooks) }

    package func features(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        images.features(resumingFrom: point, activations, hooks: hooks)
    }

    package func grid(at point: HookPoint) -> TokenGrid? { images.grid(at: point) }

    package func end(after point: HookPoint, pooling: Pooling) -> TowerEnd? {
        images.end(after: point, pooling: pooling)
    }
}

// MARK: - Image tower

/// E_i: a ViT with a norm before its blocks and a projection of the class token after them.
package struct ImageTower: ImageEncoder {
    let embeddings: PatchEmbedding
    let norm1: LayerNorm
    let blocks: [TransformerBlock]
    let norm2: LayerNorm
    let projection: PackedLinear
    /// P, the same as it stands in the file: [d, D]
    let projectionWeight: Tensor

    /// `embeddings` (after the first norm), `blocks.0`…, then `norm` and `projection` of the class token.
    package var hookPoints: [HookPoint] {
        let (tokens, width) = (embeddings.tokens, norm2.scale.count)
        let names = ["embeddings"] + blocks.indices.map { "blocks.\($0)" }
        return names.map { HookPoint(name: $0, tokens: tokens, width: width, isSigned: true) } + [
            HookPoint(name: "norm", tokens: 1, width: width, isSigned: true),
            HookPoint(name: "projection", tokens: 1, width: projection.weight.outputs, isSigned: true),
        ]
    }

    package var input: ImageShape { embeddings.input }
    package var dimension: Int { projection.weight.outputs }
    package var summary: String { "\(blocks.count) blocks, width \(norm2.scale.count), patch \(embeddings.patch)" }

    package func grid(at point: HookPoint) -> TokenGrid? { point.tokens > 1 ? embeddings.grid : nil }

    /// After the last block only the class token goes on, through the norm and the projection.
    package func end(after point: HookPoint, pooling: Pooling) -> TowerEnd? {
        switch point.name {
        case "projection": TowerEnd(norm: nil, projection: .identity(dimension))
        case "norm": TowerEnd(norm: nil, projection: projectionWeight)
        case _ where pooling == .cls && point == hookPoints[blocks.count]:
            TowerEnd(norm: norm2, projection: projectionWeight)
        default: nil
        }
    }

    /// [B, channels, height, width] -> [B, d], not yet of unit length.
    package func features(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        run(pixels, from: 0, hooks: hooks)
    }

    /// Goes on from activations at a hook point, as `features(_:hooks:)` does after computing them. -> [B, d]
    package func features(
        resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks
    ) -> Tensor {
        var x = activations
        let next = hooks.enter(&x, at: point, of: hookPoints)
        return run(x, from: next, hooks: hooks)
    }

    private func run(_ x: Tensor, from first: Int, hooks: Hooks) -> Tensor {
        // Of the last block, the projection reads the class token; the others are computed where somebody asks.
        let points = hookPoints
        let needsAll = hooks.act(at: points[blocks.count])
        return hooks.run(x, through: points, from: first) { index, x in
            switch index {
            case 0: norm1(embeddings(x))  // [b, T, D]
            case blocks.count where !needsAll: blocks[index - 1].classToken(x)  // [b, 1, D]
            case ...blocks.count: blocks[index - 1](x)  // [b, T, D]
            case blocks.count + 1: norm2(x.tokens(at: 0))  // [b, D]
            default: projection(x)  // [b, d]
            }
        }
    }

    fileprivate init(
        _ weights: inout Weights, _ settings: Settings, dimension: Int, _ precision: Precision
    ) throws(VisionModelsError) {
        let (input, patch) = try settings.patchSizes(defaultPatch: 32)
        let encoder = try EncoderSettings(
            settings, width: 768, hiddenWidth: 3072, heads: 12, activation: .quickGELU, epsilon: 1e-5)
        let width = encoder.width
        let tokens = 1 + (input.height / patch) * (input.width / patch)
        let name = "vision_model.embeddings"
        embeddings = PatchEmbedding(
            input: input, patch: patch,
            projection: Linear(
                weight: try weights.tensor(name + ".patch_embedding.weight", [width, input.channels, patch, patch])
                    .reshaped([width, input.channels * patch * patch]),
                bias: nil),
            classToken: try weights.tensor(name + ".class_embedding", [width]),
            positions: try weights.tensor(name + ".position_embedding.weight", [tokens, width]),
            precision: precision)
        // Spelt so in every checkpoint.
        norm1 = try weights.layerNorm("vision_model.pre_layrnorm", width, epsilon: encoder.epsilon)
        blocks = try weights.encoderBlocks("vision_model.encoder.layers", encoder, isCausal: false, precision)
        norm2 = try weights.layerNorm("vision_model.post_layernorm", width, epsilon: encoder.epsilon)
        let linear = try weights.linear("visual_projection", width, dimension, hasBias: false)
        (projection, projectionWeight) = (PackedLinear(linear), linear.weight)
    }
}

// MARK: - Text tower

/// E_c: a causal transformer, read at the end token.
package struct TextTower: Sendable {
    /// [tokens of the vocabulary, D]
    let vocabulary: Tensor
    /// [context length, D]
    let positions: Tensor
    let blocks: [TransformerBlock]
    let norm: LayerNorm
    let projection: PackedLinear
    /// The token at whose first place a text is read. Nil for configurations that say 2, an old error of the converter: these
    /// mean the greatest token.
    let end: Int?

    var summary: String { "\(blocks.count) blocks, width \(norm.scale.count)" }

    /// Token lists -> [n, d], not yet of unit length.
    ///
    /// The mask is causal, so what follows the end token cannot reach it and is not computed: exact, and for most concepts
    /// under ten tokens of seventy-seven. Texts of one length run together.
    package func features(_ texts: [[Int]]) -> Tensor {
        var features = Tensor([texts.count, projection.weight.outputs])
        let starts = texts.map { Array($0[...place(in: $0)]) }
        for (_, indices) in Dictionary(grouping: starts.indices, by: { starts[$0].count }) {
            let rows = equallyLong(indices.map { starts[$0] })
            for (row, index) in indices.enumerated() {
                for column in 0..<rows.columns { features[index, column] = rows[row, column] }
            }
        }
        return features
    }

    /// Where a text is read: at its first end token.
    private func place(in tokens: [Int]) -> Int {
        precondition(!tokens.isEmpty, "a text has at least a start and an end")
        guard let place = tokens.firstIndex(of: end ?? tokens.max()!) else {
            preconditionFailure("a text without its end token")
        }
        return place
    }

    /// n texts of T tokens -> [n, d].
    private func equallyLong(_ texts: [[Int]]) -> Tensor {
        let (count, tokens) = (texts.count, texts[0].count)
        var x = vocabulary.rows(at: texts.flatMap { $0 })  // [n · T, D]
        x.add(positions.rows(at: (0..<count).flatMap { _ in 0..<tokens }))
        x = x.reshaped([count, tokens, x.columns])  // [n, T, D]
        return x.mapImages(rowsPerImage: tokens, to: [projection.weight.outputs]) { x in
            let x = blocks.reduce(x) { $1($0) }  // [b, T, D]
            return projection(norm(x.tokens(at: tokens - 1)))  // [b, d]
        }
    }

    fileprivate init(
        _ weights: inout Weights, _ settings: Settings, dimension: Int
    ) throws(VisionModelsError) {
        let encoder = try EncoderSettings(
            settings, width: 512, hiddenWidth: 2048, heads: 8, activation: .quickGELU, epsilon: 1e-5)
        let width = encoder.width
        let name = "text_model.embeddings"
        vocabulary = try weights.tensor(
            name + ".token_embedding.weight", [try settings.count("vocab_size", default: 49408), width])
        positions = try weights.tensor(
            name + ".position_embedding.weight", [try settings.count("max_position_embeddings", default: 77), width])
        blocks = try weights.encoderBlocks("text_model.encoder.layers", encoder, isCausal: true, .float32)
        norm = try weights.layerNorm("text_model.final_layer_norm", width, epsilon: encoder.epsilon)
        projection = PackedLinear(try weights.linear("text_projection", width, dimension, hasBias: false))
        let end = try settings.integer("eos_token_id", default: 49407)
        self.end = end == 2 ? nil : end
    }
}
