import Analysis
import LinearAlgebra
import TestSupport
import Testing

@Suite struct RetrievalTests {
    @Test("top-k is the head of a full sort, ties by position", arguments: [1, 3, 10, 40])
    func topK(count: Int) {
        var random = SeededGenerator(seed: 3)
        let scores = (0..<500).map { _ in Float(Int.random(in: 0..<60, using: &random)) }
        let sorted = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
        #expect(TopK.indices(of: scores, count: count) == Array(sorted.prefix(count)))
    }

    @Test("top-k of fewer values than wanted returns them all, and NaN comes last")
    func topKEdges() {
        #expect(TopK.indices(of: [1, .nan, 2], count: 9) == [2, 0, 1])
        #expect(TopK.indices(of: [], count: 3) == [])
    }

    @Test("a unit's name reads back, and what is no unit is refused")
    func unitNames() {
        for name in ["norm:17+", "norm:17-", "blocks.11:0", "a:b:3"] {
            #expect(InternalUnit(name)?.description == name)
        }
        for name in ["", "17", "norm:", "norm:+", "norm:1.5", ":3", "norm:-3", "norm:٣"] {
            #expect(InternalUnit(name) == nil, "\(name)")
        }
    }

    /// Four neurons, one axis each in a four-dimensional concept space; class i fires neuron i, class 3 lowers it.
    private func neurons() -> NeuronSpace {
        let axes = Tensor([4, 4], (0..<16).map { $0 % 5 == 0 ? 1 : 0 })
        let labels = (0..<40).map { $0 % 4 }
        let activations = Tensor(
            [40, 4], labels.flatMap { c in (0..<4).map { Float($0 == c ? (c == 3 ? -2 : 2) : 0) } })
        var weights = axes
        weights[3, 3] = -1
        let names = ConceptSet(names: ["one", "two", "three", "Four"], embeddings: axes)
        let probe = ProbeActivations(values: activations, predictions: labels, classes: 4)
        return NeuronSpace(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: true), probe: probe,
            answers: ProbeAnswers(probe, head: LinearRemainder(weights: weights, bias: [0, 0, 0, 0])),
            context: ConceptContext(concepts: names, classes: names, imageEmbeddings: axes.rows(at: labels)))
    }

    @Test("every ranking finds the pole that stands for a concept", arguments: Ranking.allCases)
    func localization(ranking: Ranking) throws {
        let neurons = neurons()
        let found = try neurons.locate(ConceptQuery("four", embedding: [0, 0, 0, 1], ranking: ranking))
        #expect(found.first?.unit == InternalUnit("l:3-"))
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test("a typed concept that is no class ranks by its similarity to images and is tied to the nearest class")
    func typedConcept() throws {
        let (neurons, concept) = (neurons(), [0.1, 0.99, 0.1, 0] as [Float])
        #expect(try neurons.locate(ConceptQuery("deux", embedding: concept)).first?.unit == InternalUnit("l:1+"))
        let classes = ConceptSet(
            names: ["one", "two", "three", "Four"], embeddings: Tensor([4, 4], (0..<16).map { $0 % 5 == 0 ? 1 : 0 }))
        #expect(classes.target(of: "four", embedding: concept) == ConceptClass(index: 3, name: "Four", origin: .name))
        #expect(classes.target(of: "deux", embedding: concept) == ConceptClass(index: 1, name: "two", origin: .nearest))
        #expect(
            classes.target(of: "deux", embedding: concept, chosen: 2)
                == ConceptClass(index: 2, name: "three", origin: .chosen))
    }

    @Test("a unit is described by the concept its direction points at")
    func description() throws {
        let encoder = NeuronEncoder(
            layer: "l", weights: Tensor([2, 2], [3, 0, 0, -5]), isSigned: true)
        let concepts = ConceptSet(names: ["east", "north", "south"], embeddings: Tensor([3, 2], [1, 0, 0, 1, 0, -1]))
        let probe = ProbeActivations(values: Tensor([1, 2]), predictions: [0], classes: 1)
        let neurons = NeuronSpace(
            encoder: encoder, probe: probe, answers: ProbeAnswers(probe, head: .zero(classes: 1, units: 2)),
            context: ConceptContext(concepts: concepts, classes: concepts, imageEmbeddings: Tensor([1, 2])))
        func described(_ unit: String) throws -> [RankedConcept] {
            try neurons.describe(#require(InternalUnit(unit)), count: 1).concepts
        }
        #expect(try described("l:0+") == [RankedConcept(concept: "east", score: 1)])
        #expect(try described("l:1+").first?.concept == "south")
        #expect(try described("l:1-").first?.concept == "north")
        #expect(try neurons.summaries().map(\.concept.concept) == ["east", "north", "south", "north"])
    }

    @Test("among more concepts than are compared at once, the nearest is that of one product, and a check can end it")
    func nearestOfMany() throws {
        var random = SeededGenerator(seed: 6)
        let (d, count) = (512, 3000)
        let concepts = ConceptSet(
            names: (0..<count).map { "concept \($0)" },
            embeddings: Tensor([count, d], (0..<count * d).map { _ in random.nextNormal() }).normalized())
        let units = Tensor([700, d], (0..<700 * d).map { _ in random.nextNormal() }).normalized()
        let range = 100..<690
        var checks = 0
        let best = concepts.best(for: units, range) { checks += 1 }
        let scores = multiply(units.rows(range), .plain, concepts.embeddings, .transposed)
        #expect(best.map(\.concept) == scores.argmax().map { concepts.names[$0] })
        assertClose(
            best.map(\.score), scores.argmax().enumerated().map { scores[$0, $1] }, within: 1e-6,
            because: "sums of 512 products, in an order of their own")
        #expect(checks > 1)
        struct Ended: Error {}
        #expect(throws: Ended.self) { try concepts.best(for: units, range) { throw Ended() } }
    }

    @Test("statistics of activations are those of their definition")
    func statistics() throws {
        let probe = ProbeActivations(
            values: Tensor([4, 2], [1, 0, 3, 0, 5, 0, 7, 0]), predictions: [0, 0, 1, 1], classes: 3)
        #expect(probe.means == [4, 0])
        assertClose(probe.deviations, [Float(5).squareRoot(), 0], within: 1e-6, because: "one rounding")
        #expect(probe.statistics.classMeans.values == [2, 0, 6, 0, 0, 0])
        #expect(Histogram(try probe.column(0), bins: 3).counts == [1, 1, 2])
        #expect(Histogram(try probe.column(1), bins: 3).counts == [4, 0, 0])
        #expect(try probe.extremes(of: InternalUnit("l:0-")!, count: 2).most.map(\.image) == [0, 1])
    }
}
