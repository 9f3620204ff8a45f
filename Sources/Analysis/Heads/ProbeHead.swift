import LinearAlgebra

/// A linear head fitted on the labels of the probe images: logits = V a + b, by `LogisticRegression`. Its shrinkage is the one
/// that finds images held back least surprising; then it is fitted on all.
package struct ProbeHead: Sendable {
    /// V: [classes, units]
    package var weights: Tensor
    package var bias: [Float]
    package var report: ProbeHeadReport

    package init(weights: Tensor, bias: [Float], report: ProbeHeadReport) {
        (self.weights, self.bias, self.report) = (weights, bias, report)
    }

    /// - Parameters:
    ///   - activations: of the probe images [N, units].
    ///   - labels: a class for each.
    ///   - observe: takes the number of steps done, over all fits; throws to end the work.
    package static func fit(
        activations: Tensor, labels: [Int], classes: Int, seed: UInt64 = 0, observe: (Int) throws -> Void = { _ in }
    ) rethrows -> ProbeHead {
        var random = SeededGenerator(seed: seed)
        let order = Array(labels.indices).shuffled(using: &random)
        let heldBack = Array(order.prefix(min(5000, max(1, order.count / 5))).sorted())
        let training = order.dropFirst(heldBack.count).prefix(20_000).sorted()
        let trial = LogisticRegression(activations: activations, labels: labels, images: training, classes: classes)
        var (steps, trials, best) = (0, [ProbeHeadReport.Trial](), LogisticRegression.Fit?.none)
        func fitted(
            _ regression: LogisticRegression, _ shrinkage: Double, from start: LogisticRegression.Fit?,
            tolerance: Float, iterations: Int
        ) throws -> LogisticRegression.Fit {
            let before = steps
            return try regression.fit(
                shrinkage: shrinkage, from: start, tolerance: tolerance, iterations: iterations
            ) { step in
                steps = before + step
                try observe(steps)
            }
        }
        // From the strongest on, each from where the one before ended; past the best there is nothing to look for.
        var start: LogisticRegression.Fit?
        for shrinkage in shrinkages {
            let fit = try fitted(trial, shrinkage, from: start, tolerance: 1e-4, iterations: 200)
            let (loss, accuracy) = trial.score(fit, on: heldBack)
            trials.append(.init(shrinkage: shrinkage, loss: loss, accuracy: accuracy))
            start = fit
            if trials.allSatisfy({ $0.loss >= loss }) { best = fit }
            if trials.suffix(2).allSatisfy({ $0.loss > trials.map(\.loss).min()! }), trials.count > 2 { break }
        }
        let chosen = trials.min { $0.loss < $1.loss } ?? trials[0]
        let whole = LogisticRegression(
            activations: activations, labels: labels, images: Array(labels.indices), classes: classes)
        let fit = try fitted(whole, chosen.shrinkage, from: best, tolerance: 1e-5, iterations: 500)
        let report = ProbeHeadReport(
            images: labels.count, classes: classes, heldBack: heldBack.count, shrinkage: chosen.shrinkage,
            accuracy: chosen.accuracy, trials: trials, iterations: fit.iterations, isConverged: fit.isConverged,
            loss: fit.loss,
            neighbours: NearestNeighborVote.accuracy(
                activations, labels: labels, classes: classes, of: heldBack, among: training))
        return ProbeHead(weights: fit.weights, bias: fit.bias, report: report)
    }

    /// λ, from the strongest on.
    private static let shrinkages = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6]
}

/// How a probe head was found, for people and scripts. Accuracies are from 0 to 1, on probe images held back.
package struct ProbeHeadReport: Sendable, Hashable, Codable {
    package struct Trial: Sendable, Hashable, Codable {
        package var shrinkage: Double
        /// The mean of -log p of the images held back.
        package var loss: Double
        package var accuracy: Double

        enum CodingKeys: String, CodingKey { case shrinkage, loss, accuracy }
    }

    /// Probe images with a label, and how many of them were held back to choose by.
    package var images: Int
    package var classes: Int
    package var heldBack: Int
    /// λ.
    package var shrinkage: Double
    package var accuracy: Double
    package var trials: [Trial]
    /// Of the last fit, on all.
    package var iterations: Int
    package var isConverged: Bool
    package var loss: Double
    /// The second opinion: of the nearest twenty images' vote.
    package var neighbours: Double

    enum CodingKeys: String, CodingKey {
        case images, classes, heldBack, shrinkage, accuracy, trials, iterations, isConverged, loss, neighbours
    }
}
