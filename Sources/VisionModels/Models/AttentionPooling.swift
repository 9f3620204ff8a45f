import LinearAlgebra

/// How SigLIP reads an image off its tokens (Zhai et al. 2023, after Lee et al. 2019): a learnt probe asks all of them, then
/// x + MLP(Norm(x)).
///
/// The probe is no part of the image, so neither is its query q: q · (K x + k) / √(D/H) is one row of D numbers a head, and
/// k, the same for all tokens, falls out of the softmax. Values are taken of the mixed tokens, as a mean of values is the
/// value of a mean. What is left of the products over all tokens is [T, D] · [D, H] and its transpose.
struct AttentionPooling: Sendable {
    /// q K / √(D/H) of every head: D -> H
    let scores: PackedLinear
    let values: HeadValues
    let output: PackedLinear
    let norm: LayerNorm
    let mlp: MLP

    /// - Parameter probe: [D]
    init(
        probe: Tensor, query: Linear, key: Linear, value: Linear, output: Linear, heads: Int, norm: LayerNorm, mlp: MLP
    ) {
        let width = probe.count
        let depth = width / heads
        let asked = query(probe.reshaped([1, width]))  // [1, D]
        var rows = Tensor([heads, width])
        for head in 0..<heads {
            let range = head * depth..<(head + 1) * depth
            let query = Tensor([1, depth], Array(asked.values[range]))
            let row = multiply(query, .plain, key.weight.rows(range), .plain)  // [1, D]
            for column in 0..<width { rows[head, column] = row[0, column] / Float(depth).squareRoot() }
        }
        scores = PackedLinear(Linear(weight: rows, bias: nil))
        values = HeadValues(value, heads: heads)
        (self.output, self.norm, self.mlp) = (PackedLinear(output), norm, mlp)
    }

    /// [b, T, D] -> [b, D]
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (batch, tokens) = (x.shape[0], x.shape[1])
        let scores = scores(x).reshaped([batch * tokens, values.heads])
        let context = values(x) { image, _ in scores.rows(image * tokens..<(image + 1) * tokens).transposed() }
        let pooled = output(context)
        return mlp(norm(pooled), residual: pooled)
    }
}

extension Weights {
    /// Whether the file has one.
    var hasAttentionPooling: Bool { has("vit.head.probe") }

    /// `vit.head`, as SiglipVisionModel has it; its products stay float32, as a head's do.
    mutating func attentionPooling(_ options: ViTOptions) throws(VisionModelsError) -> AttentionPooling {
        let (name, width) = ("vit.head", options.width)
        let hidden = shape(of: name + ".mlp.fc1.weight")?.first ?? options.hiddenWidth
        return AttentionPooling(
            probe: try tensor(name + ".probe", [1, 1, width]).reshaped([width]),
            query: try linear(name + ".attention.query", width, width),
            key: try linear(name + ".attention.key", width, width),
            value: try linear(name + ".attention.value", width, width),
            output: try linear(name + ".attention.out_proj", width, width), heads: options.heads,
            norm: try layerNorm(name + ".layernorm", width, epsilon: options.epsilon),
            mlp: MLP(
                expand: try linear(name + ".mlp.fc1", width, hidden), activation: options.activation,
                contract: try linear(name + ".mlp.fc2", hidden, width), precision: .float32))
    }
}
