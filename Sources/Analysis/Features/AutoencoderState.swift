import LinearAlgebra

/// An autoencoder under training, whole: what must be kept to go on after an interruption as if there had been none.
package struct AutoencoderState: Sendable, Equatable {
    package var weights: AutoencoderWeights
    /// Adam's moments of every weight.
    package var first: AutoencoderWeights
    package var second: AutoencoderWeights
    /// Images since each feature was last active, one number a feature.
    package var idle: [Int]
    /// Steps done.
    package var step: Int
    /// With batch top-k, the running mean of the least activation a batch kept.
    package var threshold: Float
    /// √d / mean |a|-like: activations are multiplied by it before everything else.
    package let scale: Float
    /// V of the scaled activations.
    package let variance: Float

    package init(
        weights: AutoencoderWeights, first: AutoencoderWeights, second: AutoencoderWeights, idle: [Int], step: Int,
        threshold: Float, scale: Float, variance: Float
    ) {
        self.weights = weights
        self.first = first
        self.second = second
        self.idle = idle
        self.step = step
        self.threshold = threshold
        self.scale = scale
        self.variance = variance
    }

    /// Before the first step. The scale makes E|x|² = d about the mean.
    init(_ data: Tensor, parameters: AutoencoderParameters) {
        let moments = DataMoments(data)
        let width = Float(data.columns)
        scale = moments.variance > 0 ? (width / moments.variance).squareRoot() : 1
        variance = moments.variance > 0 ? width : 1
        var random = SeededGenerator(seed: parameters.seed)
        let scale = scale
        weights = AutoencoderWeights(
            features: parameters.features, mean: moments.mean.map { $0 * scale }, random: &random)
        let zero = AutoencoderWeights(
            encoder: Tensor(weights.encoder.shape), encoderBias: Tensor(weights.encoderBias.shape),
            decoder: Tensor(weights.decoder.shape), decoderBias: Tensor(weights.decoderBias.shape))
        (first, second) = (zero, zero)
        idle = Array(repeating: 0, count: parameters.features)
        step = 0
        threshold = 0
    }

    /// Share of features that were not active for `images`.
    package func deadShare(after images: Int) -> Double {
        Double(idle.count { $0 >= images }) / Double(max(1, idle.count))
    }

    /// The autoencoder on activations as the model gives them: the scale s is folded in. z is proportional to it, so
    /// the same features win, and f is in units of the activations.
    package func autoencoder(layer: String, parameters: AutoencoderParameters) -> SparseAutoencoder {
        let inverse = 1 / scale
        return SparseAutoencoder(
            layer: layer, encoder: weights.encoder, encoderBias: weights.encoderBias.values.map { $0 * inverse },
            decoder: weights.decoder, decoderBias: weights.decoderBias.values.map { $0 * inverse },
            activation: parameters.isBatchTopK
                ? .jumpReLU(thresholds: Array(repeating: threshold * inverse, count: parameters.features))
                : .topK(parameters.k), pooling: parameters.tokens?.pooling)
    }
}

/// Mean and variance of rows, a row at a time.
struct DataMoments {
    let mean: [Float]
    /// Mean |a - ā|².
    let variance: Float

    init(_ data: Tensor) {
        mean = data.columnMeans()
        let (width, mean) = (data.columns, mean)
        variance = data.withUnsafe { a in
            var sum = 0.0
            for block in blocks(of: data.rows, size: 4096) {
                for row in block {
                    var part: Float = 0
                    for c in 0..<width { part += (a[row * width + c] - mean[c]) * (a[row * width + c] - mean[c]) }
                    sum += Double(part)
                }
                data.release(rows: block)
            }
            return Float(sum / Double(max(1, data.rows)))
        }
    }
}
