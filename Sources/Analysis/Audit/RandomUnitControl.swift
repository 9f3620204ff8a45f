import LinearAlgebra

/// How often random sets of units move a class as far as a given set does: a randomisation test.
package struct RandomUnitControl: Sendable, Equatable {
    /// Sets drawn.
    package let draws: Int
    /// Over the draws, of each class: mean and standard deviation of the leaning.
    package let means: [Double]
    package let deviations: [Double]
    /// Of each class, for each of its leanings: draws that reach it.
    package let reached: [[Int]]

    /// Draws `draws` sets of `size` distinct units, the same for every class.
    ///
    /// - Parameters:
    ///   - leanings: what is compared, some of every class.
    ///   - units: those that are drawn from; nil for all.
    package init(
        _ own: ClassLeanings, leanings: [[Float]], size: Int, among units: [Int]? = nil, draws: Int, seed: UInt64,
        checkCancellation: () throws -> Void = {}
    ) rethrows {
        let units = units ?? Array(0..<own.units)
        precondition(leanings.count == own.classes && size <= units.count)
        var all = Tally(leanings)
        for round in blocks(of: draws, size: Self.block * max(1, cores)) {
            try checkCancellation()
            let parts = parallelMap(blocks(of: round, size: Self.block)) { block in
                var tally = Tally(leanings)
                var sets = RandomSets(units, size: size, seed: seed, block)
                for _ in block { tally.add(own.sums(sets.next())) }
                return tally
            }
            for part in parts { all.add(part) }
        }
        self.init(all, draws: draws)
    }

    /// The same where what a set comes to has to be measured, which takes all cores: one set after the other.
    ///
    /// - Parameter sums: what a set comes to, one value a class; throws to end the work.
    package init(
        leanings: [[Float]], size: Int, among units: [Int], draws: Int, seed: UInt64,
        measuring sums: ([Int]) throws -> [Float]
    ) rethrows {
        precondition(size <= units.count)
        var all = Tally(leanings)
        for block in blocks(of: draws, size: Self.block) {
            var sets = RandomSets(units, size: size, seed: seed, block)
            for _ in block { all.add(try sums(sets.next())) }
        }
        self.init(all, draws: draws)
    }

    private init(_ tally: Tally, draws: Int) {
        let count = Double(max(1, draws))
        self.draws = draws
        means = tally.sum.map { $0 / count }
        deviations = zip(tally.squares, tally.sum).map {
            max(0, $0 / count - ($1 / count) * ($1 / count)).squareRoot()
        }
        reached = tally.reached
    }

    private static let block = 4096

    /// (1 + draws that reach it) / (1 + draws): never zero, and at most the level where nothing differs (Phipson and
    /// Smyth 2010).
    package func p(class c: Int, _ place: Int) -> Double { Double(1 + reached[c][place]) / Double(1 + draws) }
}

/// Sets of distinct units. A block has a generator of its own, so that the draws do not depend on the number of cores.
private struct RandomSets {
    private var random: SeededGenerator
    private var order: [Int]
    private let size: Int

    init(_ units: [Int], size: Int, seed: UInt64, _ block: Range<Int>) {
        random = SeededGenerator(seed: seed &+ UInt64(block.lowerBound))
        (order, self.size) = (units, size)
    }

    /// The first `size` of a shuffle.
    mutating func next() -> [Int] {
        for place in 0..<size { order.swapAt(place, Int.random(in: place..<order.count, using: &random)) }
        return Array(order.prefix(size))
    }
}

private struct Tally {
    private(set) var sum: [Double]
    private(set) var squares: [Double]
    private(set) var reached: [[Int]]
    private let leanings: [[Float]]

    init(_ leanings: [[Float]]) {
        self.leanings = leanings
        sum = [Double](repeating: 0, count: leanings.count)
        squares = sum
        reached = leanings.map { [Int](repeating: 0, count: $0.count) }
    }

    /// What a set comes to.
    mutating func add(_ found: [Float]) {
        for c in sum.indices {
            sum[c] += Double(found[c])
            squares[c] += Double(found[c]) * Double(found[c])
            for (place, value) in leanings[c].enumerated() where found[c] >= value { reached[c][place] += 1 }
        }
    }

    mutating func add(_ other: Tally) {
        for c in sum.indices {
            sum[c] += other.sum[c]
            squares[c] += other.squares[c]
            for place in reached[c].indices { reached[c][place] += other.reached[c][place] }
        }
    }
}
