import Foundation
import LinearAlgebra

/// Classes by the vote of the nearest images, as self-supervised models are judged (Wu et al. 2018; DINO, Caron et al. 2021):
/// the k images of greatest cosine, each with weight exp(cosine / 0.07).
package enum NearestNeighborVote {
    /// The share of `images` that get their own label from `known`.
    ///
    /// - Parameters:
    ///   - activations: [N, units]
    ///   - labels: one a row.
    package static func accuracy(
        _ activations: Tensor, labels: [Int], classes: Int, of images: [Int], among known: [Int], k: Int = 20
    ) -> Double {
        guard !images.isEmpty, !known.isEmpty else { return 0 }
        let rows = activations.rows(at: known).normalized()
        let right = parallelMap(blocks(of: images.count, size: 64)) { range in
            let asked = activations.rows(at: Array(images[range])).normalized()
            let cosines = multiply(asked, .plain, rows, .transposed)
            return range.enumerated().count { row, place in
                let near = cosines.row(row)
                var votes = [Float](repeating: 0, count: classes)
                for neighbour in TopK.indices(of: near, count: k) {
                    votes[labels[known[neighbour]]] += exp((near[neighbour] - 1) / 0.07)
                }
                return TopK.indices(of: votes, count: 1).first == labels[images[place]]
            }
        }
        return Double(right.reduce(0, +)) / Double(images.count)
    }
}
