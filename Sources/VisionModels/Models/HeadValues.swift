import LinearAlgebra

/// What the heads of an attention pooling read off an image's tokens: each the value of a mixture of its own. As a mean of
/// values is the value of a mean, values are taken of the mixtures alone.
struct HeadValues: Sendable {
    /// Of every head: D -> D/H
    private let values: [PackedLinear]

    /// - Parameter value: D -> D, head after head.
    init(_ value: Linear, heads: Int) {
        let depth = value.weight.rows / heads
        values = (0..<heads).map { head in
            let range = head * depth..<(head + 1) * depth
            return PackedLinear(
                Linear(
                    weight: value.weight.rows(range), bias: value.bias.map { Tensor([depth], Array($0.values[range])) })
            )
        }
    }

    var heads: Int { values.count }

    /// [b, T, D] -> [b, D]
    ///
    /// - Parameter scores: of an image's tokens by every head, before the softmax: the image and its tokens [T, D] -> [H, T].
    func callAsFunction(_ x: Tensor, scores: (Int, Tensor) -> Tensor) -> Tensor {
        let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
        let rows = x.reshaped([batch * tokens, width])
        // Tokens as each head mixes them, head by head: [H · b, D]
        var mixed = Tensor([heads * batch, width])
        for image in 0..<batch {
            let own = rows.rows(image * tokens..<(image + 1) * tokens)
            var shares = scores(image, own)
            shares.applySoftmax()
            let mix = multiply(shares, .plain, own, .plain)  // [H, D]
            for head in 0..<heads {
                for column in 0..<width { mixed[head * batch + image, column] = mix[head, column] }
            }
        }
        let depth = width / heads
        var context = Tensor([batch, width])
        for head in 0..<heads {
            let value = values[head](mixed.rows(head * batch..<(head + 1) * batch))  // [b, D/H]
            for image in 0..<batch {
                for column in 0..<depth { context[image, head * depth + column] = value[image, column] }
            }
        }
        return context
    }
}
