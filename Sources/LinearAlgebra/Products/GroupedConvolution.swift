/// A convolution whose channels come in groups that do not see each other (Krizhevsky et al. 2012; Xie et al. 2017).
///
/// Narrow groups are computed several at once, with zeros for what they do not see: the products are then wide enough to be
/// quick.
package struct GroupedConvolution: Sendable {
    package let outputs: Int
    /// One after the other along the channels, each with as many.
    private let parts: [Convolution]

    /// Channels of a part at least, where there are so many: what the registers of a product hold.
    private static let wide = PackedMatrix.width

    /// - Parameters:
    ///   - weight: [outputs, inputs / groups, window, window], as PyTorch stores it.
    ///   - bias: [outputs]
    ///   - groups: by which inputs and outputs divide.
    package init(
        weight: Tensor, bias: Tensor, groups: Int, stride: Int, padding: Int, precision: Precision = .float32
    ) {
        let (outputs, own, area) = (weight.shape[0], weight.shape[1], weight.shape[2] * weight.shape[3])
        precondition(outputs % groups == 0, "\(outputs) channels in \(groups) groups")
        self.outputs = outputs
        let joined = (1...groups).first { groups % $0 == 0 && $0 * own >= Self.wide } ?? groups
        let (inputs, each) = (joined * own, joined * outputs / groups)
        parts = (0..<groups / joined).map { part in
            var dense = Tensor([each, inputs, weight.shape[2], weight.shape[3]])
            dense.withUnsafeMutable { target in
                weight.withUnsafe { source in
                    for output in 0..<each {
                        let group = output / (outputs / groups)
                        for i in 0..<own * area {
                            target[(output * inputs + group * own) * area + i] =
                                source[(part * each + output) * own * area + i]
                        }
                    }
                }
            }
            return Convolution(
                weight: dense, bias: Tensor([each], Array(bias.values[part * each..<(part + 1) * each])),
                stride: stride,
                padding: padding, precision: precision)
        }
    }

    /// pointwise(convolution + bias): [B, height, width, inputs] -> [B, height', width', outputs].
    package func callAsFunction(_ x: Tensor, _ pointwise: Pointwise = .identity) -> Tensor {
        parts.count > 1 ? Convolution.sideBySide(parts, x, pointwise) : parts[0](x, pointwise)
    }
}
