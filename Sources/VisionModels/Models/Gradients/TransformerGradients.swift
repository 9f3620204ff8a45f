import Foundation
import LinearAlgebra

// The way back through the blocks of a transformer, in closed form. In shapes: B images, T tokens, D width, H hidden values.

/// ∂ log p_ĉ/∂x at a hook point, ĉ each image's own prediction: [B, T, D] -> [B, T, D]
package typealias AnswerGradients = @Sendable (_ activations: Tensor) -> Tensor

/// The gradient of some images at a time, a few on each core: nothing of one image reaches another. [B, T, D]
func imageByImage(_ activations: Tensor, _ gradient: @Sendable (Tensor) -> Tensor) -> Tensor {
    let (tokens, width) = (activations.shape[1], activations.shape[2])
    let parts = parallelMap(blocks(of: activations.shape[0], size: 4)) { images in
        gradient(
            activations.rows(images.lowerBound * tokens..<images.upperBound * tokens)
                .reshaped([images.count, tokens, width])
        ).values
    }
    return Tensor(activations.shape, parts.flatMap { $0 })
}

/// The blocks after a hook point, then what makes an answer of the class token.
struct TransformerGradients: Sendable {
    private let blocks: [BlockGradients]
    /// The gradient with respect to the class token of the last block's output: [b, D] -> [b, D]
    private let ofAnswer: @Sendable (Tensor) -> Tensor

    /// Nil where the way back through one of the blocks is not known.
    init?(_ blocks: some Sequence<TransformerBlock>, ofAnswer: @escaping @Sendable (Tensor) -> Tensor) {
        var own: [BlockGradients] = []
        for block in blocks {
            guard let gradients = BlockGradients(block) else { return nil }
            own.append(gradients)
        }
        (self.blocks, self.ofAnswer) = (own, ofAnswer)
    }

    func callAsFunction(_ activations: Tensor) -> Tensor { imageByImage(activations, gradient) }

    private func gradient(_ x: Tensor) -> Tensor {
        var (traces, x) = ([BlockTrace](), x)
        for block in blocks {
            let trace = BlockTrace(block.block, block.activation, x)
            x = trace.output
            traces.append(trace)
        }
        // The answer reads the class token alone.
        let (tokens, width) = (x.shape[1], x.shape[2])
        let ofToken = ofAnswer(x.tokens(at: 0))
        var gradient = Tensor(x.shape)
        gradient.withUnsafeMutable { g in
            ofToken.withUnsafe { own in
                for image in 0..<x.shape[0] {
                    for unit in 0..<width { g[image * tokens * width + unit] = own[image * width + unit] }
                }
            }
        }
        for (block, trace) in zip(blocks, traces).reversed() { gradient = block(gradient, trace) }
        return gradient
    }
}

/// What a block computes on its way, as far as the way back reads it.
struct BlockTrace {
    /// x, and y = x + Attention(Norm(x)): [b, T, D] each
    let input, middle: Tensor
    /// Queries, keys and values [b, T, 3 D]; the MLP before its nonlinearity [b, T, H].
    let stacked, hidden: Tensor
    let output: Tensor

    init(_ block: TransformerBlock, _ activation: Activation, _ x: Tensor) {
        input = x
        stacked = block.attention.stacked(block.norm1(x))
        let context = attention(stacked: stacked, heads: block.attention.heads, isCausal: block.attention.isCausal)
        middle = block.attention.output(context, residual: x)
        hidden = block.mlp.expand(block.norm2(middle))
        var activated = hidden
        if activation == .gelu { activated.applyGELU() } else { activated.applyQuickGELU() }
        output = block.mlp.contract(activated, residual: middle)
    }
}

/// The way back through one block.
struct BlockGradients: Sendable {
    let block: TransformerBlock
    let activation: Activation
    /// Weights as they stand in a file: [3 D, D], [D, D], [H, D], [D, H].
    private let stacked, output, expand, contract: Tensor

    /// Blocks as the first ViT and CLIP have them, with weights that were not rounded.
    static func isKnown(_ block: TransformerBlock) -> Bool {
        let (attention, mlp) = (block.attention, block.mlp)
        return !attention.isCausal && attention.norms == nil && attention.rotation == nil
            && attention.innerNorm == nil && mlp.norm == nil
            && (mlp.activation == .gelu || mlp.activation == .quickGELU)
            && mlp.expand.weight.precision == .float32
    }

    /// Nil of a block of another kind.
    init?(_ block: TransformerBlock) {
        guard Self.isKnown(block), let activation = block.mlp.activation,
            let stacked = block.attention.stacked.weight.unpacked,
            let output = block.attention.output.weight.unpacked, let expand = block.mlp.expand.weight.unpacked,
            let contract = block.mlp.contract.weight.unpacked
        else { return nil }
        (self.block, self.activation) = (block, activation)
        (self.stacked, self.output, self.expand, self.contract) = (stacked, output, expand, contract)
    }

    /// From the gradient with respect to the block's output to that with respect to its input: [b, T, D] each.
    func callAsFunction(_ gradient: Tensor, _ trace: BlockTrace) -> Tensor {
        var hidden = multiply(gradient, .plain, contract)
        hidden.multiply(by: trace.hidden, slope: activation.slope)
        var middle = block.norm2.gradient(multiply(hidden, .plain, expand), at: trace.middle)
        middle.add(gradient)
        let context = multiply(middle, .plain, output)
        let ofStack = attentionGradient(context, stacked: trace.stacked, heads: block.attention.heads)
        var input = block.norm1.gradient(multiply(ofStack, .plain, stacked), at: trace.input)
        input.add(middle)
        return input.reshaped(trace.input.shape)
    }
}

/// From the gradient with respect to the context [b · T, D] to that with respect to queries, keys and values [b · T, 3 D].
///
/// With P = softmax(Q Kᵀ / √(D/H)) and G the context's: ∂V = Pᵀ G, ∂S = P ⊙ (G Vᵀ - rows' sums of P ⊙ G Vᵀ) / √(D/H),
/// ∂Q = ∂S K, ∂K = ∂Sᵀ Q.
private func attentionGradient(_ gradient: Tensor, stacked: Tensor, heads: Int) -> Tensor {
    let (batch, tokens, width) = (stacked.shape[0], stacked.shape[1], stacked.shape[2] / 3)
    let (head, stride) = (width / heads, 3 * width)
    let scale = 1 / Float(head).squareRoot()
    var result = Tensor([batch * tokens, stride])
    var (p, s) = (Tensor([tokens, tokens]), Tensor([tokens, tokens]))
    result.withUnsafeMutable { result in
        stacked.withUnsafe { stacked in
            gradient.withUnsafe { gradient in
                for item in 0..<batch * heads {
                    let (image, part) = item.quotientAndRemainder(dividingBy: heads)
                    let at = image * tokens * stride + part * head
                    let q = stacked.baseAddress! + at
                    let (k, v) = (q + width, q + 2 * width)
                    let g = gradient.baseAddress! + image * tokens * width + part * head
                    let out = result.baseAddress! + at
                    p.withUnsafeMutable {
                        multiply(
                            m: tokens, n: tokens, k: head, alpha: scale, q, lda: stride, .plain, k, ldb: stride,
                            .transposed, into: $0.baseAddress!, ldc: tokens)
                    }
                    p.applySoftmax()
                    s.withUnsafeMutable { s in
                        multiply(
                            m: tokens, n: tokens, k: head, g, lda: width, .plain, v, ldb: stride, .transposed,
                            into: s.baseAddress!, ldc: tokens)
                        p.withUnsafe { p in
                            for row in Swift.stride(from: 0, to: tokens * tokens, by: tokens) {
                                let range = row..<row + tokens
                                let along = range.reduce(Float(0)) { $0 + p[$1] * s[$1] }
                                for i in range { s[i] = p[i] * (s[i] - along) * scale }
                            }
                        }
                    }
                    p.withUnsafe { p in
                        s.withUnsafe { s in
                            let (p, s) = (p.baseAddress!, s.baseAddress!)
                            multiply(
                                m: tokens, n: head, k: tokens, s, lda: tokens, .plain, k, ldb: stride, .plain,
                                into: out, ldc: stride)
                            multiply(
                                m: tokens, n: head, k: tokens, s, lda: tokens, .transposed, q, ldb: stride, .plain,
                                into: out + width, ldc: stride)
                            multiply(
                                m: tokens, n: head, k: tokens, p, lda: tokens, .transposed, g, ldb: width, .plain,
                                into: out + 2 * width, ldc: stride)
                        }
                    }
                }
            }
        }
    }
    return result
}

extension LayerNorm {
    /// With y = (x - mean) / σ and u = g ⊙ γ: (u - mean(u) - y mean(u ⊙ y)) / σ. [..., D]
    func gradient(_ gradient: Tensor, at x: Tensor) -> Tensor {
        var result = gradient
        let (rows, columns) = (x.rows, x.columns)
        result.withUnsafeMutable { g in
            x.withUnsafe { x in
                scale.withUnsafe { scale in
                    for row in 0..<rows {
                        let at = row * columns
                        let all = 0..<columns
                        let mean = all.reduce(0.0) { $0 + Double(x[at + $1]) } / Double(columns)
                        let variance =
                            all.reduce(0.0) { $0 + (Double(x[at + $1]) - mean) * (Double(x[at + $1]) - mean) }
                            / Double(columns)
                        let (middle, inverse) = (Float(mean), Float(1 / (variance + Double(epsilon)).squareRoot()))
                        var (sum, along): (Float, Float) = (0, 0)
                        for i in all {
                            g[at + i] *= scale[i]
                            sum += g[at + i]
                            along += g[at + i] * (x[at + i] - middle) * inverse
                        }
                        (sum, along) = (sum / Float(columns), along / Float(columns))
                        for i in all {
                            g[at + i] = (g[at + i] - sum - (x[at + i] - middle) * inverse * along) * inverse
                        }
                    }
                }
            }
        }
        return result
    }
}

extension Activation {
    /// The derivative of GELU or QuickGELU.
    fileprivate var slope: @Sendable (Float) -> Float {
        switch self {
        case .gelu:
            { x in
                // Φ(x) + x φ(x)
                0.5 * (1 + erf(x * Float(0.5).squareRoot())) + x * exp(-0.5 * x * x) * 0.3989422804
            }
        case .quickGELU, .tanhGELU:
            { x in
                let s = 1 / (1 + exp(-1.702 * x))
                return s * (1 + 1.702 * x * (1 - s))
            }
        }
    }
}

extension Tensor {
    /// Each value times the slope at the value of `x` in its place.
    fileprivate mutating func multiply(by x: Tensor, slope: (Float) -> Float) {
        precondition(count == x.count)
        x.withUnsafe { x in withUnsafeMutable { g in for i in g.indices { g[i] *= slope(x[i]) } } }
    }

    /// 1_ĉ - softmax of each row of logits, ĉ the row's own first: ∂ log p_ĉ by the logits.
    func surprise() -> Tensor {
        let (winners, columns) = (argmax(), columns)
        var result = self
        result.applySoftmax()
        result.withUnsafeMutable { p in
            for i in p.indices { p[i].negate() }
            for (row, c) in winners.enumerated() { p[row * columns + c] += 1 }
        }
        return result
    }
}
