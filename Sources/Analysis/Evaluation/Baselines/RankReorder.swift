import Foundation
import LinearAlgebra

/// CLIP-Dissect's rank reorder: how far the order of a unit's most active images by a concept's similarity is from their
/// order by activation.
///
/// Over the top 5 % of images, with a the activations and a' the same put in the order of similarity, score =
/// -(mean |a - a'|³ / b) / √(mean similarity). The published code estimates b, the mean |a - a'|³ of a random order, from
/// five permutations; here it is the mean over all pairs, which those estimate.
package enum RankReorder {
    /// - Parameters:
    ///   - top: 5 % of the images of each pole.
    ///   - cosines: of images and concepts [N, concepts].
    /// - Returns: [poles, concepts]; the least of all where the mean similarity is not positive.
    package static func scores(_ top: TopImages, cosines: Tensor) -> Tensor {
        let concepts = cosines.columns
        let rows = parallelMap(top.poles.count) { pole -> [Float] in
            let (images, activations) = (top.images[pole], top.activations[pole])
            let random = meanCube(activations)
            return (0..<concepts).map { c in
                let similar = images.map { cosines[$0, c] }
                let mean = similar.reduce(0, +) / Float(max(1, similar.count))
                guard mean > 0, random > 0 else { return -.greatestFiniteMagnitude }
                // The image of rank r by similarity, from the top, gets the activation of rank r.
                let order = similar.indices.sorted { (-similar[$0], $0) < (-similar[$1], $1) }
                var sum = 0.0
                for (rank, at) in order.enumerated() {
                    let difference = abs(Double(activations[at] - activations[rank]))
                    sum += difference * difference * difference
                }
                return Float(-(sum / Double(images.count) / random) / Double(mean).squareRoot())
            }
        }
        return Tensor([top.poles.count, concepts], rows.flatMap { $0 })
    }

    /// Mean of |x - y|³ over all ordered pairs, from sums of powers of the values in order.
    private static func meanCube(_ values: [Float]) -> Double {
        let sorted = values.map(Double.init).sorted()
        let shift = sorted.first ?? 0
        var (sum, squares, cubes, total) = (0.0, 0.0, 0.0, 0.0)
        for (count, value) in sorted.enumerated() {
            let x = value - shift
            total += Double(count) * x * x * x - 3 * x * x * sum + 3 * x * squares - cubes
            sum += x
            squares += x * x
            cubes += x * x * x
        }
        return 2 * total / Double(max(1, sorted.count * sorted.count))
    }
}
