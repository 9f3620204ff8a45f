import Foundation
import LinearAlgebra

/// Trains E_n with L = L_out + L_in (paper, eq. alignment): symmetric InfoNCE of E_n(a) against the text of the
/// predicted label and against the image, by AdamW with closed-form gradients.
///
/// Activations are scaled by one number so that rows have norm about sqrt(units); it is folded into W afterwards. The
/// same data, parameters and machine give bit-identical weights.
package struct AlignmentTraining: Sendable {
    private let data: AlignmentData
    private let parameters: AlignmentParameters

    package init(_ data: AlignmentData, parameters: AlignmentParameters = AlignmentParameters()) {
        self.data = data
        self.parameters = parameters
    }

    /// Trains until the last epoch or until validation stops improving.
    ///
    /// - Parameter observe: called after every epoch; throwing (as on cancellation) ends the training.
    package func run(
        layer: String, isSigned: Bool, observe: (WorkProgress) throws -> Void = { _ in }
    ) throws -> Alignment {
        var random = SeededGenerator(seed: parameters.seed)
        let order = Array(0..<data.predictions.count).shuffled(using: &random)
        let heldOut = min(order.count / 2, Int(Float(order.count) * parameters.validationShare))
        let validation = data.rows(at: Array(order[..<heldOut]))
        var training = Array(order[heldOut...])
        let descriptions = DescriptionScore(validation)
        let batch = min(parameters.batch, max(2, training.count))

        let scale = activationScale(of: data.activations)
        var step = AlignmentStep(data: data, scale: scale, parameters: parameters, random: &random)
        let stepsInAll = parameters.epochs * (training.count / batch)
        var epochs: [AlignmentEpoch] = []
        var (best, bestWeights) = (0, step.weights)
        for epoch in 0..<parameters.epochs {
            training.shuffle(using: &random)
            var (output, input, count): (Float, Float, Float) = (0, 0, 0)
            for start in stride(from: 0, through: training.count - batch, by: batch) {
                let done = Float(epoch * (training.count / batch) + start / batch) / Float(max(1, stepsInAll))
                let losses = step.advance(Array(training[start..<start + batch]), rate: cosineDecay(done))
                output += losses.output
                input += losses.input
                count += 1
            }
            let measured = AlignmentValidation(
                encoder: encoder(step.weights, scale: scale, layer: layer, isSigned: isSigned), data: validation,
                descriptions: descriptions, loss: step.loss(on: validation, batch: batch))
            epochs.append(
                AlignmentEpoch(
                    outputLoss: output / count, inputLoss: input / count, validation: measured,
                    outputTemperature: exp(-step.logScales.output), inputTemperature: exp(-step.logScales.input)))
            if measured.score > epochs[best].validation.score || epoch == 0 {
                (best, bestWeights) = (epoch, step.weights)
            }
            try observe(
                WorkProgress(
                    phase: .alignment, completed: epoch + 1, total: parameters.epochs,
                    loss: Double((output + input) / count)))
            if epoch - best >= parameters.patience { break }
        }
        return Alignment(
            encoder: encoder(bestWeights, scale: scale, layer: layer, isSigned: isSigned), epochs: epochs, best: best)
    }

    private func cosineDecay(_ done: Float) -> Float { parameters.rate * 0.5 * (1 + cos(.pi * done)) }

    /// Folds the activation scale into the weights.
    private func encoder(_ weights: Tensor, scale: Float, layer: String, isSigned: Bool) -> NeuronEncoder {
        var folded = weights
        folded.withUnsafeMutable { for i in $0.indices { $0[i] *= scale } }
        return NeuronEncoder(layer: layer, weights: folded, isSigned: isSigned)
    }

    /// sqrt(units) over the mean norm of a row; 1 for activations that are all zero.
    private func activationScale(of activations: ActivationRows) -> Float {
        let norms = activations.norms()
        let mean = norms.reduce(0, +) / Float(max(1, norms.count))
        return mean > 0 ? Float(activations.columns).squareRoot() / mean : 1
    }
}

/// The weights, temperatures and optimiser state of a training under way.
private struct AlignmentStep {
    /// W on scaled activations: [units, d]
    private(set) var weights: Tensor
    /// log(1/temperature) of the two losses.
    private(set) var logScales: (output: Float, input: Float)
    private let data: AlignmentData
    private let scale: Float
    private let parameters: AlignmentParameters
    private var optimizer: AdamW
    private var scaleOptimizer = AdamW(shape: [2])

    /// CLIP's bound on the scale, 100.
    private static let greatestLogScale = Float(log(100.0))

    init(data: AlignmentData, scale: Float, parameters: AlignmentParameters, random: inout SeededGenerator) {
        self.data = data
        self.scale = scale
        self.parameters = parameters
        let shape = [data.activations.columns, data.imageEmbeddings.columns]
        let deviation = parameters.initialDeviation / Float(shape[0]).squareRoot()
        weights = Tensor(shape, (0..<shape[0] * shape[1]).map { _ in random.nextNormal() * deviation })
        logScales = (-log(parameters.temperature), -log(parameters.temperature))
        optimizer = AdamW(shape: shape)
    }

    /// One step on the images at `indices`; the losses before it.
    mutating func advance(_ indices: [Int], rate: Float) -> (output: Float, input: Float) {
        let batch = data.rows(at: indices)
        let projection = Projection(batch.activations, weights: weights, scale: scale)
        let (output, input) = losses(projection, batch)
        var gradient = output.embeddingGradient
        gradient.combine(
            weight: parameters.outputWeight, with: input.embeddingGradient, weight: parameters.inputWeight)
        optimizer.update(&weights, gradient: projection.weightGradient(gradient), rate: rate)
        if parameters.learnsTemperature {
            var scales = Tensor([2], [logScales.output, logScales.input])
            let slopes = Tensor(
                [2],
                [
                    parameters.outputWeight * output.logScaleGradient,
                    parameters.inputWeight * input.logScaleGradient,
                ])
            scaleOptimizer.update(&scales, gradient: slopes, rate: rate)
            logScales = (min(scales[0], Self.greatestLogScale), min(scales[1], Self.greatestLogScale))
        }
        return (output.value, input.value)
    }

    /// L_out + L_in over `validation`, averaged over whole batches.
    func loss(on validation: AlignmentData, batch: Int) -> Float {
        let size = min(batch, validation.predictions.count)
        guard size > 1 else { return 0 }
        let starts = Array(stride(from: 0, through: validation.predictions.count - size, by: size))
        let sum = starts.reduce(Float(0)) { sum, start in
            let part = validation.rows(at: Array(start..<start + size))
            let (output, input) = losses(Projection(part.activations, weights: weights, scale: scale), part)
            return sum + output.value + input.value
        }
        return sum / Float(starts.count)
    }

    private func losses(_ projection: Projection, _ batch: AlignmentData) -> (ContrastiveLoss, ContrastiveLoss) {
        let labels = batch.classEmbeddings.rows(at: batch.predictions)
        return (
            ContrastiveLoss(embeddings: projection.unitRows, anchors: labels, logScale: logScales.output),
            ContrastiveLoss(
                embeddings: projection.unitRows, anchors: batch.imageEmbeddings, logScale: logScales.input)
        )
    }
}

/// z = y / |y| with y = (scale a)ᵀ W, and the way back from ∂L/∂z to ∂L/∂W.
struct Projection {
    /// z: [batch, d]
    let unitRows: Tensor
    private let activations: ActivationRows
    private let norms: [Float]

    init(_ activations: ActivationRows, weights: Tensor, scale: Float) {
        let scaled = activations.scaled(by: scale)
        let projected = scaled.times(weights)
        self.activations = scaled
        norms = projected.norms()
        unitRows = projected.normalized()
    }

    /// ∂L/∂W = aᵀ ∂L/∂y, with ∂L/∂y = (g - z (z·g)) / |y|.
    func weightGradient(_ gradient: Tensor) -> Tensor {
        var inner = gradient
        let columns = gradient.columns
        inner.withUnsafeMutable { g in
            unitRows.withUnsafe { z in
                for (row, norm) in norms.enumerated() {
                    let range = row * columns..<(row + 1) * columns
                    let along = range.reduce(Float(0)) { $0 + z[$1] * g[$1] }
                    let inverse = norm > 0 ? 1 / norm : 0
                    for i in range { g[i] = (g[i] - z[i] * along) * inverse }
                }
            }
        }
        return activations.transposedTimes(inner)
    }
}

extension Tensor {
    /// self = weight self + otherWeight other.
    fileprivate mutating func combine(weight: Float, with other: Tensor, weight otherWeight: Float) {
        withUnsafeMutable { a in
            other.withUnsafe { b in for i in a.indices { a[i] = weight * a[i] + otherWeight * b[i] } }
        }
    }
}
