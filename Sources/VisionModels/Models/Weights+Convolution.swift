import LinearAlgebra

/// The names of a convolution and of the batch normalisation after it.
struct NormalizedName: Sendable {
    let convolution: String
    let normalization: String
}

extension Weights {
    /// A linear map with a bias, which some files keep as a convolution of one pixel.
    mutating func pointwise(
        _ name: String, _ inputs: Int, _ outputs: Int
    ) throws(VisionModelsError) -> Linear {
        let isConvolution = shape(of: name + ".weight")?.count == 4
        let weight = try tensor(name + ".weight", isConvolution ? [outputs, inputs, 1, 1] : [outputs, inputs])
        return Linear(weight: weight.reshaped([outputs, inputs]), bias: try tensor(name + ".bias", [outputs]))
    }

    /// The weights and the bias of a convolution with the batch normalisation after it folded in: with
    /// s = scale / √(variance + ε), the weights of each output times s and the bias shift - mean s (Ioffe and Szegedy 2015,
    /// section 3.1).
    ///
    /// - Parameter inputs: of each output: one where channels are convolved by themselves.
    mutating func folded(
        _ name: NormalizedName, _ inputs: Int, _ outputs: Int, window: Int, epsilon: Float
    ) throws(VisionModelsError) -> (weight: Tensor, bias: Tensor) {
        var weight = try tensor(name.convolution + ".weight", [outputs, inputs, window, window])
        let (scale, shift) = try batchNorm(name.normalization, outputs, epsilon: epsilon)
        let count = inputs * window * window
        weight.withUnsafeMutable { weight in
            for output in 0..<outputs {
                for index in output * count..<(output + 1) * count {
                    weight[index] = Float(Double(weight[index]) * scale[output])
                }
            }
        }
        return (weight, Tensor([outputs], shift.map(Float.init)))
    }

    /// Batch normalisation as a factor and a term for each channel.
    mutating func batchNorm(
        _ name: String, _ width: Int, epsilon: Float
    ) throws(VisionModelsError) -> (scale: [Double], shift: [Double]) {
        let scale = try tensor(name + ".weight", [width])
        let shift = try tensor(name + ".bias", [width])
        let mean = try tensor(name + ".running_mean", [width])
        let variance = try tensor(name + ".running_var", [width])
        let factors = (0..<width).map { Double(scale[$0]) / (Double(variance[$0]) + Double(epsilon)).squareRoot() }
        return (factors, (0..<width).map { Double(shift[$0]) - Double(mean[$0]) * factors[$0] })
    }
}
