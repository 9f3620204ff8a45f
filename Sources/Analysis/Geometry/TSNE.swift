import Foundation
import LinearAlgebra

/// What decides a t-SNE layout, beside the points.
package struct TSNEParameters: Sendable, Hashable, Codable {
    /// Effective number of neighbours of a point; no more than a third of the others is used.
    package var perplexity: Double = 30
    package var iterations = 1000
    /// Iterations with the affinities times `exaggeration`, and momentum 0.5 instead of 0.8.
    var earlyIterations = 250
    var exaggeration: Float = 12
    /// Nil takes max(N / exaggeration / 4, 50), as scikit-learn does.
    var learningRate: Float?
    /// Up to this many points every pair is computed; above, Barnes and Hut's tree.
    package var exactLimit = 3000
    /// θ of Barnes and Hut.
    package var theta: Float = 0.5
    /// Of the noise, 1 % of the start's spread, that parts points with equal coordinates.
    package var seed: UInt64 = 0

    package init() {}

    package init(perplexity: Double, seed: UInt64 = 0) {
        self.perplexity = perplexity
        self.seed = seed
    }

    /// The perplexity used on `count` points.
    package func perplexity(for count: Int) -> Double { max(1, min(perplexity, Double(count - 1) / 3)) }
}

/// How far a layout has come.
package struct TSNEStep: Sendable {
    /// Done, counted from 1.
    package var iteration: Int
    package var iterations: Int
    /// KL(P ‖ Q) in nats as last computed, of the affinities without exaggeration.
    package var divergence: Double
    package var layout: [SIMD2<Float>]
}

/// A plane layout with its divergence KL(P ‖ Q) in nats.
package struct TSNELayout: Sendable, Equatable {
    package var points: [SIMD2<Float>]
    package var divergence: Double

    package init(points: [SIMD2<Float>], divergence: Double) {
        self.points = points
        self.divergence = divergence
    }
}

/// t-SNE (van der Maaten and Hinton 2008), with Barnes and Hut's approximation for many points (van der Maaten 2014).
///
/// Starts from the principal plane scaled to a spread of 1e-4; gradient descent with momentum and gains. Work is divided
/// over points and summed in their order, so the layout does not depend on the number of cores.
package struct TSNE: Sendable {
    package let parameters: TSNEParameters

    package init(_ parameters: TSNEParameters = TSNEParameters()) { self.parameters = parameters }

    /// Lays out `points` [N, d] by their Euclidean distances.
    ///
    /// - Parameter observe: called after every iteration; what it throws ends the work.
    package func layout(_ points: Tensor, observe: (TSNEStep) throws -> Void = { _ in }) throws -> TSNELayout {
        let n = points.rows
        var layout = start(points)
        // Four points are the fewest that have neighbours to speak of.
        guard n >= 4 else { return TSNELayout(points: layout, divergence: 0) }
        var step = TSNEStep(iteration: 0, iterations: parameters.iterations, divergence: .nan, layout: layout)
        try observe(step)
        let perplexity = parameters.perplexity(for: n)
        let check = { try observe(step) }
        let affinities =
            n <= parameters.exactLimit
            ? try Affinities.exact(points, perplexity: perplexity, checkCancellation: check)
            : try Affinities.nearest(points, perplexity: perplexity, checkCancellation: check)
        let objective = TSNEObjective(affinities, theta: parameters.theta)
        let rate = parameters.learningRate ?? max(Float(n) / parameters.exaggeration / 4, 50)
        var velocity = [SIMD2<Float>](repeating: .zero, count: n)
        var gains = [SIMD2<Float>](repeating: .one, count: n)
        for iteration in 1...max(1, parameters.iterations) {
            let isEarly = iteration <= parameters.earlyIterations
            let gradient = objective.gradient(layout, exaggeration: isEarly ? parameters.exaggeration : 1)
            let momentum: Float = isEarly ? 0.5 : 0.8
            var mean = SIMD2<Double>()
            for i in 0..<n {
                let turns = (velocity[i] * gradient.points[i]) .>= 0
                gains[i] = pointwiseMax(
                    (gains[i] + 0.2).replacing(with: gains[i] * 0.8, where: turns), SIMD2(repeating: 0.01))
                velocity[i] = momentum * velocity[i] - rate * gains[i] * gradient.points[i]
                layout[i] += velocity[i]
                mean += SIMD2<Double>(layout[i])
            }
            let shift = SIMD2<Float>(mean / Double(n))
            for i in 0..<n { layout[i] -= shift }
            // The divergence costs a logarithm a pair: now and then is enough to watch it.
            if iteration % 50 == 0 || iteration == parameters.iterations {
                step.divergence = objective.divergence(layout)
            }
            step.iteration = iteration
            step.layout = layout
            try observe(step)
        }
        return TSNELayout(points: layout, divergence: step.divergence)
    }

    /// The principal plane, spread 1e-4 along its first direction.
    private func start(_ points: Tensor) -> [SIMD2<Float>] {
        let plane = PrincipalPlane.coordinates(of: points)
        let square = plane.reduce(0.0) { $0 + Double($1.x) * Double($1.x) } / Double(max(1, plane.count))
        let scale = square > 0 ? Float(1e-4 / square.squareRoot()) : 0
        var random = SeededGenerator(seed: parameters.seed)
        return plane.map { $0 * scale + 1e-6 * SIMD2(random.nextNormal(), random.nextNormal()) }
    }
}
