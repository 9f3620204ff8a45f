import Foundation

/// The one-tailed paired t-test: is x greater than y, measured on the same seeds or classes?
package struct PairedTest: Sendable, Hashable, Codable {
    /// Pairs.
    package var count: Int
    /// Mean of x - y, with half the width of its 95 % interval.
    package var difference: Double
    package var halfWidth: Double
    package var t: Double
    /// P(T ≥ t) where x and y do not differ.
    package var p: Double

    /// Nil for fewer than two pairs, or where x - y is the same for all, which no distribution can be fitted to.
    package init?(_ x: [Double], isGreaterThan y: [Double]) {
        precondition(x.count == y.count)
        let differences = Sample(zip(x, y).map { $0 - $1 })
        guard let deviation = differences.deviation, deviation > 0, let halfWidth = differences.halfWidth else {
            return nil
        }
        count = x.count
        difference = differences.mean
        self.halfWidth = halfWidth
        t = difference / (deviation / Double(count).squareRoot())
        p = StudentT(degreesOfFreedom: Double(count - 1)).upperTail(t)
    }
}

/// Holm's step-down correction for several tests: each p raised so that all of them together err at the level that one
/// would.
package func holm(_ p: [Double]) -> [Double] {
    var corrected = p
    var least = 0.0
    for (rank, place) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
        least = max(least, min(1, Double(p.count - rank) * p[place]))
        corrected[place] = least
    }
    return corrected
}
