import CKernels

/// A convolution of each channel by itself (Chollet 2017), over images with channels last.
package struct DepthwiseConvolution: Sendable {
    /// Pixels on each side of the window.
    package let window: Int
    package let stride: Int
    package let edges: Edges
    package let channels: Int
    /// [window · window, channels]
    private let weight: Tensor
    /// [channels]
    private let bias: Tensor

    /// - Parameters:
    ///   - weight: [channels, 1, window, window], as PyTorch stores it.
    ///   - bias: [channels]
    package init(weight: Tensor, bias: Tensor, stride: Int, edges: Edges) {
        precondition(weight.shape.count == 4 && weight.shape[1] == 1, "one window a channel")
        precondition(weight.shape[2] == weight.shape[3], "a square window")
        (channels, window) = (weight.shape[0], weight.shape[2])
        (self.stride, self.edges, self.bias) = (stride, edges, bias)
        self.weight = weight.reshaped([channels, window * window]).transposed()
    }

    /// The output's size for that of the input.
    package func size(of height: Int, _ width: Int) -> (height: Int, width: Int) {
        edges.size(of: height, width, window: window, stride: stride)
    }

    /// pointwise(convolution + bias): [B, height, width, C] -> [B, height', width', C].
    package func callAsFunction(_ x: Tensor, _ pointwise: Pointwise = .identity) -> Tensor {
        let (batch, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        precondition(x.shape[3] == channels, "an image of shape \(x.shape) for \(channels) channels")
        let (rows, columns) = size(of: height, width)
        let (channels, activation) = (channels, pointwise.kernel)
        var shape = kernel_depthwise_shape()
        (shape.height, shape.width, shape.channels) = (height, width, channels)
        (shape.window, shape.stride, shape.out_width) = (window, stride, columns)
        (shape.top, shape.left) = (edges.top, edges.left)
        let place = shape
        return Tensor([batch, rows, columns, channels]) { y in
            x.withUnsafe { x in
                weight.withUnsafe { weight in
                    bias.withUnsafe { bias in
                        // Each row of the output is written once.
                        nonisolated(unsafe) let (x, y) = (x.baseAddress!, y.baseAddress!)
                        nonisolated(unsafe) let (weight, bias) = (weight.baseAddress!, bias.baseAddress!)
                        parallel(blocks(of: batch * rows, size: 4)) { block in
                            var place = place
                            for line in block {
                                kernel_depthwise_row(
                                    &place, x + line / rows * height * width * channels, weight, bias, line % rows,
                                    activation, y + line * columns * channels)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Tensor {
    /// Each channel of each image times σ(gate): [B, ..., C] with gates [B, C], in place (Hu et al. 2018).
    package mutating func gateChannels(_ gates: Tensor) {
        let (batch, channels) = (gates.rows, columns)
        precondition(gates.columns == channels && rows % batch == 0, "gates \(gates.shape) for \(shape)")
        let places = rows / batch
        gates.withUnsafe { gates in
            withUnsafeMutable { x in
                for image in 0..<batch {
                    kernel_gate_channels(
                        x.baseAddress! + image * places * channels, gates.baseAddress! + image * channels, places,
                        channels)
                }
            }
        }
    }
}
