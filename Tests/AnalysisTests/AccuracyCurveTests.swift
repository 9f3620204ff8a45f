import Analysis
import LinearAlgebra
import TestSupport
import Testing

@Suite struct AccuracyCurveTests {
    /// Counts right answers by evaluating every class of every image.
    private func bruteForce(_ lines: ClassLines, target: Int, at beta: Double) -> Accuracy {
        let right = lines.labels.indices.filter { lines.isRight($0, at: beta) }
        let ofClass = right.count { lines.labels[$0] == target }
        let classCount = lines.labels.count { $0 == target }
        func share(_ n: Int, _ of: Int) -> Double { of > 0 ? Double(n) / Double(of) : 0 }
        return Accuracy(
            overall: share(right.count, lines.labels.count), ofClass: share(ofClass, classCount),
            ofOthers: share(right.count - ofClass, lines.labels.count - classCount))
    }

    private func problem(
        images: Int, classes: Int, seed: UInt64, value: (inout SeededGenerator) -> Float
    ) -> ClassLines {
        var random = SeededGenerator(seed: seed)
        let p = Tensor([images, classes], (0..<images * classes).map { _ in value(&random) })
        let q = Tensor([images, classes], (0..<images * classes).map { _ in value(&random) })
        return ClassLines(
            intercepts: p, slopes: q, labels: (0..<images).map { _ in Int.random(in: 0..<classes, using: &random) })
    }

    /// Random β, and β at and beside every vertex of every pair of lines of the first images.
    private func betas(for lines: ClassLines, count: Int, seed: UInt64) -> [Double] {
        var random = SeededGenerator(seed: seed)
        var result = (0..<count).map { _ in Double(random.nextNormal()) * 3 } + [-1e9, -1, 0, 1, 2, 1e9]
        let classes = lines.classes
        for image in 0..<min(20, lines.labels.count) {
            let (p, q) = lines.line(of: image)
            for a in 0..<classes {
                for b in 0..<a where q[a] != q[b] {
                    let beta = (Double(p[b]) - Double(p[a])) / (Double(q[a]) - Double(q[b]))
                    result += [beta, beta.nextUp, beta.nextDown]
                }
            }
        }
        return result
    }

    @Test("equals brute force at a thousand random β and at every vertex", arguments: [1 as UInt64, 2, 3])
    func randomLines(seed: UInt64) {
        let lines = problem(images: 300, classes: 10, seed: seed) { $0.nextNormal() }
        let curve = AccuracyCurve(lines: lines, target: 3)
        for beta in betas(for: lines, count: 1000, seed: seed) {
            #expect(curve.accuracy(at: beta) == bruteForce(lines, target: 3, at: beta), "β = \(beta)")
        }
    }

    @Test("equals brute force where lines tie, coincide, are level or meet in one vertex")
    func degenerateLines() {
        // Whole numbers from -2 to 2 make ties, duplicates, zero slopes and many lines through one vertex.
        let lines = problem(images: 400, classes: 6, seed: 7) { Float(Int.random(in: -2...2, using: &$0)) }
        let curve = AccuracyCurve(lines: lines, target: 0)
        let thirds = (-12...12).map { Double($0) / 3 }
        for beta in betas(for: lines, count: 1000, seed: 8) + thirds {
            #expect(curve.accuracy(at: beta) == bruteForce(lines, target: 0, at: beta), "β = \(beta)")
        }
    }

    @Test("equals brute force where slopes differ only in their last bit")
    func nearlyParallelLines() {
        let lines = problem(images: 200, classes: 8, seed: 9) { 1 + Float($0.next() % 3) * Float.ulpOfOne }
        let curve = AccuracyCurve(lines: lines, target: 1)
        for beta in betas(for: lines, count: 300, seed: 10) {
            #expect(curve.accuracy(at: beta) == bruteForce(lines, target: 1, at: beta), "β = \(beta)")
        }
    }

    @Test(
        "equals a plain search where classes tie, repeat, have no weight, are infinite or no number", arguments: 1...4)
    func notFiniteLines(seed: UInt64) {
        // The classes of every image are drawn from a few values, so that many lines coincide.
        let lines = problem(images: 240, classes: 9, seed: seed) { random in
            switch random.next() % 24 {
            case 0: .infinity
            case 1: -.infinity
            case 2: .nan
            case 3...8: 0
            case 9...12: 1
            default: random.nextNormal()
            }
        }
        let curve = AccuracyCurve(lines: lines, target: 2)
        for beta in betas(for: lines, count: 1000, seed: seed) where beta.isFinite {
            // The first of the greatest values; what is no number never wins.
            let right = lines.labels.indices.filter { image in
                let (p, q) = lines.line(of: image)
                var best = (index: 0, value: -Double.infinity)
                for c in p.indices {
                    let value = Double(p[c]) + beta * Double(q[c])
                    if value > best.value { best = (c, value) }
                }
                return best.index == lines.labels[image]
            }
            let count = lines.labels.count { $0 == 2 }
            let ofClass = right.count { lines.labels[$0] == 2 }
            let expected = Accuracy(
                overall: Double(right.count) / 240, ofClass: Double(ofClass) / Double(count),
                ofOthers: Double(right.count - ofClass) / Double(240 - count))
            #expect(curve.accuracy(at: beta) == expected, "β = \(beta)")
        }
        for beta in [Double.infinity, -.infinity] {
            #expect(curve.accuracy(at: beta) == bruteForce(lines, target: 2, at: beta))
        }
    }

    @Test("an image of one class is always right, and no image at all reads as zero")
    func edges() {
        let one = ClassLines(intercepts: Tensor([1, 1], [0.5]), slopes: Tensor([1, 1], [2]), labels: [0])
        #expect(AccuracyCurve(lines: one, target: 0).accuracy(at: -5).overall == 1)
        let none = ClassLines(intercepts: Tensor([0, 3]), slopes: Tensor([0, 3]), labels: [])
        #expect(AccuracyCurve(lines: none, target: 0).accuracy(at: 1) == Accuracy(overall: 0, ofClass: 0, ofOthers: 0))
    }

    @Test("scaling by one and adding zero change nothing; scaling by β multiplies the named columns")
    func linearRemainder() {
        var random = SeededGenerator(seed: 4)
        let activations = Tensor([50, 8], (0..<400).map { _ in random.nextNormal() })
        let remainder = LinearRemainder(
            weights: Tensor([5, 8], (0..<40).map { _ in random.nextNormal() }),
            bias: (0..<5).map { _ in random.nextNormal() })
        let labels = (0..<50).map { $0 % 5 }
        let units = ["l:1+", "l:1-", "l:4", "l:6-"].compactMap(InternalUnit.init)
        for kind in Operator.allCases {
            let intervention = Intervention(units: units, operator: kind, beta: kind.identity)
            let lines = remainder.lines(
                activations: activations, labels: labels, steering: Steering(intervention))
            for beta in [kind.identity, -0.5, 2.25] {
                var edited = activations
                Steering(intervention).at(beta).apply(to: &edited, rows: 0..<50)
                let expected = remainder.logits(edited)
                for image in 0..<50 {
                    let (p, q) = lines.line(of: image)
                    let values = zip(p, q).map { $0 + Float(beta - kind.identity) * $1 }
                    assertClose(values, expected.row(image), within: 1e-4, because: "float32 sums of eight terms")
                }
            }
        }
    }
}
