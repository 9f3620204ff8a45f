import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite struct AlignmentTests {
    private static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in generator.nextNormal() })
    }

    @Test("the gradient by embeddings is that of finite differences")
    func embeddingGradient() {
        let z = Self.random([6, 4], seed: 1).normalized()
        let t = Self.random([6, 4], seed: 2).normalized()
        let loss = ContrastiveLoss(embeddings: z, anchors: t, logScale: 1.2)
        let step: Float = 1e-2
        for i in 0..<z.count {
            var (up, down) = (z, z)
            up[i] += step
            down[i] -= step
            let slope =
                (ContrastiveLoss(embeddings: up, anchors: t, logScale: 1.2).value
                    - ContrastiveLoss(embeddings: down, anchors: t, logScale: 1.2).value) / (2 * step)
            assertClose(
                loss.embeddingGradient[i], slope, within: 1e-3,
                because: "central differences in float32 err by step² and by rounding over the step")
        }
    }

    @Test("the gradient by the log scale is that of finite differences")
    func scaleGradient() {
        let z = Self.random([9, 5], seed: 3).normalized()
        let t = Self.random([9, 5], seed: 4).normalized()
        let value = { (s: Float) in ContrastiveLoss(embeddings: z, anchors: t, logScale: s).value }
        let slope = (value(1.01) - value(0.99)) / 0.02
        assertClose(
            ContrastiveLoss(embeddings: z, anchors: t, logScale: 1).logScaleGradient, slope, within: 1e-3,
            because: "central differences in float32")
    }

    @Test("loss and gradients agree with PyTorch's cross entropy and autograd")
    func golden() throws {
        let golden = try AlignmentGolden.load()
        let loss = ContrastiveLoss(
            embeddings: golden.embeddings, anchors: golden.anchors, logScale: golden.logScale)
        assertClose(loss.value, golden.loss, within: 1e-5, because: "float32 sums in another order")
        assertClose(
            loss.logScaleGradient, golden.logScaleGradient, within: 1e-5, because: "float32 sums in another order")
        assertClose(
            loss.embeddingGradient, golden.embeddingGradient, within: 1e-5, because: "float32 sums in another order")
    }

    @Test("AdamW takes PyTorch's steps")
    func adamW() throws {
        let golden = try AlignmentGolden.load()
        var parameter = golden.anchors
        var optimizer = AdamW(shape: parameter.shape, decay: 0.1)
        for step in 1...5 {
            var gradient = golden.embeddings
            gradient.withUnsafeMutable { for i in $0.indices { $0[i] *= Float(step) } }
            optimizer.update(&parameter, gradient: gradient, rate: 0.01)
        }
        assertClose(parameter, golden.afterAdamW, within: 1e-6, because: "five steps of float32 rounding")
    }

    /// Ten classes, each with its own direction in activation space and in concept space.
    private static func separable(images: Int = 1200) -> AlignmentData {
        let directions = random([10, 24], seed: 5)
        let classes = random([10, 16], seed: 6).normalized()
        var noise = SeededGenerator(seed: 7)
        let labels = (0..<images).map { $0 % 10 }
        let activations = Tensor(
            [images, 24], labels.flatMap { c in directions.row(c).map { $0 + 0.3 * noise.nextNormal() } })
        let pictures = Tensor(
            [images, 16], labels.flatMap { c in classes.row(c).map { $0 + 0.1 * noise.nextNormal() } })
        return AlignmentData(
            activations: activations, imageEmbeddings: pictures.normalized(), predictions: labels,
            classEmbeddings: classes)
    }

    @Test("an alignment learns separable classes and one seed gives bit-identical weights")
    func training() throws {
        let data = Self.separable()
        let first = try AlignmentTraining(data).run(layer: "norm", isSigned: true)
        let second = try AlignmentTraining(data).run(layer: "norm", isSigned: true)
        #expect(first == second)
        #expect(first.epochs[first.best].validation.retrieval > 0.95)
        // What the best class name of every pole reaches is the most that a description can.
        let near = multiply(data.imageEmbeddings, .plain, data.classEmbeddings, .transposed)
        guard case .dense(let activations) = data.activations else { return }
        func column(_ x: Tensor, _ c: Int) -> [Float] { x.columns(at: [c]).values }
        let most = (0..<24).map { unit -> Float in
            let found = (0..<10).map { correlation(column(activations, unit), column(near, $0)) }
            return (found.max()! - found.min()!) / 2
        }
        #expect(first.epochs[first.best].validation.description > 0.85 * most.reduce(0, +) / 24)
        var other = AlignmentParameters()
        other.seed = 1
        #expect(try AlignmentTraining(data, parameters: other).run(layer: "norm", isSigned: true) != first)
    }

    @Test("cancelling ends the training at the epoch")
    func cancellation() {
        struct Stop: Error {}
        var seen = 0
        #expect(throws: Stop.self) {
            _ = try AlignmentTraining(Self.separable()).run(layer: "norm", isSigned: true) { _ in
                seen += 1
                if seen == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
    }

    @Test("E_n is linear: the embedding of a vector is the sum of the embeddings of its units")
    func linearity() {
        let encoder = NeuronEncoder(layer: "norm", weights: Self.random([12, 5], seed: 8), isSigned: true)
        let activation = Self.random([1, 12], seed: 9)
        var sum = Tensor([1, 5])
        for index in 0..<12 {
            var single = Tensor([1, 12])
            single[index] = activation[index]
            sum.add(encoder.encode(single))
        }
        assertClose(encoder.encode(activation), sum, within: 1e-5, because: "float32 sums in another order")
    }
}

/// Numbers made by Tests/Goldens/make_alignment_goldens.py.
private struct AlignmentGolden: Decodable {
    private let z: [Float]
    private let t: [Float]
    private let dz: [Float]
    private let adamw: [Float]
    private let shape: [Int]
    let logScale: Float
    let loss: Float
    let logScaleGradient: Float
    var embeddings: Tensor { Tensor(shape, z) }
    var anchors: Tensor { Tensor(shape, t) }
    var embeddingGradient: Tensor { Tensor(shape, dz) }
    var afterAdamW: Tensor { Tensor(shape, adamw) }

    static func load() throws -> AlignmentGolden {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Goldens/alignment.json")
        return try JSONDecoder().decode(AlignmentGolden.self, from: Data(contentsOf: file))
    }
}
