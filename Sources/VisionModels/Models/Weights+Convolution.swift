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
        let scale = try tensor(name.normalization + ".weight", [outputs])
        let shift = try tensor(name.normalization + ".bias", [outputs])
        let mean = try tensor(name.normalization + ".running_mean", [outputs])
        let variance = try tensor(name.normalization + ".running_var", [outputs])
        var bias = Tensor([outputs])
        let count = inputs * window * window
        weight.withUnsafeMutable { weight in
            for output in 0..<outputs {
                let factor = Double(scale[output]) / (Double(variance[output]) + Double(epsilon)).squareRoot()
                for index in output * count..<(output + 1) * count {
                    weight[index] = Float(Double(weight[index]) * factor)
                }
                bias[output] = Float(Double(shift[output]) - Double(mean[output]) * factor)
            }
        }
        return (weight, bias)
    }
}
