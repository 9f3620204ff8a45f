import Foundation
import LinearAlgebra

/// Trains a k-sparse autoencoder (Gao et al. 2024): top-k activations, pre-bias, unit decoder rows with the gradient
/// along them projected out, an auxiliary loss against dead features, Adam.
///
/// Gradients are closed form and sparse. No gradient of a whole matrix is ever held: each feature's is gathered from
/// the images it was active on and applied at once. The activations may be a mapped file; a batch is all that is
/// copied. The same data, parameters and machine give bit-identical weights, interrupted or not.
package struct AutoencoderTraining: Sendable {
    private let data: Tensor
    private let parameters: AutoencoderParameters

    /// How a training stands.
    package struct Progress: Sendable {
        package var step: Int
        /// Over the steps since the last report: the loss, and what it says of the batches.
        package var loss: Double
        package var explainedVariance: Double
        package var l0: Double
        package var deadShare: Double
    }

    /// - Parameter data: activations [N, d].
    package init(_ data: Tensor, parameters: AutoencoderParameters) {
        precondition(parameters.features > 0 && parameters.k > 0 && parameters.batch > 0 && data.rows > 0)
        self.data = data
        self.parameters = parameters
    }

    /// Trains to the last step.
    ///
    /// - Parameters:
    ///   - resuming: the state of an interrupted training with the same data and parameters.
    ///   - observe: called about fifty times; throwing (as on cancellation) ends the training. The state it is given is
    ///     what `resuming` takes.
    package func run(
        resuming: AutoencoderState? = nil, observe: (Progress, AutoencoderState) throws -> Void = { _, _ in }
    ) throws -> AutoencoderState {
        var state = resuming ?? AutoencoderState(data, parameters: parameters)
        let batch = min(parameters.batch, data.rows)
        let stepsAnEpoch = data.rows / batch
        let interval = max(1, parameters.steps / 50)
        var (epoch, order) = (-1, [Int]())
        var sums = (loss: 0.0, fit: 0.0, active: 0, steps: 0)
        while state.step < parameters.steps {
            if state.step / stepsAnEpoch != epoch {
                epoch = state.step / stepsAnEpoch
                order = Self.order(of: data.rows, epoch: epoch, seed: parameters.seed)
            }
            let start = state.step % stepsAnEpoch * batch
            let pass = state.advance(data, rows: Array(order[start..<start + batch]), parameters: parameters)
            sums.loss += pass.loss + pass.auxiliaryLoss
            sums.fit += pass.loss
            sums.active += (0..<batch).reduce(0) { $0 + pass.codes.range(of: $1).count }
            sums.steps += 1
            guard state.step % interval == 0 || state.step == parameters.steps else { continue }
            let steps = Double(sums.steps)
            try observe(
                Progress(
                    step: state.step, loss: sums.loss / steps, explainedVariance: 1 - sums.fit / steps,
                    l0: Double(sums.active) / (steps * Double(batch)),
                    deadShare: state.deadShare(after: parameters.deadAfter)), state)
            sums = (0, 0, 0, 0)
        }
        return state
    }

    /// The order of the images in an epoch; known without the epochs before it.
    private static func order(of count: Int, epoch: Int, seed: UInt64) -> [Int] {
        var random = SeededGenerator(seed: seed &+ UInt64(epoch + 1) &* 0x9E37_79B9_7F4A_7C15)
        return Array(0..<count).shuffled(using: &random)
    }
}

extension AutoencoderState {
    /// One step on the images at `rows`; the pass it followed.
    mutating func advance(_ data: Tensor, rows: [Int], parameters: AutoencoderParameters) -> AutoencoderPass {
        var x = data.rows(at: rows)
        let scale = scale
        x.withUnsafeMutable { for i in $0.indices { $0[i] *= scale } }
        let dead = idle.indices.filter { idle[$0] >= parameters.deadAfter }.map(Int32.init)
        let pass = AutoencoderPass(weights, x, variance: variance, parameters: parameters, dead: dead)
        let rate = parameters.rate(at: step)
        step += 1
        update(AutoencoderGradient(pass, weights), AdamStep(rate: rate, step: step))

        for j in idle.indices { idle[j] += rows.count }
        var least = Float.infinity
        for row in 0..<pass.batch {
            for at in pass.codes.range(of: row) {
                idle[Int(pass.codes.indices[at])] = 0
                least = min(least, pass.codes.values[at])
            }
        }
        // The threshold at inference is the mean of what batches kept; its memory is a hundred steps.
        if least.isFinite { threshold = step == 1 ? least : 0.99 * threshold + 0.01 * least }
        return pass
    }

    /// Adam on every weight, features in blocks on all cores.
    private mutating func update(_ gradient: AutoencoderGradient, _ adam: AdamStep) {
        let (features, width) = (weights.encoder.rows, weights.encoder.columns)
        adam.update(&weights.encoderBias, gradient.encoderBias, &first.encoderBias, &second.encoderBias)
        adam.update(&weights.decoderBias, gradient.decoderBias, &first.decoderBias, &second.decoderBias)
        weights.decoder.withUnsafeMutable { decoder in
            weights.encoder.withUnsafeMutable { encoder in
                first.decoder.withUnsafeMutable { firstD in
                    second.decoder.withUnsafeMutable { secondD in
                        first.encoder.withUnsafeMutable { firstE in
                            second.encoder.withUnsafeMutable { secondE in
                                nonisolated(unsafe) let (decoder, encoder, firstD, secondD, firstE, secondE) = (
                                    decoder.baseAddress!, encoder.baseAddress!, firstD.baseAddress!,
                                    secondD.baseAddress!, firstE.baseAddress!, secondE.baseAddress!
                                )
                                let block = max(16, (features + 31) / 32)
                                parallel(blocks(of: features, size: block)) { part in
                                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { buffer in
                                        let (d, e) = (buffer.baseAddress!, buffer.baseAddress! + width)
                                        for feature in part {
                                            buffer.update(repeating: 0)
                                            gradient.add(feature, decoder: d, encoder: e)
                                            let at = feature * width
                                            projectOut(of: d, along: decoder + at, count: width)
                                            adam.update(
                                                decoder + at, gradient: d, first: firstD + at, second: secondD + at,
                                                count: width)
                                            normalize(decoder + at, count: width)
                                            adam.update(
                                                encoder + at, gradient: e, first: firstE + at, second: secondE + at,
                                                count: width)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension AdamStep {
    fileprivate func update(
        _ parameters: inout Tensor, _ gradient: [Float], _ first: inout Tensor, _ second: inout Tensor
    ) {
        parameters.withUnsafeMutable { w in
            first.withUnsafeMutable { m in
                second.withUnsafeMutable { v in
                    update(
                        w.baseAddress!, gradient: gradient, first: m.baseAddress!, second: v.baseAddress!,
                        count: gradient.count)
                }
            }
        }
    }
}

extension SparseAutoencoder {
    /// How well it describes activations [N, d], a part at a time.
    package func quality(on activations: Tensor) -> AutoencoderQuality {
        let moments = DataMoments(activations)
        var (error, active) = (0.0, 0)
        var isAlive = [Bool](repeating: false, count: count)
        for rows in blocks(of: activations.rows, size: 2048) {
            let a = activations.rows(rows)
            let codes = encode(a)
            let rebuilt = decode(codes, of: a)
            active += codes.values.count
            for index in codes.indices { isAlive[Int(index)] = true }
            a.withUnsafe { a in
                rebuilt.withUnsafe { r in for i in a.indices { error += Double((a[i] - r[i]) * (a[i] - r[i])) } }
            }
        }
        let images = Double(max(1, activations.rows))
        return AutoencoderQuality(
            explainedVariance: 1 - error / max(Double(moments.variance) * images, .leastNormalMagnitude),
            l0: Double(active) / images,
            deadShare: Double(isAlive.count { !$0 }) / Double(max(1, count)))
    }
}
