import Foundation
import LinearAlgebra

/// CLIP-Dissect's weighted pointwise mutual information (Oikarinen and Weng 2023): the images on which a unit is most
/// active vote for concepts.
///
/// score = Σ_r log(1 + p_r (P - 1) + 1e-7) - λ log mean over units of its exponential, over the top k images in the order
/// of activation, r = 0 ..< k. Soft: k = 100, P of sharpness 10, p_r = 0.998 - 0.028 r / k, λ = 1. Hard: k = 28, P of
/// sharpness 2, p_r = 1, λ = 0.6. Constants and order of images are those of the published code.
package struct WeightedPMI: Sendable {
    package let votes: Int
    package let sharpness: Float
    let firstBelief: Double
    let lastBelief: Double
    let priorWeight: Double

    package static let soft = WeightedPMI(votes: 100, sharpness: 10, beliefs: (0.998, 0.97), priorWeight: 1)
    package static let hard = WeightedPMI(votes: 28, sharpness: 2, beliefs: (1, 1), priorWeight: 0.6)

    init(votes: Int, sharpness: Float, beliefs: (Double, Double), priorWeight: Double) {
        (self.votes, self.sharpness, self.priorWeight) = (votes, sharpness, priorWeight)
        (firstBelief, lastBelief) = beliefs
    }

    /// - Parameters:
    ///   - top: at least `votes` images of each pole, where there are as many.
    ///   - shares: P [N, concepts].
    /// - Returns: [poles, concepts]
    package func scores(_ top: TopImages, shares: Tensor) -> Tensor {
        let (concepts, poles) = (shares.columns, top.poles.count)
        let count = Double(min(votes, top.imageCount))
        let rows = shares.withUnsafe { shares -> [[Double]] in
            nonisolated(unsafe) let shares = shares
            return parallelMap(poles) { pole -> [Double] in
                var sums = [Double](repeating: 0, count: concepts)
                // A term is 1e-7 or more: of 32 one logarithm of their product is enough.
                var products = [Double](repeating: 1, count: concepts)
                let images = top.images[pole].prefix(votes)
                for (rank, image) in images.enumerated() {
                    let belief = firstBelief - (firstBelief - lastBelief) * Double(rank) / count
                    let row = shares.baseAddress! + image * concepts
                    for c in 0..<concepts { products[c] *= 1 + belief * (Double(row[c]) - 1) + 1e-7 }
                    guard rank % 32 == 31 || rank == images.count - 1 else { continue }
                    for c in 0..<concepts {
                        sums[c] += log(products[c])
                        products[c] = 1
                    }
                }
                return sums
            }
        }
        return Tensor([poles, concepts]) { result in
            for c in 0..<concepts {
                let most = rows.reduce(-Double.infinity) { max($0, $1[c]) }
                let mean = rows.reduce(0) { $0 + exp($1[c] - most) } / Double(max(1, poles))
                let prior = most + log(mean)
                for pole in 0..<poles { result[pole * concepts + c] = Float(rows[pole][c] - priorWeight * prior) }
            }
        }
    }
}
