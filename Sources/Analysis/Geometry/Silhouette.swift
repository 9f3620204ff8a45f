import Foundation
import LinearAlgebra

/// How well labels part points, beside the same labels shuffled.
package struct SilhouetteScore: Sendable, Hashable, Codable {
    /// Mean silhouette, -1 to 1.
    package var score: Double
    /// Mean and standard deviation over shuffles of the labels.
    package var shuffledMean: Double
    package var shuffledDeviation: Double
    /// (score - shuffledMean) / shuffledDeviation; nil where shuffling changes nothing.
    package var z: Double?
    /// Share of the shuffles, with the labels as given counted among them, that reach the score: (1 + hits) / (1 + shuffles).
    package var pValue: Double
    package var shuffles: Int
    /// Points measured: all of them, or a sample.
    package var points: Int
    package var groups: Int

    package init(
        score: Double, shuffledMean: Double, shuffledDeviation: Double, z: Double?, pValue: Double, shuffles: Int,
        points: Int, groups: Int
    ) {
        self.score = score
        self.shuffledMean = shuffledMean
        self.shuffledDeviation = shuffledDeviation
        self.z = z
        self.pValue = pValue
        self.shuffles = shuffles
        self.points = points
        self.groups = groups
    }
}

/// The silhouette of labels (Rousseeuw 1987) by cosine distance 1 - cos, with a permutation test.
///
/// s_i = (b_i - a_i) / max(a_i, b_i): a_i the mean distance to the other points of i's group, b_i the smallest mean distance
/// to another group's. A point alone in its group counts 0. The distances to a group of n_g points of sum S_g add up to
/// n_g - u_i·S_g, so that a shuffle takes a product with the groups' sums alone.
package struct Silhouette: Sendable {
    /// At most this many points are measured, drawn by the seed, so that a thousand shuffles take seconds.
    static let largest = 4096
    /// Unit vectors of the points measured: [n, d]
    private let points: Tensor
    /// The points measured, of those given.
    private let chosen: [Int]

    /// - Parameter embeddings: unit rows [N, d]
    package init(_ embeddings: Tensor, seed: UInt64 = 0) {
        var chosen = Array(0..<embeddings.rows)
        if chosen.count > Self.largest {
            var random = SeededGenerator(seed: seed)
            chosen = chosen.shuffled(using: &random).prefix(Self.largest).sorted()
        }
        self.chosen = chosen
        points = embeddings.rows(at: chosen)
    }

    /// The score of `labels`, one of each point given, beside `shuffles` random orders of them. Nil for fewer than two
    /// groups.
    ///
    /// - Parameter checkCancellation: asked before every batch of shuffles.
    package func score(
        of labels: [Int], shuffles: Int = 1000, seed: UInt64 = 0, checkCancellation: () throws -> Void = {}
    ) throws -> SilhouetteScore? {
        let labels = chosen.map { labels[$0] }
        let names = Set(labels).sorted()
        guard names.count >= 2, labels.count > names.count else { return nil }
        let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let groups = labels.map { place[$0]! }
        let score = mean(of: [groups], groups: names.count)[0]
        var random = SeededGenerator(seed: seed)
        var shuffled: [Double] = []
        shuffled.reserveCapacity(shuffles)
        while shuffled.count < shuffles {
            try checkCancellation()
            // Orders are drawn one after the other, whatever is computed at once.
            let batch = (0..<min(64, shuffles - shuffled.count)).map { _ in groups.shuffled(using: &random) }
            shuffled += parallelMap(blocks(of: batch.count, size: 8)) {
                self.mean(of: Array(batch[$0]), groups: names.count)
            }.flatMap { $0 }
        }
        let mean = shuffled.reduce(0, +) / Double(max(1, shuffles))
        let square = shuffled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, shuffles - 1))
        let hits = shuffled.count { $0 >= score }
        return SilhouetteScore(
            score: score, shuffledMean: mean, shuffledDeviation: square.squareRoot(),
            z: square > 1e-24 ? (score - mean) / square.squareRoot() : nil,
            pValue: Double(1 + hits) / Double(1 + shuffles), shuffles: shuffles, points: labels.count,
            groups: names.count)
    }

    /// The mean silhouette of each of several labellings with the same group sizes.
    private func mean(of labellings: [[Int]], groups: Int) -> [Double] {
        let (n, d, columns) = (points.rows, points.columns, labellings.count * groups)
        var members = Tensor([columns, d])
        members.withUnsafeMutable { sums in
            points.withUnsafe { u in
                for (index, labels) in labellings.enumerated() {
                    for (i, group) in labels.enumerated() {
                        let into = (index * groups + group) * d
                        for k in 0..<d { sums[into + k] += u[i * d + k] }
                    }
                }
            }
        }
        var sizes = [Float](repeating: 0, count: groups)
        for group in labellings[0] { sizes[group] += 1 }
        // Sum of cosines between each point and each group.
        let sums = multiply(points, .plain, members, .transposed)
        return sums.withUnsafe { sums in
            labellings.enumerated().map { index, labels in
                var total = 0.0
                for i in 0..<n where sizes[labels[i]] > 1 {
                    let row = i * columns + index * groups
                    let own = labels[i]
                    let a = max(0, sizes[own] - sums[row + own]) / (sizes[own] - 1)
                    var b = Float.infinity
                    for group in 0..<groups where group != own { b = min(b, 1 - sums[row + group] / sizes[group]) }
                    let larger = max(a, b)
                    if larger > 0 { total += Double((b - a) / larger) }
                }
                return total / Double(n)
            }
        }
    }
}
