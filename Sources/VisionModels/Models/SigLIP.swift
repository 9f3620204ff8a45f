import Digests
import Files
import Foundation
import LinearAlgebra

/// SigLIP (Zhai et al. 2023) and SigLIP 2 for images of one size (Tschannen et al. 2025), under the names of Hugging Face's
/// SiglipModel and of open_clip. Each pair of image and text has a logit of its own, scale · cosine + bias, whose sigmoid is the probability
/// that they belong together.
package struct SigLIP: TowersJoined {
    package let name: String
    package let assumptions: [ModelAssumption]
    package let digest: Digest
    package let logitScale: Float
    package let logitBias: Float
    package let tokenizer: any TextTokenizer
    /// E_i: its features are what its attention pooling gives.
    package let images: any TargetModel
    package let texts: SigLIPTexts

    package var dimension: Int { texts.head.weight.outputs }
    package var tokenizerFile: String { tokenizer.file }
    package var textPooling: String { "the last of \(texts.positions.rows) places, padding included" }
    package var architecture: String {
        "SigLIP, image tower \(images.architecture), text tower \(texts.summary), \(dimension) dimensions"
    }

    package func embed(concepts: [String]) -> Tensor {
        texts.features(concepts.map(tokenizer.tokens(of:))).normalized()
    }

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let settings = files.settings
        let tower = try files.imageTower()
        guard tower.tensors.shape(of: "vit.head.probe") != nil else {
            throw settings.unsuitable("vision_config", expected: "an image tower with its pooling, vision_model.head")
        }
        images = try VisionTransformer(tower)
        var weights = files.weights()
        let textSettings = try settings.section("text_config")
        texts = try SigLIPTexts(&weights, textSettings)
        // open_clip has them without a dimension.
        logitScale = exp(try weights.tensor("logit_scale", weights.shape(of: "logit_scale") == [] ? [] : [1])[0])
        logitBias = try weights.tensor("logit_bias", weights.shape(of: "logit_bias") == [] ? [] : [1])[0]
        try weights.finish { !tower.isOutside($0) || $0.hasSuffix(".position_ids") }
        let width = images.hookPoints[images.hookPoints.count - 1].width
        guard texts.head.weight.outputs == width else {
            throw textSettings.unsuitable("projection_size", expected: "\(width), as images have it")
        }
        tokenizer = try loadTextTokenizer(
            inFolder: files.location.folder, length: texts.positions.rows, cleaning: try files.textCleaning)
        guard tokenizer.vocabularySize <= texts.vocabulary.rows else {
            throw .malformedVocabulary(
                file: tokenizer.file,
                .tooLarge(tokens: tokenizer.vocabularySize, embedded: texts.vocabulary.rows))
        }
        (name, assumptions) = (files.name, files.assumptions)
        digest = Digest("SigLIP", images.digest, settings.digest, tokenizer.digest)
    }
}

/// E_c: a transformer without a mask, read at its last place, padding or not.
package struct SigLIPTexts: Sendable {
    /// [tokens of the vocabulary, D]
    let vocabulary: Tensor
    /// [places, D]
    let positions: Tensor
    let blocks: [TransformerBlock]
    let norm: LayerNorm
    let head: PackedLinear

    var summary: String { "\(blocks.count) blocks, width \(norm.scale.count)" }

    /// Token lists, each as long as there are places -> [n, d], not yet of unit length.
    ///
    /// Without a mask the order of tokens is told by their positions alone: the last comes first, so that the last block
    /// computes what is read and no more.
    package func features(_ texts: [[Int]]) -> Tensor {
        let (places, width) = (positions.rows, positions.columns)
        let order = [places - 1] + Array(0..<places - 1)
        var x = vocabulary.rows(at: texts.flatMap { tokens in order.map { tokens[$0] } })  // [n · T, D]
        x.add(positions.rows(at: texts.flatMap { _ in order }))
        x = x.reshaped([texts.count, places, width])
        return x.mapImages(rowsPerImage: places, to: [head.weight.outputs]) { x in
            let x = blocks.dropLast().reduce(x) { $1($0) }  // [b, T, D]
            let last = blocks.last.map { $0.classToken(x) } ?? x
            return head(norm(last.tokens(at: 0)))  // [b, d]
        }
    }

    fileprivate init(_ weights: inout Weights, _ settings: Settings) throws(VisionModelsError) {
        let encoder = try EncoderSettings(
            settings, width: 768, hiddenWidth: 3072, heads: 12, activation: .tanhGELU, epsilon: 1e-6)
        let (width, name) = (encoder.width, "text_model.embeddings")
        vocabulary = try weights.tensor(
            name + ".token_embedding.weight", [try settings.count("vocab_size", default: 32000), width])
        positions = try weights.tensor(
            name + ".position_embedding.weight", [try settings.count("max_position_embeddings", default: 64), width])
        blocks = try weights.encoderBlocks("text_model.encoder.layers", encoder, isCausal: false, .float32)
        norm = try weights.layerNorm("text_model.final_layer_norm", width, epsilon: encoder.epsilon)
        let dimension = try settings.count("projection_size", default: width)
        head = PackedLinear(try weights.linear("text_model.head", width, dimension))
        guard positions.rows >= 2 else {
            throw settings.unsuitable("max_position_embeddings", expected: "room for a text and its end")
        }
    }
}
