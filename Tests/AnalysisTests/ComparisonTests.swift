import Analysis
import LinearAlgebra
import TestSupport
import Testing

@Suite struct ComparisonTests {
    private func probe(_ values: Tensor) -> ProbeActivations {
        ProbeActivations(values: values, predictions: Array(repeating: 0, count: values.rows), classes: 1)
    }

    /// Pearson's correlation by its definition, in double precision.
    private func pearson(_ x: [Float], _ y: [Float]) -> Float {
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0.0) { $0 + Double($1) } / n, y.reduce(0.0) { $0 + Double($1) } / n)
        let (dx, dy) = (x.map { Double($0) - mx }, y.map { Double($0) - my })
        let product = zip(dx, dy).reduce(0.0) { $0 + $1.0 * $1.1 }
        let sizes = dx.reduce(0) { $0 + $1 * $1 } * dy.reduce(0) { $0 + $1 * $1 }
        return sizes > 0 ? Float(product / sizes.squareRoot()) : 0
    }

    @Test("correlations are Pearson's, over several blocks of images too", arguments: [50, 5000])
    func correlations(images: Int) throws {
        var random = SeededRandom(seed: 3)
        var (x, y) = (random.tensor([images, 4]), random.tensor([images, 3]))
        // One neuron is always the same, one goes with another.
        x.withUnsafeMutable { x in for row in 0..<images { x[4 * row + 2] = 7 } }
        let copied = x.values
        y.withUnsafeMutable { y in for row in 0..<images { y[3 * row + 1] = 5 - 2 * copied[4 * row + 3] } }
        let found = try UnitCorrelations(probe(x), probe(y))
        func column(_ tensor: Tensor, _ i: Int) -> [Float] { tensor.columns(at: [i]).values }
        for i in 0..<4 {
            assertClose(
                (0..<3).map { found.values[i, $0] }, (0..<3).map { pearson(column(x, i), column(y, $0)) },
                within: 2e-5, because: "sums of 5,000 float32 products, statistics in float32")
        }
        #expect(found.pairs(above: 0.9).map { [$0.first, $0.second] } == [[3, 1]])
        #expect(found.pairs(above: 0.9)[0].correlation < -0.999)
    }

    @Test("neurons in another order are found again, each by itself")
    func permutation() throws {
        var random = SeededRandom(seed: 9)
        let x = random.tensor([400, 12])
        let order = Array(0..<12).shuffled(using: &random)
        let pairs = try UnitCorrelations(probe(x), probe(x.columns(at: order))).pairs(above: 0.5)
        #expect(pairs.map(\.second) == (0..<12).map { unit in order.firstIndex(of: unit) ?? -1 })
        let shuffled = Array(0..<400).shuffled(using: &random)
        #expect(try UnitCorrelations(probe(x), probe(x), order: shuffled).greatest < 0.3)
    }

    @Test("pairs are mutual, so no neuron is in two")
    func mutual() {
        // 0 likes 0 most, which likes 1 more; 1 and 0 are a pair.
        let found = UnitCorrelations(values: Tensor([2, 2], [0.8, 0.1, -0.9, 0.2]))
        #expect(found.pairs(above: 0) == [UnitMatch(first: 1, second: 0, correlation: -0.9)])
        #expect(found.pairs(above: 0.95).isEmpty)
    }

    @Test("a concept is kept by a pair of the same side, moved without one, gained or lost on one side alone")
    func fates() {
        func unit(_ index: Int, _ pole: Pole) -> InternalUnit { InternalUnit(layer: "norm", index: index, pole: pole) }
        let pairs = [
            UnitMatch(first: 0, second: 5, correlation: 0.9), UnitMatch(first: 1, second: 6, correlation: -0.9),
        ]
        let moves = ConceptMove.all(
            from: [
                (unit(0, .positive), "kept"), (unit(1, .positive), "turned"), (unit(0, .negative), "moved"),
                (unit(1, .negative), "lost"),
            ],
            to: [
                (unit(5, .positive), "kept"), (unit(6, .negative), "turned"), (unit(5, .positive), "moved"),
                (unit(6, .positive), "gained"),
            ], pairs)
        #expect(
            Dictionary(uniqueKeysWithValues: moves.map { ($0.concept, $0.fate) })
                == ["kept": .kept, "turned": .kept, "moved": .moved, "lost": .lost, "gained": .gained])
        #expect(moves.map(\.concept) == moves.map(\.concept).sorted())
    }
}
