import LinearAlgebra

/// How often random sets of neurons move a class as far as a given set does: a randomisation test.
package struct RandomUnitControl: Sendable, Equatable {
    /// Sets drawn.
    package let draws: Int
    /// Over the draws, of each class: mean and standard deviation of the leaning.
    package let means: [Double]
    package let deviations: [Double]
    /// Of each class, for each of its leanings: draws that reach it.
    package let reached: [[Int]]

    /// Draws `draws` sets of `size` distinct neurons, the same for every class.
    ///
    /// - Parameter leanings: what is compared, some of every class.
    package init(
        _ own: ClassLeanings, leanings: [[Float]], size: Int, draws: Int, seed: UInt64,
        checkCancellation: () throws -> Void = {}
    ) rethrows {
        let classes = own.classes
        precondition(leanings.count == classes && size <= own.units)
        var (sum, squares) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
        var reached = leanings.map { [Int](repeating: 0, count: $0.count) }
        // A block has a generator of its own, so that the draws do not depend on the number of cores.
        for round in blocks(of: draws, size: 4096 * max(1, cores)) {
            try checkCancellation()
            let parts = parallelMap(blocks(of: round, size: 4096)) { block in
                var random = SeededGenerator(seed: seed &+ UInt64(block.lowerBound))
                var (sum, squares) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
                var reached = leanings.map { [Int](repeating: 0, count: $0.count) }
                var order = Array(0..<own.units)
                for _ in block {
                    // The first `size` of a shuffle.
                    for place in 0..<size { order.swapAt(place, Int.random(in: place..<order.count, using: &random)) }
                    let found = own.sums(Array(order.prefix(size)))
                    for c in 0..<classes {
                        sum[c] += Double(found[c])
                        squares[c] += Double(found[c]) * Double(found[c])
                        for (place, value) in leanings[c].enumerated() where found[c] >= value {
                            reached[c][place] += 1
                        }
                    }
                }
                return (sum, squares, reached)
            }
            for (s, q, r) in parts {
                for c in 0..<classes {
                    sum[c] += s[c]
                    squares[c] += q[c]
                    for place in r[c].indices { reached[c][place] += r[c][place] }
                }
            }
        }
        let count = Double(max(1, draws))
        self.draws = draws
        means = sum.map { $0 / count }
        deviations = zip(squares, sum).map { max(0, $0 / count - ($1 / count) * ($1 / count)).squareRoot() }
        self.reached = reached
    }

    /// (1 + draws that reach it) / (1 + draws): never zero, and at most the level where nothing differs (Phipson and
    /// Smyth 2010).
    package func p(class c: Int, _ place: Int) -> Double { Double(1 + reached[c][place]) / Double(1 + draws) }
}
