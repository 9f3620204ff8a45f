import Foundation
import LinearAlgebra

/// Multinomial logistic regression: weights W [classes, units] and biases b that minimise
///
///     mean over images of -log softmax(s W (a - ā) + b)_label  +  λ/2 ‖W‖²
///
/// where ā are the means of the units and s is one over the root mean square of a - ā: one number for all units, so the answer
/// does not hang on how activations are scaled or turned. Biases are free. In scikit-learn's terms C = 1 / (λ N), on
/// activations that are centred and scaled so.
package struct LogisticRegression: Sendable {
    /// [N, units], read block by block.
    private let activations: Tensor
    private let labels: [Int]
    /// The images it is fitted on.
    private let images: [Int]
    private let classes: Int
    private let means: [Float]
    private let scale: Float

    package struct Fit: Sendable {
        /// For activations as they are: [classes, units]
        package var weights: Tensor
        package var bias: [Float]
        /// The mean of -log p, without the penalty, and how it was found.
        package var loss: Double
        package var iterations: Int
        package var isConverged: Bool
        /// Where another fit may begin.
        var parameters: [Float]
    }

    /// - Parameters:
    ///   - labels: a class for every row of `activations`.
    ///   - images: rows to fit on.
    package init(activations: Tensor, labels: [Int], images: [Int], classes: Int) {
        precondition(activations.rows == labels.count && labels.allSatisfy { (0..<classes).contains($0) })
        (self.activations, self.labels, self.images, self.classes) = (activations, labels, images, classes)
        (means, scale) = Self.moments(activations, images)
    }

    private init(_ other: LogisticRegression, images: [Int]) {
        (activations, labels, classes) = (other.activations, other.labels, other.classes)
        (means, scale, self.images) = (other.means, other.scale, images)
    }

    /// The means of the units, and one over the root mean square of what departs from them.
    private static func moments(_ activations: Tensor, _ images: [Int]) -> ([Float], Float) {
        let units = activations.columns
        let parts = parallelMap(blocks(of: images.count, size: blockSize)) { range in
            var (sums, squares) = ([Double](repeating: 0, count: units), 0.0)
            activations.withUnsafe { a in
                for image in images[range] {
                    for unit in 0..<units {
                        let value = Double(a[image * units + unit])
                        sums[unit] += value
                        squares += value * value
                    }
                }
            }
            return (sums, squares)
        }
        let count = Double(max(1, images.count))
        let means = (0..<units).map { unit in parts.reduce(0) { $0 + $1.0[unit] } / count }
        let total = parts.reduce(0) { $0 + $1.1 } / count - means.reduce(0) { $0 + $1 * $1 }
        let variance = total / Double(max(1, units))
        return (means.map(Float.init), variance > 0 ? Float(1 / variance.squareRoot()) : 1)
    }

    /// - Parameters:
    ///   - shrinkage: λ.
    ///   - start: a fit to begin from.
    package func fit(
        shrinkage: Double, from start: Fit? = nil, tolerance: Float = 1e-5, iterations: Int = 500,
        observe: (Int) throws -> Void = { _ in }
    ) rethrows -> Fit {
        let (weightCount, units) = (classes * activations.columns, activations.columns)
        var optimizer = LBFGS()
        (optimizer.tolerance, optimizer.maxIterations) = (tolerance, iterations)
        let found = try optimizer.minimize(
            from: start?.parameters ?? Array(repeating: 0, count: weightCount + classes), observe: observe
        ) { parameters in
            var (loss, gradient) = lossAndGradient(parameters)
            var penalty = 0.0
            for i in 0..<weightCount {
                penalty += Double(parameters[i]) * Double(parameters[i])
                gradient[i] += Float(shrinkage) * parameters[i]
            }
            loss += shrinkage / 2 * penalty
            return (loss, gradient)
        }
        let parameters = found.parameters
        let weights = Tensor([classes, units], parameters[..<weightCount].map { $0 * scale })
        let penalty = parameters[..<weightCount].reduce(0.0) { $0 + Double($1) * Double($1) }
        return Fit(
            weights: weights, bias: bias(parameters), loss: found.value - shrinkage / 2 * penalty,
            iterations: found.iterations, isConverged: found.isConverged, parameters: parameters)
    }

    /// The mean of -log p of other images, and the share of them whose class is the likeliest.
    package func score(_ fit: Fit, on images: [Int]) -> (loss: Double, accuracy: Double) {
        let (other, bias) = (LogisticRegression(self, images: images), bias(fit.parameters))
        let parts = parallelMap(blocks(of: images.count, size: Self.blockSize)) { range in
            let logits = other.logits(range, fit.parameters, bias)
            let right = zip(logits.argmax(), range).count { $0 == other.labels[images[$1]] }
            return (other.surprise(logits, range).loss, right)
        }
        let count = Double(max(1, images.count))
        return (parts.reduce(0) { $0 + $1.0 } / count, Double(parts.reduce(0) { $0 + $1.1 }) / count)
    }

    // MARK: The loss

    private static let blockSize = 512
    /// Sums are taken over so many parts, whatever the number of cores, so that they come out alike everywhere.
    private static let parts = 8

    /// The mean of -log p and its gradient for [W, b], W on centred and scaled activations.
    private func lossAndGradient(_ parameters: [Float]) -> (Double, [Float]) {
        let (units, weightCount, bias) = (activations.columns, classes * activations.columns, bias(parameters))
        let size = max(1, (images.count + Self.parts - 1) / Self.parts)
        let found = parallelMap(blocks(of: images.count, size: size)) { part in
            var gradient = [Float](repeating: 0, count: weightCount + classes)
            var loss = 0.0
            for range in blocks(of: part, size: Self.blockSize) {
                let (own, residual) = surprise(logits(range, parameters, bias), range)
                loss += own
                withRows(range) { a in
                    residual.withUnsafe { r in
                        gradient.withUnsafeMutableBufferPointer { g in
                            multiply(
                                m: classes, n: units, k: range.count, r.baseAddress!, lda: classes, .transposed,
                                a, ldb: units, beta: 1, into: g.baseAddress!, ldc: units)
                            for row in 0..<range.count {
                                for c in 0..<classes { g[weightCount + c] += r[row * classes + c] }
                            }
                        }
                    }
                }
            }
            return (loss, gradient)
        }
        var gradient = [Float](repeating: 0, count: weightCount + classes)
        for (_, part) in found { for i in gradient.indices { gradient[i] += part[i] } }
        let share = 1 / Float(max(1, images.count))
        for c in 0..<classes {
            for unit in 0..<units {
                let at = c * units + unit
                gradient[at] = (gradient[at] - gradient[weightCount + c] * means[unit]) * scale * share
            }
        }
        for c in 0..<classes { gradient[weightCount + c] *= share }
        return (found.reduce(0) { $0 + $1.0 } / Double(max(1, images.count)), gradient)
    }

    /// b - s W ā: the biases for activations that are not centred.
    private func bias(_ parameters: [Float]) -> [Float] {
        let units = activations.columns
        return (0..<classes).map { c in
            let along = (0..<units).reduce(0.0) { $0 + Double(parameters[c * units + $1]) * Double(means[$1]) }
            return Float(Double(parameters[classes * units + c]) - Double(scale) * along)
        }
    }

    /// [range.count, classes]
    private func logits(_ range: Range<Int>, _ parameters: [Float], _ bias: [Float]) -> Tensor {
        let units = activations.columns
        return Tensor([range.count, classes]) { (target: UnsafeMutableBufferPointer<Float>) in
            for row in 0..<range.count {
                for c in 0..<classes { target[row * classes + c] = bias[c] }
            }
            withRows(range) { a in
                multiply(
                    m: range.count, n: classes, k: units, alpha: scale, a, lda: units, .plain, parameters, ldb: units,
                    .transposed, beta: 1, into: target.baseAddress!, ldc: classes)
            }
        }
    }

    /// The sum of -log p of some images, and softmax - 1_label: [range.count, classes]
    private func surprise(_ logits: Tensor, _ range: Range<Int>) -> (loss: Double, residual: Tensor) {
        var (p, loss) = (logits, 0.0)
        p.applySoftmax()
        p.withUnsafeMutable { p in
            for (row, place) in range.enumerated() {
                let at = row * classes + labels[images[place]]
                loss -= log(Double(max(p[at], .leastNormalMagnitude)))
                p[at] -= 1
            }
        }
        return (loss, p)
    }

    /// Rows of the activations, in place where they follow one another.
    private func withRows(_ range: Range<Int>, _ body: (UnsafePointer<Float>) -> Void) {
        let (first, units) = (images[range.lowerBound], activations.columns)
        if images[range.upperBound - 1] - first == range.count - 1 {
            activations.withUnsafe { body($0.baseAddress! + first * units) }
        } else {
            activations.rows(at: Array(images[range])).withUnsafe { body($0.baseAddress!) }
        }
    }
}
