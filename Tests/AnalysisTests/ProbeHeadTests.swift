import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Against scikit-learn (`Tests/Goldens/make_probe_head_goldens.py`).
@Suite struct ProbeHeadTests {
    private struct Golden: Decodable {
        struct Fit: Decodable {
            var shrinkage, loss: Double
            var weights, bias: [Float]
            var predictions: [Int]
        }
        var units, classes: Int
        var activations: [Float]
        var labels, known, asked: [Int]
        var fits: [Fit]
        var accuracyOfNeighbours: Double
    }

    private let golden: Golden
    private let activations: Tensor

    init() throws {
        let file = Samples.root.appending(path: "Tests/Goldens/probe-head.json")
        golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        activations = Tensor([golden.labels.count, golden.units], golden.activations)
    }

    private func regression(_ images: [Int]? = nil) -> LogisticRegression {
        LogisticRegression(
            activations: activations, labels: golden.labels, images: images ?? Array(golden.labels.indices),
            classes: golden.classes)
    }

    @Test("weights, biases, loss and answers are scikit-learn's")
    func golds() throws {
        for expected in golden.fits {
            let fit = try regression().fit(shrinkage: expected.shrinkage)
            // Weights and biases that add the same to every class change nothing.
            let columns = fit.weights.columnMeans()
            let centred = fit.weights.values.enumerated().map { $0.element - columns[$0.offset % golden.units] }
            let mean = fit.bias.reduce(0, +) / Float(golden.classes)
            let greatest = expected.weights.map(abs).max() ?? 1
            assertClose(
                centred, expected.weights, within: 1e-3 * greatest,
                because: "float32 sums, and a gradient below 1e-5, at λ = \(expected.shrinkage)")
            assertClose(
                fit.bias.map { $0 - mean }, expected.bias, within: 3e-3 * greatest,
                because: "biases balance weights times means of three")
            // Without its penalty the loss is not flat where both together are least.
            #expect(abs(fit.loss - expected.loss) < 5e-5)
            let head = LinearRemainder(weights: fit.weights, bias: fit.bias)
            #expect(head.logits(activations).argmax() == expected.predictions)
            #expect(fit.isConverged)
        }
    }

    @Test("scaling and shifting activations changes weights alone, no answer")
    func invariance() throws {
        let fit = try regression().fit(shrinkage: 1e-2)
        var moved = activations
        moved.withUnsafeMutable { a in for i in a.indices { a[i] = 4 * a[i] - 7 } }
        let other = try LogisticRegression(
            activations: moved, labels: golden.labels, images: Array(golden.labels.indices), classes: golden.classes
        ).fit(shrinkage: 1e-2)
        let first = LinearRemainder(weights: fit.weights, bias: fit.bias).logits(activations)
        let second = LinearRemainder(weights: other.weights, bias: other.bias).logits(moved)
        assertClose(second.values, first.values, within: 1e-2, because: "two fits, each to a gradient of 1e-5")
    }

    @Test("no direction lowers the loss from where it ends")
    func optimum() throws {
        let images = Array(0..<100)
        let (shrinkage, epsilon) = (1e-2, Float(0.05))
        let fit = try regression(images).fit(shrinkage: shrinkage)
        func loss(_ fit: LogisticRegression.Fit) -> Double { regression(images).score(fit, on: images).loss }
        #expect(abs(loss(fit) - fit.loss) < 1e-6)
        let lax = try regression(images).fit(shrinkage: shrinkage * 0.01)
        #expect(lax.loss < fit.loss, "less shrinkage fits closer")
        let strict = try regression(images).fit(shrinkage: shrinkage * 100)
        #expect(strict.loss > fit.loss + Double(epsilon) * 0.01)
    }

    @Test("the shrinkage is the one of least surprise on images held back, and neighbours vote as DINO's do")
    func choice() throws {
        let head = try ProbeHead.fit(activations: activations, labels: golden.labels, classes: golden.classes)
        let report = head.report
        #expect(report.images == 160 && report.heldBack == 32 && report.classes == 4)
        let best = report.trials.min { $0.loss < $1.loss }
        #expect(report.shrinkage == best?.shrinkage && report.accuracy == best?.accuracy)
        #expect(report.accuracy > 0.5, "chance is a quarter")
        #expect(
            NearestNeighborVote.accuracy(
                activations, labels: golden.labels, classes: golden.classes, of: golden.asked, among: golden.known)
                == golden.accuracyOfNeighbours)
    }
}
