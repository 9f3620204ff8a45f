import Foundation
import LinearAlgebra

/// CLIP-Dissect: for each unit, its most activating images vote for concepts.
///
/// P = softmax over concepts of 10 x cosine; the top `images` of a unit count with p_in falling linearly from 0.998 to
/// 0.97; score = Σ log(1 + p_in (P - 1) + 1e-7) - λ log mean over units of its exponential, λ = 1. Constants are those
/// of the published code.
package struct CLIPDissect: Sendable {
    /// [neurons, concepts]
    package let scores: Tensor

    /// - Parameters:
    ///   - probe: activations of the probe images.
    ///   - similarities: cosines of images and concepts [N, concepts].
    ///   - images: how many top images of a unit vote.
    package init(probe: some UnitStatistics, similarities: Tensor, images: Int = 100) throws {
        let concepts = similarities.columns
        let shares = Self.shares(similarities)
        let units = probe.unitCount
        let voters = min(images, probe.imageCount)
        var rows: [[Double]] = []
        for block in blocks(of: units, size: 32) {
            let columns = try probe.columns(Array(block))
            rows += parallelMap(columns.count) { column -> [Double] in
                var sums = [Double](repeating: 0, count: concepts)
                for (rank, image) in TopK.indices(of: columns[column], count: voters).enumerated() {
                    let belief = 0.998 - 0.028 * Double(rank) / Double(max(1, voters - 1))
                    for c in 0..<concepts { sums[c] += log(1 + belief * (Double(shares[image, c]) - 1) + 1e-7) }
                }
                return sums
            }
        }
        var result = Tensor([units, concepts])
        for c in 0..<concepts {
            let top = rows.map { $0[c] }.max() ?? 0
            let mean = rows.reduce(0) { $0 + exp($1[c] - top) } / Double(max(1, units))
            let prior = top + log(mean)
            for unit in 0..<units { result[unit, c] = Float(rows[unit][c] - prior) }
        }
        scores = result
    }

    /// P: [N, concepts]
    private static func shares(_ similarities: Tensor) -> Tensor {
        var result = similarities
        result.withUnsafeMutable { for i in $0.indices { $0[i] *= 10 } }
        result.applySoftmax()
        return result
    }
}
