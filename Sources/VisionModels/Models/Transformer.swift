import LinearAlgebra

// The parts ViT and CLIP share: pre-norm attention and MLP (Dosovitskiy et al. 2021, figure 1).
// Letters in shapes: B images or texts, T tokens, D width, H heads.

/// y = x Wᵀ + b.
struct Linear: Sendable {
    /// [outputs, inputs]
    let weight: Tensor
    /// [outputs]
    let bias: Tensor?

    /// [..., inputs] -> [..., outputs]
    func callAsFunction(_ x: Tensor) -> Tensor {
        var y = multiply(x, .plain, weight, .transposed)
        if let bias { y.add(bias: bias) }
        return y.reshaped(x.shape.dropLast() + [weight.shape[0]])
    }
}

/// A linear map, or several of the same input with their outputs side by side, packed for many products.
struct PackedLinear: Sendable {
    /// [outputs, inputs]
    let weight: PackedMatrix
    /// [outputs]
    let bias: Tensor?

    init(_ linears: Linear...) {
        weight = PackedMatrix(linears.map(\.weight))
        let biases = linears.map { $0.bias?.values ?? [Float](repeating: 0, count: $0.weight.rows) }
        bias = linears.allSatisfy { $0.bias == nil } ? nil : Tensor([weight.outputs], biases.flatMap { $0 })
    }

    /// pointwise(x Wᵀ + b + residual): [..., inputs] -> [..., outputs]
    func callAsFunction(_ x: Tensor, residual: Tensor? = nil, _ pointwise: Pointwise = .identity) -> Tensor {
        weight.multiply(x, bias: bias, residual: residual, pointwise)
    }
}

struct LayerNorm: Sendable {
    /// [D] each
    let scale, shift: Tensor
    let epsilon: Float

    func callAsFunction(_ x: Tensor) -> Tensor { x.layerNormalized(scale: scale, shift: shift, epsilon: epsilon) }
}

/// The MLP's nonlinearity, under the names of Hugging Face's `hidden_act`.
enum Activation: String, Sendable, CaseIterable {
    case gelu
    case quickGELU = "quick_gelu"

    func apply(to x: inout Tensor) {
        switch self {
        case .gelu: x.applyGELU()
        case .quickGELU: x.applyQuickGELU()
        }
    }
}

/// softmax(Q Kᵀ / √(D/H)) V in each head, over all tokens or, if causal, over those up to the asking one.
struct Attention: Sendable {
    let query, key, value, output: Linear
    let heads: Int
    let isCausal: Bool

    /// [B, T, D] -> [B, T, D]
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
        let headWidth = width / heads
        let (q, k, v) = (query(x), key(x), value(x))  // [B, T, D], the heads side by side in D
        var scores = Tensor([tokens, tokens])
        let context = Tensor(x.shape) { context in  // [B, T, D]
            q.withUnsafe { q in
                k.withUnsafe { k in
                    v.withUnsafe { v in
                        scores.withUnsafeMutable { scores in
                            for image in 0..<batch {
                                for head in 0..<heads {
                                    // Where this head of this image begins; its rows are `width` apart.
                                    let start = image * tokens * width + head * headWidth
                                    multiply(
                                        m: tokens, n: tokens, k: headWidth, alpha: 1 / Float(headWidth).squareRoot(),
                                        q.baseAddress! + start, lda: width, .plain,
                                        k.baseAddress! + start, ldb: width, .transposed,
                                        into: scores.baseAddress!, ldc: tokens)
                                    normalize(scores, tokens: tokens)
                                    multiply(
                                        m: tokens, n: headWidth, k: tokens,
                                        scores.baseAddress!, lda: tokens, .plain,
                                        v.baseAddress! + start, ldb: width, .plain,
                                        into: context.baseAddress! + start, ldc: width)
                                }
                            }
                        }
                    }
                }
            }
        }
        return output(context)
    }

    /// Turns scores [T, T] into weights: a softmax along each row, up to the diagonal if causal.
    private func normalize(_ scores: UnsafeMutableBufferPointer<Float>, tokens: Int) {
        guard isCausal else { return softmax(scores.baseAddress!, rows: tokens, columns: tokens, stride: tokens) }
        for row in 0..<tokens {
            let start = row * tokens
            softmax(scores.baseAddress! + start, rows: 1, columns: row + 1, stride: tokens)
            scores[(start + row + 1)..<(start + tokens)].update(repeating: 0)
        }
    }
}

struct MLP: Sendable {
    let expand: Linear
    let activation: Activation
    let contract: Linear

    func callAsFunction(_ x: Tensor) -> Tensor {
        var hidden = expand(x)
        activation.apply(to: &hidden)
        return contract(hidden)
    }
}

/// x + Attention(Norm(x)), then x + MLP(Norm(x)).
struct TransformerBlock: Sendable {
    let norm1: LayerNorm
    let attention: Attention
    let norm2: LayerNorm
    let mlp: MLP

    /// [B, T, D] -> [B, T, D], images spread over the cores.
    func callAsFunction(_ x: Tensor) -> Tensor {
        x.mapImages(rowsPerImage: x.shape[1], to: Array(x.shape.dropFirst())) { x in
            var x = x
            x.add(attention(norm1(x)))
            x.add(mlp(norm2(x)))
            return x
        }
    }
}
