import Analysis
import Foundation
import TestSupport
import Testing

/// Against SciPy's figures (`Tests/Goldens/make_statistics_goldens.py`).
@Suite struct StatisticsTests {
    private struct Golden: Decodable {
        struct Quantile: Decodable { var freedom, tail, t: Double }
        struct Pairs: Decodable {
            var x, y: [Double]
            var t, p, halfWidth: Double
        }
        struct Holm: Decodable { var p, corrected: [Double] }
        var quantiles, tails: [Quantile]
        var pairs: [Pairs]
        var holm: Holm
    }

    private let golden: Golden

    init() throws {
        let file = Samples.root.appending(path: "Tests/Goldens/statistics.json")
        golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    /// Within 1e-9, absolute or relative to whichever is larger.
    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

    @Test("quantiles of t for any n are SciPy's to 1e-9")
    func quantiles() {
        for point in golden.quantiles {
            let found = StudentT(degreesOfFreedom: point.freedom).quantile(upperTail: point.tail)
            #expect(isClose(found, point.t), "\(point.freedom) degrees of freedom, tail \(point.tail)")
        }
    }

    @Test("tails of t are SciPy's to 1e-9, and relatively so where they are small")
    func tails() {
        for point in golden.tails {
            let found = StudentT(degreesOfFreedom: point.freedom).upperTail(point.t)
            #expect(isClose(found, point.tail), "\(point.freedom) degrees of freedom at \(point.t)")
            #expect(abs(found - point.tail) <= 1e-8 * point.tail, "\(point.freedom) degrees of freedom at \(point.t)")
        }
    }

    @Test("one-tailed paired t-tests and their intervals are SciPy's to 1e-9")
    func pairs() throws {
        for pairs in golden.pairs {
            let test = try #require(PairedTest(pairs.x, isGreaterThan: pairs.y))
            #expect(isClose(test.t, pairs.t) && isClose(test.p, pairs.p) && isClose(test.halfWidth, pairs.halfWidth))
            let other = try #require(PairedTest(pairs.y, isGreaterThan: pairs.x))
            #expect(isClose(test.p + other.p, 1), "the two tails are all there is")
        }
    }

    @Test("Holm's correction keeps the order, never lowers a p, and equals the golden")
    func correction() {
        let found = holm(golden.holm.p)
        #expect(zip(found, golden.holm.corrected).allSatisfy { isClose($0, $1) })
        #expect(zip(found, golden.holm.p).allSatisfy { $0 >= $1 })
        #expect(holm([]).isEmpty && holm([0.04]) == [0.04] && holm([0.9, 0.8]) == [1, 1])
    }

    @Test("no test where nothing varies, and no interval of one value")
    func nothing() {
        #expect(PairedTest([1, 2], isGreaterThan: [0, 1]) == nil)
        #expect(PairedTest([1], isGreaterThan: [0]) == nil)
        #expect(Sample([3]).halfWidth == nil && Sample([3, 3]).halfWidth == 0)
    }
}
