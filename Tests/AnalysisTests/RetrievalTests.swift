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
    private func localizer() -> UnitLocalizer {
        let axes = Tensor([4, 4], (0..<16).map { $0 % 5 == 0 ? 1 : 0 })
        let labels = (0..<40).map { $0 % 4 }
        let activations = Tensor(
            [40, 4], labels.flatMap { c in (0..<4).map { Float($0 == c ? (c == 3 ? -2 : 2) : 0) } })
        var weights = axes
        weights[3, 3] = -1
        let names = ConceptSet(names: ["one", "two", "three", "Four"], embeddings: axes)
        return UnitLocalizer(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: true), concepts: names, classes: names,
            probe: ProbeActivations(values: activations, predictions: labels, classes: 4),
            imageEmbeddings: axes.rows(at: labels))
    }

    @Test("both rankings find the pole that stands for a concept", arguments: Ranking.allCases)
    func localization(ranking: Ranking) {
        let found = localizer().locate("four", embedding: [0, 0, 0, 1], ranking: ranking)
        #expect(found.units.first?.unit == InternalUnit("l:3-"))
        #expect(found.target == ConceptClass(index: 3, name: "Four", origin: .name))
        #expect(zip(found.units, found.units.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test("a typed concept that is no class ranks by its similarity to images and is tied to the nearest class")
    func typedConcept() {
        let found = localizer().locate("deux", embedding: [0.1, 0.99, 0.1, 0], ranking: .contribution)
        #expect(found.units.first?.unit == InternalUnit("l:1+"))
        #expect(found.target == ConceptClass(index: 1, name: "two", origin: .nearest))
        let chosen = localizer().locate("deux", embedding: [0, 1, 0, 0], ranking: .cosine, chosenClass: 2)
        #expect(chosen.target == ConceptClass(index: 2, name: "three", origin: .chosen))
    }

    @Test("a unit is described by the concept its direction points at")
    func description() {
        let encoder = NeuronEncoder(
            layer: "l", weights: Tensor([2, 2], [3, 0, 0, -5]), isSigned: true)
        let concepts = ConceptSet(names: ["east", "north", "south"], embeddings: Tensor([3, 2], [1, 0, 0, 1, 0, -1]))
        let describer = UnitDescriber(encoder: encoder, concepts: concepts)
        #expect(describer.describe(InternalUnit("l:0+")!, count: 1).concepts == [.init(concept: "east", score: 1)])
        #expect(describer.describe(InternalUnit("l:1+")!, count: 1).concepts.first?.concept == "south")
        #expect(describer.describe(InternalUnit("l:1-")!, count: 1).concepts.first?.concept == "north")
    }

    @Test("statistics of activations are those of their definition")
    func statistics() {
        let probe = ProbeActivations(
            values: Tensor([4, 2], [1, 0, 3, 0, 5, 0, 7, 0]), predictions: [0, 0, 1, 1], classes: 3)
        #expect(probe.means == [4, 0])
        assertClose(probe.deviations, [Float(5).squareRoot(), 0], within: 1e-6, because: "one rounding")
        #expect(probe.classMeans.means.values == [2, 0, 6, 0, 0, 0])
        #expect(Histogram(probe.column(0), bins: 3).counts == [1, 1, 2])
        #expect(Histogram(probe.column(1), bins: 3).counts == [4, 0, 0])
        #expect(probe.extremes(of: InternalUnit("l:0-")!, count: 2).most == [0, 1])
    }
}
