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

    init(_ linears: Linear..., precision: Precision = .float32) {
        weight = PackedMatrix(linears.map(\.weight), precision: precision)
        let biases = linears.map { $0.bias?.values ?? [Float](repeating: 0, count: $0.weight.rows) }
        bias = linears.allSatisfy { $0.bias == nil } ? nil : Tensor([weight.outputs], biases.flatMap { $0 })
    }

    /// pointwise(x Wᵀ + b + residual): [..., inputs] -> [..., outputs]
    func callAsFunction(_ x: Tensor, residual: Tensor? = nil, _ pointwise: Pointwise = .identity) -> Tensor {
        weight.multiply(x, bias: bias, residual: residual, pointwise)
    }
}

extension Linear {
    /// The same with the outputs 0, 1, 2, 3… of each head as 0, 2… 1, 3…: where neighbours are turned together, halves then
    /// are. Queries and keys in one order give the products they gave.
    func halved(heads: Int) -> Linear {
        let depth = weight.rows / heads
        let order = (0..<weight.rows).map { row in
            let (head, place) = row.quotientAndRemainder(dividingBy: depth)
            return head * depth + (place < depth / 2 ? 2 * place : 2 * place - depth + 1)
        }
        return Linear(
            weight: weight.rows(at: order),
            bias: bias.map { bias in
                let values = bias.values
                return Tensor(bias.shape, order.map { values[$0] })
            })
    }

    /// The same with each output times a factor of its own, [outputs]: what LayerScale (Touvron et al. 2021) does behind a
    /// linear map.
    func scaled(by factors: Tensor?) -> Linear {
        guard let factors else { return self }
        return Linear(
            weight: weight.scaled(rows: factors.values),
            bias: bias.map { bias in
                Tensor(bias.shape, zip(bias.values, factors.values).map { $0 * $1 })
            })
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
    case tanhGELU = "gelu_pytorch_tanh"

    var pointwise: Pointwise {
        switch self {
        case .gelu: .gelu
        case .quickGELU: .quickGELU
        case .tanhGELU: .tanhGELU
        }
    }
}

/// softmax(Q Kᵀ / √(D/H)) V in each head, over all tokens or, if causal, over those up to the asking one.
struct Attention: Sendable {
    /// Queries, keys and values side by side: D -> 3 D.
    let stacked: PackedLinear
    let output: PackedLinear
    let heads: Int
    let isCausal: Bool
    /// Of each head's queries and keys, where they are normalised (Dehghani et al. 2023).
    var norms: (query: LayerNorm, key: LayerNorm)?
    /// Turns queries and keys by the places of their patches.
    var rotation: PatchRotation?
    /// Of what the heads give together, before the output (Wang et al. 2022).
    var innerNorm: LayerNorm?

    init(
        query: Linear, key: Linear, value: Linear, output: Linear, heads: Int, isCausal: Bool, precision: Precision
    ) {
        stacked = PackedLinear(query, key, value, precision: precision)
        self.output = PackedLinear(output, precision: precision)
        (self.heads, self.isCausal) = (heads, isCausal)
    }

    /// x [B, T, D] -> residual + attention [B, asking, D] for the first `asking` tokens.
    func callAsFunction(_ x: Tensor, asking: Int, residual: Tensor) -> Tensor {
        let context = attention(
            stacked: prepared(stacked(x)), heads: heads, isCausal: isCausal, asking: asking,
            precision: stacked.weight.precision)
        return output(innerNorm.map { $0(context) } ?? context, residual: residual)
    }

    /// Queries, keys and values as the products take them: [B, T, 3 D]
    private func prepared(_ stack: Tensor) -> Tensor {
        guard norms != nil || rotation != nil else { return stack }
        var stack = stack
        if let norms {
            for (norm, first) in [(norms.query, 0), (norms.key, stack.columns / 3)] {
                stack.normalizeHeads(heads, from: first, scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon)
            }
        }
        if let rotation { stack.rotateHeads(heads, cosines: rotation.cosines, sines: rotation.sines) }
        return stack
    }
}

/// act(x W₁ᵀ + b₁) W₂ᵀ + b₂, or with a gate beside the value, silu(gate) · value in place of the first factor.
struct MLP: Sendable {
    let expand: PackedLinear
    /// Nil where `expand` gives gates and values side by side.
    let activation: Activation?
    let contract: PackedLinear
    /// Before the second factor.
    var norm: LayerNorm?

    init(expand: Linear, activation: Activation, contract: Linear, precision: Precision) {
        self.expand = PackedLinear(expand, precision: precision)
        self.activation = activation
        self.contract = PackedLinear(contract, precision: precision)
    }

    init(gate: Linear, value: Linear, contract: Linear, precision: Precision) {
        expand = PackedLinear(gate, value, precision: precision)
        activation = nil
        self.contract = PackedLinear(contract, precision: precision)
    }

    func callAsFunction(_ x: Tensor, residual: Tensor) -> Tensor {
        let hidden = activation.map { expand(x, $0.pointwise) } ?? expand(x).gatedBySiLU()
        return contract(norm.map { $0(hidden) } ?? hidden, residual: residual)
    }
}

/// x + Attention(Norm(x)), then x + MLP(Norm(x)).
struct TransformerBlock: Sendable {
    let norm1: LayerNorm
    let attention: Attention
    let norm2: LayerNorm
    let mlp: MLP

    /// [B, T, D] -> [B, T, D]
    func callAsFunction(_ x: Tensor) -> Tensor { first(x.shape[1], of: x, residual: x) }

    /// The class token alone, where nobody asks for the others: [B, T, D] -> [B, 1, D].
    func classToken(_ x: Tensor) -> Tensor {
        first(1, of: x, residual: x.tokens(at: 0).reshaped([x.shape[0], 1, x.columns]))
    }

    private func first(_ asking: Int, of x: Tensor, residual: Tensor) -> Tensor {
        let x = attention(norm1(x), asking: asking, residual: residual)
        return mlp(norm2(x), residual: x)
    }
}
