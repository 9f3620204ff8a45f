import LinearAlgebra

/// How the tokens of an image become what a ViT's head reads.
enum HeadPooling: Sendable, Hashable {
    /// The first token.
    case classToken
    /// The mean of the patches, or of all tokens.
    case mean(withPrefix: Bool)
    /// The first token beside the mean of all others: [b, T, D] -> [b, 2 D], as DINOv2's classifier takes it.
    case classTokenAndMean
    /// Two heads: of the first and of the second token.
    case distilled
    /// A learnt probe's answer: `AttentionPooling`, which has weights.
    case attention

    /// [b, T, D] -> [b, D], or [b, 2 D].
    func callAsFunction(_ x: Tensor, prefix: Int) -> Tensor {
        switch self {
        case .attention: preconditionFailure("a step with weights of its own")
        case .classToken, .distilled: return x.tokens(at: 0)
        case .mean(let withPrefix): return x.meanOfTokens(from: withPrefix ? 0 : prefix)
        case .classTokenAndMean:
            let (first, mean) = (x.tokens(at: 0), x.meanOfTokens(from: 1))
            return Tensor([x.shape[0], 2 * x.columns]) { both in
                first.withUnsafe { first in
                    mean.withUnsafe { mean in
                        for image in 0..<x.shape[0] {
                            let (place, width) = (image * 2 * x.columns, x.columns)
                            (both.baseAddress! + place).update(from: first.baseAddress! + image * width, count: width)
                            (both.baseAddress! + place + width)
                                .update(from: mean.baseAddress! + image * width, count: width)
                        }
                    }
                }
            }
        }
    }

    /// The pooling of activations that is the same; nil where none is.
    func asMean(_ embeddings: PatchEmbedding) -> Pooling? {
        guard case .mean(let withPrefix) = self, withPrefix || embeddings.prefix.rows == 0 else { return nil }
        return .mean
    }
}

extension Tensor {
    /// The mean over the tokens from `first` on: [b, T, D] -> [b, D]
    func meanOfTokens(from first: Int) -> Tensor {
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        guard first > 0 else { return spatialMeans() }
        return Tensor([batch, tokens - first, width]) { target in
            withUnsafe { source in
                let count = (tokens - first) * width
                for image in 0..<batch {
                    (target.baseAddress! + image * count)
                        .update(from: source.baseAddress! + (image * tokens + first) * width, count: count)
                }
            }
        }.spatialMeans()
    }

    /// (a + b) / 2, value by value.
    static func mean(_ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor(a.shape, zip(a.values, b.values).map { ($0 + $1) / 2 })
    }
}
