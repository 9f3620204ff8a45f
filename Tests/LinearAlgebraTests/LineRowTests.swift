import LinearAlgebra
import TestSupport
import Testing

@Suite struct LineRowTests {
    /// The first class of greatest p + t q in double precision, one class after the other.
    private static func winner(_ p: [Float], _ q: [Float], at t: Double) -> Int {
        let values = p.indices.map { Double(p[$0]) + t * Double(q[$0]) }
        let numbers = values.indices.filter { !values[$0].isNaN }
        return numbers.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) } ?? 0
    }

    private static func check(_ p: [Float], _ q: [Float], at t: Double, _ what: String) {
        p.withUnsafeBufferPointer { p in
            q.withUnsafeBufferPointer { q in
                let found = LineRow(p: p.baseAddress!, q: q.baseAddress!, count: p.count).winner(at: t)
                let expected = winner(Array(p), Array(q), at: t)
                let top = Double(p[expected]) + t * Double(q[expected])
                #expect(
                    found.index == expected && (found.top == top || top.isNaN || top == -.infinity), "\(what), t = \(t)"
                )
            }
        }
    }

    @Test(arguments: [1, 7, 31, 32, 33, 64, 100, 1000])
    func `the winner is that of double precision, also where floats cannot tell`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        for round in 0..<40 {
            let p = random.tensor([count]).values
            let q = random.tensor([count], within: round % 2 == 0 ? 1 : 1e4).values
            for t in [0, 1, -1, 0.5, 2, 0.1, -0.37, 1e-9, 3.3e7] as [Double] {
                Self.check(p, q, at: t, "random")
                // Lines that meet at t, but for the last bits.
                let (tied, slopes) = (Double.random(in: -1...1, using: &random), q)
                let near = slopes.map { Float(tied - t * Double($0)) }
                Self.check(near, slopes, at: t, "lines that meet")
            }
        }
    }

    @Test func `it is, of what is no number, infinite, or too small or great for a float`() {
        let odd: [Float] = [
            .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, 1 + .ulpOfOne, -1, 1e-30,
            1e5 * .leastNonzeroMagnitude,
        ]
        var random = SeededRandom(seed: 9)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...70, using: &random)
            let kinds = Int.random(in: 1...odd.count, using: &random)
            func values() -> [Float] { (0..<count).map { _ in odd[Int.random(in: 0..<kinds, using: &random)] } }
            let (p, q) = (values(), values())
            for t in [0, 1, -1, 2, -0.5, 1e-60, 1e60, 0.3] as [Double] { Self.check(p, q, at: t, "\(p) \(q)") }
        }
    }

    @Test(arguments: [1, 3, 4, 16, 17], [0, 1, 5, 20])
    func `rows moved together are those moved alone, to the last bit`(rows: Int, moves: Int) {
        var random = SeededRandom(seed: UInt64(100 * rows + moves))
        for count in [1, 15, 16, 33, 1000] {
            let (weights, amounts) = (random.tensor([moves, count]).values, random.tensor([rows, moves]).values)
            var (together, alone) = ([Float](repeating: .nan, count: rows * count), [Float]())
            moveRows(weights, amounts, rows: rows, moves: moves, count: count, into: &together)
            for row in 0..<rows {
                var one = [Float](repeating: .nan, count: count)
                moveRow(
                    nil, weights, Array(amounts[row * moves..<(row + 1) * moves]), moves: moves, count: count,
                    into: &one)
                alone += one
            }
            #expect(together == alone, "\(rows) rows, \(moves) moves, \(count) classes")
        }
    }
}
