import LinearAlgebra

/// A concept space of two towers, of which that for images can be read and changed inside: CLIP and SigLIP.
package protocol ContrastiveModel: ConceptSpace {
    /// What a cosine is multiplied by as a logit, and what is added then: nothing but in SigLIP.
    var logitScale: Float { get }
    var logitBias: Float { get }
    /// The file with the vocabulary of its texts.
    var tokenizerFile: String { get }
    /// Where a text is read, in words.
    var textPooling: String { get }
    /// Of the image tower; the last one is the embedding, of any length.
    var imagePoints: [HookPoint] { get }

    /// [B, channels, height, width] -> [B, d], not yet of unit length.
    func features(_ pixels: Tensor, hooks: Hooks) -> Tensor

    /// Goes on from activations at a hook point of the image tower. -> [B, d]
    func features(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor

    /// Where the tokens of a hook point of the image tower stand in the input; nil where an image has one vector there.
    func grid(at point: HookPoint) -> TokenGrid?

    /// How the embedding follows from the pooled activations of a hook point, where that is a matrix, with a norm before it or
    /// without; otherwise nil.
    func end(after point: HookPoint, pooling: Pooling) -> TowerEnd?
}

extension ContrastiveModel {
    package var logitBias: Float { 0 }

    /// What the image tower has at a hook point, and no more of it than leads there: [B, channels, height, width]
    /// -> [B, T, D], or [B, D] without tokens.
    package func activations(at point: HookPoint, of pixels: Tensor) -> Tensor {
        var recorded = Tensor([0])
        _ = features(pixels, hooks: Hooks(endingAt: point) { recorded = $0 })
        return recorded
    }

    package func embed(images pixels: Tensor) -> Tensor { features(pixels, hooks: Hooks()).normalized() }
}

/// embedding = P a, or P Norm(a).
package struct TowerEnd: Sendable {
    let norm: LayerNorm?
    /// P: [d, units]
    let projection: Tensor
}

/// The keys of `vision_config` and `text_config`, and the blocks that CLIP and SigLIP call alike.
struct EncoderSettings {
    let width: Int
    let blocks: Int
    let heads: Int
    let hiddenWidth: Int
    let activation: Activation
    let epsilon: Float

    /// - Parameters: what transformers takes where a key is not there.
    init(
        _ settings: Settings, width: Int, hiddenWidth: Int, heads: Int, activation: Activation, epsilon: Float
    ) throws(VisionModelsError) {
        self.width = try settings.count("hidden_size", default: width)
        self.hiddenWidth = try settings.count("intermediate_size", default: hiddenWidth)
        self.heads = try settings.count("num_attention_heads", default: heads)
        blocks = try settings.count("num_hidden_layers", default: 12)
        self.activation = try settings.choice("hidden_act", default: activation)
        self.epsilon = try settings.float("layer_norm_eps", default: epsilon)
        guard self.width % self.heads == 0 else {
            throw settings.unsuitable("num_attention_heads", expected: "a divisor of hidden_size, \(self.width)")
        }
    }
}

extension Weights {
    mutating func encoderBlocks(
        _ name: String, _ encoder: EncoderSettings, isCausal: Bool, _ precision: Precision
    ) throws(VisionModelsError) -> [TransformerBlock] {
        let (width, hidden) = (encoder.width, encoder.hiddenWidth)
        var blocks: [TransformerBlock] = []
        for index in 0..<encoder.blocks {
            let (layer, attention) = ("\(name).\(index)", "\(name).\(index).self_attn")
            blocks.append(
                TransformerBlock(
                    norm1: try layerNorm(layer + ".layer_norm1", width, epsilon: encoder.epsilon),
                    attention: Attention(
                        query: try linear(attention + ".q_proj", width, width),
                        key: try linear(attention + ".k_proj", width, width),
                        value: try linear(attention + ".v_proj", width, width),
                        output: try linear(attention + ".out_proj", width, width),
                        heads: encoder.heads, isCausal: isCausal, precision: precision),
                    norm2: try layerNorm(layer + ".layer_norm2", width, epsilon: encoder.epsilon),
                    mlp: MLP(
                        expand: try linear(layer + ".mlp.fc1", width, hidden), activation: encoder.activation,
                        contract: try linear(layer + ".mlp.fc2", hidden, width), precision: precision)))
        }
        return blocks
    }
}
