import Algorithms

/// Partial selection.
package enum TopK {
    /// Positions of the `count` greatest of `scores`, greatest first; equal scores in order of position. NaN counts as
    /// the least.
    package static func indices(of scores: [Float], count: Int) -> [Int] {
        scores.withUnsafeBufferPointer { scores in
            func precedes(_ a: Int, _ b: Int) -> Bool {
                let (x, y) = (scores[a].isNaN ? -.infinity : scores[a], scores[b].isNaN ? -.infinity : scores[b])
                return x > y || (x == y && a < b)
            }
            return scores.indices.min(count: min(count, scores.count), sortedBy: precedes)
        }
    }
}
