import Analysis
import LinearAlgebra
import TestSupport
import Testing

/// Unit quality on cases whose figures follow by hand.
@Suite struct UnitQualityTests {
    /// Eighty images of two classes, forty each, at right angles in the image space. Neurons: 0 fires on class 0 alone, 1 on
    /// every other image whatever its class, 2 never, 3 is twice neuron 0.
    private let classes = (0..<80).map { $0 / 40 }
    private var probe: ProbeActivations {
        let values = classes.enumerated().flatMap { image, label -> [Float] in
            let own: Float = label == 0 ? 1 : 0
            return [own, image % 2 == 0 ? 1 : 0, 0.25, 2 * own]
        }
        return ProbeActivations(values: Tensor([80, 4], values), predictions: classes, classes: 3)
    }

    private func measure(isSigned: Bool = false) throws -> [UnitQuality] {
        let encoder = NeuronEncoder(
            layer: "l", weights: Tensor([4, 3], [1, 0, 0, 0, 1, 0, 0.6, 0, 0.8, 3, 0, 0]), isSigned: isSigned)
        let images = Tensor([80, 2], classes.flatMap { $0 == 0 ? [1, 0] as [Float] : [0, 1] })
        return try UnitQuality.measure(
            encoder.units, embeddings: encoder.embeddings(of: encoder.units), probe: probe, imageEmbeddings: images,
            checkCancellation: {})
    }

    @Test("clarity is the mean cosine of the top images above that of all")
    func clarity() throws {
        // Of all pairs, 2 · 40 · 39 of 80 · 79 are within a class, with cosine 1; the rest 0.
        let baseline: Float = 2 * 40 * 39 / (80 * 79)
        let measured = try measure()
        assertClose(measured[0].clarity, 1 - baseline, within: 1e-5, because: "float32 sums of 80")
        // Ties go to the first images: the twenty even ones of class 0.
        assertClose(measured[1].clarity, 1 - baseline, within: 1e-5, because: "float32 sums of 80")
        #expect(measured[2].clarity == 0, "dead")
    }

    @Test("two kinds of images, equally many and at right angles, are polysemantic; a stray image hardly is")
    func polysemanticity() throws {
        func quality(kinds: [Int]) throws -> UnitQuality {
            let n = kinds.count
            let activations = ProbeActivations(
                values: Tensor([n, 1], (0..<n).map { Float(n - $0) }), predictions: kinds, classes: 2)
            return try UnitQuality.measure(
                [InternalUnit("l:0")!], embeddings: Tensor([1, 1], [1]), probe: activations,
                imageEmbeddings: Tensor([n, 2], kinds.flatMap { $0 == 0 ? [1, 0] as [Float] : [0, 1] }),
                checkCancellation: {})[0]
        }
        let rest = Array(repeating: 0, count: 40)
        assertClose(
            try quality(kinds: (0..<20).map { $0 % 2 } + rest).polysemanticity, 1, within: 1e-5, because: "one rounding"
        )
        assertClose(
            try quality(kinds: [1] + Array(repeating: 0, count: 19) + rest).polysemanticity, 0.1, within: 1e-5,
            because: "2 · 1/20 at right angles")
        #expect(try quality(kinds: Array(repeating: 0, count: 20) + rest).polysemanticity == 0)
    }

    @Test("redundancy is the nearest other neuron's cosine, and a neuron's own opposite pole is not another")
    func redundancy() throws {
        assertClose(try measure().map(\.redundancy), [1, 0, 0.6, 1], within: 1e-6, because: "one rounding")
        let signed = try measure(isSigned: true)
        assertClose(signed[0].redundancy, 1, within: 1e-6, because: "neuron 3 +")
        assertClose(signed[1].redundancy, 1, within: 1e-6, because: "neuron 3 -")
        assertClose(
            signed[2].redundancy, 0, within: 1e-6, because: "its opposite pole is at -1, all others at right angles")
        assertClose(signed[5].redundancy, 0.6, within: 1e-6, because: "neuron 0 -")
    }

    @Test("selectivity is the best class against all other images, in deviations, along the pole")
    func selectivity() throws {
        let measured = try measure()
        assertClose(measured.map(\.selectivity), [2, 0, 0, 2], within: 1e-5, because: "σ = 0.5 and 1")
        #expect(measured[0].selectiveClass == 0 && measured[3].selectiveClass == 0)
        let signed = try measure(isSigned: true)
        #expect(signed[1].selectiveClass == 1, "neuron 0 is lowest on class 1")
        assertClose(signed[1].selectivity, 2, within: 1e-5, because: "σ = 0.5")
    }

    @Test("a unit that never changes is dead, and no other")
    func dead() throws { #expect(try measure().map(\.isDead) == [false, false, true, false]) }

    @Test("a feature's figures are a neuron's with the same activations, but its images are those that activate it")
    func features() throws {
        // Feature 0 is active on 30 images of class 0, feature 1 on five of each class, feature 2 on one, feature 3 on none.
        let values = classes.enumerated().flatMap { image, label -> [Float] in
            [
                image < 30 ? Float(80 - image) : 0, image % 40 < 5 ? Float(90 - image) : 0, image == 3 ? 1 : 0, 0,
            ]
        }
        let dense = Tensor([80, 4], values)
        let images = Tensor([80, 2], classes.flatMap { $0 == 0 ? [1, 0] as [Float] : [0, 1] })
        let embeddings = Tensor([4, 2], [1, 0, 0.6, 0.8, 0, 1, 0, -1])
        let units = (0..<4).map { InternalUnit(layer: "l", index: $0, kind: .feature) }
        let measured = try UnitQuality.measure(
            units, embeddings: embeddings,
            probe: FeatureActivations(codes: SparseRows(dense), predictions: classes, classes: 3),
            imageEmbeddings: images, checkCancellation: {})
        let neurons = try UnitQuality.measure(
            units.map { InternalUnit(layer: "l", index: $0.index) }, embeddings: embeddings,
            probe: ProbeActivations(values: dense, predictions: classes, classes: 3), imageEmbeddings: images,
            checkCancellation: {})
        #expect(measured.map(\.isDead) == [false, false, false, true])
        #expect(measured.map(\.redundancy) == neurons.map(\.redundancy))
        #expect(measured.map(\.selectiveClass) == neurons.map(\.selectiveClass))
        assertClose(
            measured.map(\.selectivity), neurons.map(\.selectivity), within: 1e-5, because: "sums in another order")
        #expect(measured[0] == neurons[0], "more than twenty images activate it")
        // Ten images, five of each class: of 10 · 9 pairs 2 · 5 · 4 are within a class.
        let baseline: Float = 2 * 40 * 39 / (80 * 79)
        assertClose(measured[1].clarity, 40.0 / 90 - baseline, within: 1e-5, because: "float32 sums of 80")
        assertClose(measured[1].polysemanticity, 1, within: 1e-5, because: "two halves at right angles")
        #expect(measured[2].clarity == 0, "one image agrees with nothing")
    }

    @Test("the extremes of a feature are those of its dense column, equal ones in order", arguments: [3, 8, 40, 80])
    func extremes(count: Int) {
        // Active on every second image, with equal activations among them.
        let column = (0..<80).map { $0.isMultiple(of: 2) ? Float(1 + $0 / 2 * 7 % 5) : 0 }
        let dense = Tensor([80, 1], column)
        let features = FeatureActivations(codes: SparseRows(dense), predictions: classes, classes: 3)
        let neurons = ProbeActivations(values: dense, predictions: classes, classes: 3)
        #expect(
            features.extremes(of: InternalUnit(layer: "l", index: 0, kind: .feature), count: count)
                == (try? neurons.extremes(of: InternalUnit(layer: "l", index: 0), count: count)))
    }
}
