import Foundation
import LinearAlgebra

/// The symmetric InfoNCE of two batches of paired embeddings, with its gradients in closed form.
///
/// With unit rows z_i, t_i and scale s = 1/temperature, S = s z tᵀ and
/// L = ½ mean_i (logΣexp_j S_ij - S_ii) + ½ mean_j (logΣexp_i S_ij - S_jj).
/// Images of one label share one text embedding, so the plain form already treats them as positives of each other.
package struct ContrastiveLoss: Sendable {
    package let value: Float
    /// ∂L/∂z: [batch, d]
    package let embeddingGradient: Tensor
    /// ∂L/∂(log s)
    package let logScaleGradient: Float

    /// - Parameters:
    ///   - embeddings: z, unit rows [batch, d].
    ///   - anchors: t, unit rows [batch, d].
    ///   - logScale: log s.
    package init(embeddings: Tensor, anchors: Tensor, logScale: Float) {
        precondition(embeddings.shape == anchors.shape)
        let batch = embeddings.rows
        let scores = multiply(embeddings, .plain, anchors, .transposed, alpha: exp(logScale))
        var byRow = scores
        byRow.applySoftmax()
        var byColumn = scores.transposed()
        byColumn.applySoftmax()

        var loss: Double = 0
        var slope: Double = 0
        var gradient = Tensor(scores.shape)
        gradient.withUnsafeMutable { gradient in
            scores.withUnsafe { s in
                byRow.withUnsafe { rows in
                    byColumn.withUnsafe { columns in
                        let weight = 0.5 / Float(batch)
                        for i in 0..<batch {
                            for j in 0..<batch {
                                let g =
                                    weight * (rows[i * batch + j] + columns[j * batch + i] - (i == j ? 2 : 0))
                                gradient[i * batch + j] = g
                                slope += Double(g * s[i * batch + j])
                            }
                            // -log of the probability of the true partner, by row and by column.
                            let diagonal = i * batch + i
                            loss -= log(Double(max(rows[diagonal], .leastNonzeroMagnitude)))
                            loss -= log(Double(max(columns[diagonal], .leastNonzeroMagnitude)))
                        }
                    }
                }
            }
        }
        value = Float(loss * 0.5 / Double(batch))
        logScaleGradient = Float(slope)
        embeddingGradient = multiply(gradient, .plain, anchors, .plain, alpha: exp(logScale))
    }
}
