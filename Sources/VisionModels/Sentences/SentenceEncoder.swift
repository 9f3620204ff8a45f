import Digests
import Files
import Foundation
import LinearAlgebra

/// A sentence encoder in the layout of sentence-transformers (Reimers and Gurevych 2019): BERT (Devlin et al. 2019) or MPNet
/// (Song et al. 2020), the mean of its tokens or the first of them, of unit length.
///
/// Texts of one length run together, so there is no padding and no mask.
package struct SentenceEncoder: Sendable {
    package let name: String
    package let digest: Digest
    package let tokenizer: WordPiece
    let embeddings: TokenEmbeddings
    let blocks: [PostNormBlock]
    let relativePositions: RelativePositions?
    let pooling: SentencePooling

    /// The width d of an embedding.
    package var dimension: Int { embeddings.vocabulary.columns }
    package var architecture: String {
        "\(relativePositions == nil ? "BERT" : "MPNet"), \(blocks.count) blocks, width \(dimension)"
    }

    /// n texts -> [n, d], unit rows. Longer texts than the model reads are cut.
    package func embed(_ texts: [String]) -> Tensor {
        var result = Tensor([texts.count, dimension])
        let tokens = texts.map(tokenizer.tokens(of:))
        for (length, indices) in Dictionary(grouping: tokens.indices, by: { tokens[$0].count }) {
            for few in blocks(of: indices.count, length: length).map({ indices[$0] }) {
                let rows = features(few.map { tokens[$0] })
                for (row, index) in few.enumerated() {
                    for column in 0..<dimension { result[index, column] = rows[row, column] }
                }
            }
        }
        return result.normalized()
    }

    /// So many texts at once that their activations stay in the cache.
    private func blocks(of count: Int, length: Int) -> Blocks {
        LinearAlgebra.blocks(of: count, size: max(1, 1024 / length))
    }

    /// n texts of T tokens -> [n, d], of any length.
    private func features(_ texts: [[Int]]) -> Tensor {
        let (count, tokens) = (texts.count, texts[0].count)
        let bias = relativePositions?(tokens: tokens)
        let x = blocks.reduce(embeddings(texts)) { $1($0, bias: bias) }  // [n, T, D]
        switch pooling {
        case .first: return x.tokens(at: 0)  // [n, D]
        case .mean:
            return Tensor([count, dimension]) { result in
                x.withUnsafe { x in
                    for index in 0..<count {
                        for column in 0..<dimension {
                            var sum: Float = 0
                            for token in 0..<tokens { sum += x[(index * tokens + token) * dimension + column] }
                            result[index * dimension + column] = sum / Float(tokens)
                        }
                    }
                }
            }
        }
    }
}

/// What the embedding of a text is read from.
enum SentencePooling: Sendable, Hashable { case mean, first }

/// word + position (+ the type of a first sentence), normed.
struct TokenEmbeddings: Sendable {
    /// [tokens of the vocabulary, D]
    let vocabulary: Tensor
    /// [positions, D]
    let positions: Tensor
    /// The row of the first token.
    let firstPosition: Int
    /// [D]; MPNet has none.
    let type: Tensor?
    let norm: LayerNorm

    /// n texts of T tokens -> [n, T, D]
    func callAsFunction(_ texts: [[Int]]) -> Tensor {
        let (count, tokens) = (texts.count, texts[0].count)
        var x = vocabulary.rows(at: texts.flatMap { $0 })
        x.add(positions.rows(at: (0..<count).flatMap { _ in firstPosition..<firstPosition + tokens }))
        if let type { x.add(bias: type) }
        return norm(x.reshaped([count, tokens, vocabulary.columns]))
    }
}

/// Norm(x + Attention(x)), then Norm(x + MLP(x)): the order of the original Transformer.
struct PostNormBlock: Sendable {
    let attention: Attention
    let norm1: LayerNorm
    let mlp: MLP
    let norm2: LayerNorm

    /// [n, T, D] -> [n, T, D]
    ///
    /// - Parameter bias: what is added to the scores of each head before their softmax: [H, T, T]
    func callAsFunction(_ x: Tensor, bias: Tensor?) -> Tensor {
        let attended =
            bias.map { bias in
                let context = biasedAttention(stacked: attention.stacked(x), heads: attention.heads, bias: bias)
                return attention.output(context, residual: x)
            } ?? attention(x, asking: x.shape[1], residual: x)
        let x = norm1(attended)
        return norm2(mlp(x, residual: x))
    }
}

/// softmax(Q Kᵀ / √(D/H) + bias) V of each head: [n, T, 3 D] -> [n, T, D]
///
/// - Parameter bias: [H, T, T]
func biasedAttention(stacked: Tensor, heads: Int, bias: Tensor) -> Tensor {
    let (count, tokens, width) = (stacked.shape[0], stacked.shape[1], stacked.shape[2] / 3)
    let (headWidth, row) = (width / heads, 3 * width)
    let scale = 1 / Float(headWidth).squareRoot()
    return Tensor([count, tokens, width]) { context in
        stacked.withUnsafe { stacked in
            for item in 0..<count * heads {
                let (text, head) = item.quotientAndRemainder(dividingBy: heads)
                let q = stacked.baseAddress! + text * tokens * row + head * headWidth
                let (k, v) = (q + width, q + 2 * width)
                let target = context.baseAddress! + text * tokens * width + head * headWidth
                var scores = bias.rows(head * tokens..<(head + 1) * tokens)  // [T, T]
                scores.withUnsafeMutable { scores in
                    multiply(
                        m: tokens, n: tokens, k: headWidth, alpha: scale, q, lda: row, .plain, k, ldb: row, .transposed,
                        beta: 1, into: scores.baseAddress!, ldc: tokens)
                }
                scores.applySoftmax()
                scores.withUnsafe { scores in
                    multiply(
                        m: tokens, n: headWidth, k: tokens, scores.baseAddress!, lda: tokens, .plain, v, ldb: row,
                        .plain, into: target, ldc: width)
                }
            }
        }
    }
}

/// MPNet's bias by distance, one for all blocks: distances fall into buckets that widen as they grow (Raffel et al. 2020,
/// section 2.1).
struct RelativePositions: Sendable {
    /// [buckets, H]
    let weight: Tensor

    /// -> [H, T, T]
    func callAsFunction(tokens: Int) -> Tensor {
        let heads = weight.columns
        return Tensor([heads, tokens, tokens]) { bias in
            for i in 0..<tokens {
                for j in 0..<tokens {
                    let bucket = Self.bucket(of: j - i, buckets: weight.rows)
                    for head in 0..<heads { bias[(head * tokens + i) * tokens + j] = weight[bucket, head] }
                }
            }
        }
    }

    /// Half of the buckets for what lies behind, half for what lies ahead; in each, half for one distance each, and the rest
    /// by logarithm up to `farthest`.
    static func bucket(of distance: Int, buckets: Int, farthest: Float = 128) -> Int {
        let half = buckets / 2
        let (offset, size) = (distance > 0 ? half : 0, abs(distance))
        let exact = half / 2
        guard size >= exact else { return offset + size }
        let share = log(Float(size) / Float(exact)) / log(farthest / Float(exact))
        return offset + min(exact + Int(share * Float(half - exact)), half - 1)
    }
}
