import Foundation
import LinearAlgebra

/// Calibration of the Gaussian around a point (van der Maaten and Hinton 2008, eq. 1 and section 2).
package enum Perplexity {
    /// p_{j|i} ∝ exp(-β d²) over the given squared distances, with β such that the perplexity 2^H(P_i) is as wanted.
    ///
    /// β is found by bisection in double precision until the entropy is within 1e-10 nats, or no further. Distances that
    /// are all equal give equal probabilities, whose perplexity is their number.
    package static func conditional(_ squaredDistances: some Collection<Float>, perplexity: Double) -> [Double] {
        let nearest = Double(squaredDistances.min() ?? 0)
        let distances = squaredDistances.map { Double($0) - nearest }
        let target = log(perplexity)
        let mean = distances.reduce(0, +) / Double(max(1, distances.count))
        guard mean > 0 else { return distances.map { _ in 1 / Double(distances.count) } }
        var (beta, lower, upper) = (1 / mean, 0.0, Double.infinity)
        var weights = distances
        for _ in 0..<200 {
            var (sum, weighted) = (0.0, 0.0)
            for (j, distance) in distances.enumerated() {
                weights[j] = exp(-beta * distance)
                sum += weights[j]
                weighted += weights[j] * distance
            }
            for j in weights.indices { weights[j] /= sum }
            // H = ln Σ exp(-β d²) + β <d²>
            let excess = log(sum) + beta * weighted / sum - target
            if abs(excess) < 1e-10 { break }
            if excess > 0 { lower = beta } else { upper = beta }
            let next = upper.isInfinite ? beta * 2 : (lower + upper) / 2
            // More neighbours at distance zero than the perplexity asks for: no β has so little entropy.
            if next == beta || next > 1e300 { break }
            beta = next
        }
        return weights
    }
}
