import Analysis
import LinearAlgebra
import TestSupport
import Testing

@Suite struct AuditTests {
    /// Random activations [n, units] under a random head of `classes` classes.
    private func images(_ n: Int, units: Int, classes: Int, seed: UInt64) -> (CountedImages, LinearRemainder) {
        var random = SeededRandom(seed: seed)
        let activations = random.tensor([n, units])
        let head = LinearRemainder(weights: random.tensor([classes, units]), bias: random.tensor([classes]).values)
        let logits = head.logits(activations)
        let labels = (0..<n).map { _ in Int.random(in: 0..<classes, using: &random) }
        return (
            CountedImages(
                activations: activations, logits: Once(value: logits), labels: labels, unedited: logits.argmax(),
                remainder: .linear(head)), head
        )
    }

    @Test("a leaning is what removing the neurons takes off the class's centred logit", arguments: [1 as UInt64, 2])
    func leanings(seed: UInt64) throws {
        let (counted, head) = images(60, units: 7, classes: 4, seed: seed)
        let part = Array(0..<40)
        let leanings = try #require(
            try counted.leanings(of: part, units: .dense(counted.activations), along: .coordinates(Array(0..<7))))
        var edited = counted.activations
        let units = [1, 4, 5].map { InternalUnit(layer: "norm", index: $0) }
        Intervention(units: units, operator: .scaling, beta: 0).apply(to: &edited, rows: 0..<60)
        let (before, after) = (head.logits(counted.activations), head.logits(edited))
        let expected = (0..<4).map { c -> Float in
            let own = part.filter { counted.labels[$0] == c }
            func centred(_ logits: Tensor, _ row: Int) -> Float {
                logits[row, c] - logits.row(row).reduce(0, +) / 4
            }
            return own.map { centred(before, $0) - centred(after, $0) }.reduce(0, +) / Float(own.count)
        }
        assertClose(leanings.sums([1, 4, 5]), expected, within: 1e-5, because: "sums of float32 in another order")
    }

    @Test("of features a leaning is what removing them from their codes takes off", arguments: [3 as UInt64, 4])
    func featureLeanings(seed: UInt64) throws {
        let (counted, head) = images(50, units: 6, classes: 3, seed: seed)
        var random = SeededRandom(seed: seed + 10)
        let decoder = random.tensor([9, 6])
        // Three features an image, and a scale each, as of an autoencoder that normalises.
        let codes = SparseRows(
            columns: 9, offsets: (0...50).map { 3 * $0 },
            indices: (0..<50).flatMap { row in [0, 3, 6].map { Int32(($0 + row) % 9) }.sorted() },
            values: (0..<150).map { _ in Float.random(in: 0.1...2, using: &random) })
        let scales = (0..<50).map { _ in Float.random(in: 0.5...2, using: &random) }
        let part = Array(10..<50)
        let leanings = try #require(
            try counted.leanings(of: part, units: .sparse(codes), along: .vectors(decoder), scales: scales))
        var edited = counted.activations
        for row in 0..<50 {
            for at in codes.range(of: row) where [2, 7].contains(codes.indices[at]) {
                for i in 0..<6 { edited[row, i] -= scales[row] * codes.values[at] * decoder[Int(codes.indices[at]), i] }
            }
        }
        let (before, after) = (head.logits(counted.activations), head.logits(edited))
        let expected = (0..<3).map { c -> Float in
            let own = part.filter { counted.labels[$0] == c }
            func centred(_ logits: Tensor, _ row: Int) -> Float {
                logits[row, c] - logits.row(row).reduce(0, +) / 3
            }
            return own.map { centred(before, $0) - centred(after, $0) }.reduce(0, +) / Float(own.count)
        }
        assertClose(leanings.sums([2, 7]), expected, within: 1e-4, because: "sums of float32 in another order")
    }

    @Test("sets that are measured one by one are those that are added up")
    func measuredSets() throws {
        var random = SeededRandom(seed: 6)
        let own = ClassLeanings(values: random.tensor([8, 3]))
        let (asked, units) = ([[own.sums([1, 2])[0]], [], [0]], [0, 1, 2, 5, 7])
        let added = try RandomUnitControl(own, leanings: asked, size: 2, among: units, draws: 5000, seed: 3)
        var seen: Set<Int> = []
        let measured = RandomUnitControl(leanings: asked, size: 2, among: units, draws: 5000, seed: 3) { set in
            seen.formUnion(set)
            return own.sums(set)
        }
        #expect(added.reached == measured.reached && added.draws == measured.draws && seen == Set(units))
        #expect(
            zip(added.means + added.deviations, measured.means + measured.deviations).allSatisfy {
                abs($0 - $1) < 1e-12
            },
            "sums of the same numbers, block by block and one by one")
    }

    @Test("mistakes that look like the class lie beyond the middle of the way, others near their own class")
    func resemblance() throws {
        // Class 0 lies at (1, 0), class 1 at (0, 1); twelve images of each, and ten of class 1 that are taken for class 0.
        let (labels, answers) = (
            [Int](repeating: 0, count: 12) + [Int](repeating: 1, count: 22),
            [Int](repeating: 0, count: 12) + [Int](repeating: 1, count: 12) + [Int](repeating: 0, count: 10)
        )
        func found(at share: Float) throws -> ClassResemblance? {
            let cosines = Tensor(
                [34, 2],
                labels.indices.flatMap { i -> [Float] in
                    let wobble = 0.01 * Float(i % 3)
                    let along: Float = i < 12 ? 1 : i < 24 ? 0 : share
                    return [along + wobble, 1 - along]
                })
            return ClassResemblance(to: 0, images: Array(0..<34), cosines: cosines, labels: labels, answers: answers)
        }
        let alike = try #require(try found(at: 0.9))
        #expect(abs(alike.share - 0.9) < 0.02 && alike.p > 0.99)
        let other = try #require(try found(at: 0.1))
        #expect(abs(other.share - 0.1) < 0.02 && other.p < 0.001 && other.halfWidth > 0)
        #expect(Set(other.images) == Set(24..<34), "the mistakes")
        #expect(
            ClassResemblance(
                to: 1, images: Array(0..<34), cosines: Tensor([34, 2]), labels: labels, answers: answers) == nil,
            "nothing is taken for it")
        #expect(
            ClassResemblance(
                to: 0, images: Array(0..<34), cosines: Tensor([34, 2]), labels: labels, answers: answers) == nil,
            "the classes lie in one place")
    }

    @Test("the share of random sets that reach a leaning is that of all sets")
    func randomSets() throws {
        var random = SeededRandom(seed: 5)
        let own = ClassLeanings(values: random.tensor([6, 2]))
        // All fifteen pairs.
        let pairs = (0..<6).flatMap { a in (0..<a).map { [a, $0] } }
        let asked = [pairs[3], pairs[9]].map { own.sums($0) }
        let drawn = try RandomUnitControl(
            own, leanings: (0..<2).map { c in asked.map { $0[c] - 1e-6 } }, size: 2, draws: 30_000, seed: 1)
        for c in 0..<2 {
            let all = pairs.map { Double(own.sums($0)[c]) }
            for place in 0..<2 {
                let share = Double(all.count { $0 >= Double(asked[place][c]) - 1e-6 }) / 15
                #expect(
                    abs(drawn.p(class: c, place) - share) < 0.015, "three standard errors of 30,000 draws, and some")
            }
            #expect(abs(drawn.means[c] - all.reduce(0, +) / 15) < 0.02)
        }
        let again = try RandomUnitControl(
            own, leanings: (0..<2).map { c in asked.map { $0[c] - 1e-6 } }, size: 2, draws: 30_000, seed: 1)
        #expect(drawn == again)
        let never = try RandomUnitControl(own, leanings: [[.infinity], []], size: 2, draws: 99, seed: 1)
        #expect(never.p(class: 0, 0) == 0.01, "never zero")
    }

    @Test("which classes the images are of is no part of a concept that images show")
    func composition() throws {
        // Class 0 lies at 10, class 1 at -10; what is asked for adds (1, 2) to either.
        let means = Tensor([4, 2], [11, 12, 10, 10, -9, -8, -10, -10])
        for counts in [[100, 5, 5, 100], [50, 50, 50, 50]] {
            let concept = try #require(ImageConcept("cue", means: means, embeddings: means, counts: counts))
            #expect(concept.departure == [1, 2])
            assertClose(
                concept.embedding, [0.4472136, 0.8944272], within: 1e-6, because: "one division by a root")
        }
        let one = try #require(ImageConcept("cue", means: means, embeddings: means, counts: [9, 9, 4, 100]))
        #expect(one.having == 9 && one.lacking == 9, "a class with too few is left out")
        #expect(ImageConcept("cue", means: means, embeddings: means, counts: [4, 9, 4, 9]) == nil)
    }

    @Test("a concept's neurons are those that speak for it and depart with it")
    func unitsOfImages() throws {
        let means = Tensor([2, 4], [1, -2, 3, 0.5, 0, 0, 0, 0])
        let embeddings = Tensor([2, 2], [1, 0, 0, 0])
        let concept = try #require(ImageConcept("cue", means: means, embeddings: embeddings, counts: [9, 9]))
        let encoder = NeuronEncoder(
            layer: "norm", weights: Tensor([4, 2], [1, 0, -1, 0, -1, 0, 8, 0]), isSigned: true)
        // Deviations of 1, 1, 10 and none.
        let probe = ProbeActivations(
            values: Tensor([2, 4], [1, 1, 10, 5, -1, -1, -10, 5]), predictions: [0, 0], classes: 1)
        let context = ConceptContext(
            concepts: ConceptSet(names: ["c"], embeddings: Tensor([1, 2], [1, 0])),
            classes: ConceptSet(names: ["c"], embeddings: Tensor([1, 2], [1, 0])),
            imageEmbeddings: Tensor([2, 2], [1, 0, 0, 1]))
        let space = NeuronSpace(
            encoder: encoder, probe: probe,
            answers: ProbeAnswers(
                logits: Once(value: Tensor([2, 1])), gradients: { _ in Tensor([0]) },
                attribution: Once(value: Tensor([0]))),
            context: context)
        // (W·c) departure: 1, 2, -3, 4
        #expect(concept.units(of: space, count: 3).map(\.description) == ["norm:3+", "norm:1-", "norm:0+"])
        let departing = concept.unitsByDeparture(of: space, count: 2)
        #expect(departing.map(\.description) == ["norm:1-", "norm:0+"], "3 and 2 over deviations of none and ten")
    }

    @Test("far from a class is what half of the other classes are nearer to")
    func likeness() {
        let classes = ConceptSet(
            names: ["a", "b", "c", "d"], embeddings: Tensor([4, 2], [1, 0, 0.9, 0.436, 0, 1, -1, 0]))
        let likeness = ClassLikeness(classes, mean: [0, 0])
        assertClose(Float(likeness.limits[0]), 0, within: 1e-6, because: "the middle of .9, 0 and -1")
        #expect(likeness.ofWord([-0.6, 0.8])[0] < likeness.limits[0])
        #expect(likeness.ofWord([0.6, 0.8])[0] > likeness.limits[0])
    }

    @Test(
        "the best β for the worst group is that of a fine grid, within what is allowed", arguments: [1 as UInt64, 2, 3])
    func worstGroup(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let curves = [30, 50].map { count in
            AccuracyCurve(
                lines: ClassLines(
                    intercepts: random.tensor([count, 3]), slopes: random.tensor([count, 3]),
                    labels: Array(repeating: 1, count: count), origin: 1), target: 1, over: -2...4)
        }
        let worst = WorstGroupCurve(curves)
        for limit in [4.0, 1.5] {
            let found = worst.best(identity: 1, above: 0) { $0 <= limit }
            let best = try #require(found)
            #expect(best.worst == worst.accuracy(at: best.beta) && best.beta <= limit)
            let grid = (0...12_000).map { -2 + 6 * Double($0) / 12_000 }
            // The bound falls within a stretch: beyond its middle nothing of the stretch is allowed.
            let reachable = grid.filter { $0 <= limit - 0.2 }.map(worst.accuracy).max() ?? 0
            #expect(best.worst >= reachable)
        }
        #expect(worst.best(identity: 1, above: 0) { _ in false } == nil)
        #expect(worst.best(identity: 1, above: 1) { _ in true } == nil)
    }

    @Test("of sizes that do about as well the smallest is taken, and none that does not help")
    func smallest() {
        #expect(WorstGroupCurve.smallest(worst: [0.5, 0.7, 0.72], before: 0.4, images: 100) == 1)
        #expect(WorstGroupCurve.smallest(worst: [0.5, 0.7, 0.72], before: 0.4, images: 1_000_000) == 2)
        #expect(WorstGroupCurve.smallest(worst: [0.4, 0.41], before: 0.4, images: 10) == 1)
        #expect(WorstGroupCurve.smallest(worst: [0.4, 0.3], before: 0.4, images: 10) == nil)
    }
}
