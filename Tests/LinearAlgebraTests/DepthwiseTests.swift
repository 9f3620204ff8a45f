import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite("Convolutions of each channel by itself")
struct DepthwiseTests {
    @Test(arguments: [
        // window, stride, channels, and whether edges are TensorFlow's
        (3, 1, 40, false), (3, 2, 16, true), (5, 2, 7, true), (5, 1, 33, true), (7, 1, 48, false), (3, 2, 20, false),
    ])
    func `agree with their definition`(window: Int, stride: Int, channels: Int, isSame: Bool) {
        for (height, width) in [(11, 14), (2, 3), (1, 9)] {
            let (x, weight) = (noise([2, height, width, channels]), noise([channels, 1, window, window], seed: 1))
            let bias = noise([channels], seed: 2)
            let edges =
                isSame ? Edges(same: height, width, window: window, stride: stride) : Edges(all: window / 2)
            let convolution = DepthwiseConvolution(weight: weight, bias: bias, stride: stride, edges: edges)
            let (rows, columns) = convolution.size(of: height, width)
            if isSame {
                let strides = (rows: (height + stride - 1) / stride, columns: (width + stride - 1) / stride)
                #expect(rows == strides.rows && columns == strides.columns)
            }
            var expected = Tensor([2, rows, columns, channels])
            for place in 0..<2 * rows * columns {
                let (image, row, column) = (place / (rows * columns), place / columns % rows, place % columns)
                for channel in 0..<channels {
                    var sum = Double(bias[channel])
                    for tap in 0..<window * window {
                        let i = row * stride + tap / window - edges.top
                        let j = column * stride + tap % window - edges.left
                        guard i >= 0, i < height, j >= 0, j < width else { continue }
                        sum +=
                            Double(x[((image * height + i) * width + j) * channels + channel])
                            * Double(weight[channel * window * window + tap])
                    }
                    expected[place * channels + channel] = Float(sum)
                }
            }
            assertClose(convolution(x), expected, within: 1e-5, because: "49 float32 terms against float64")
            assertClose(
                convolution(x, .relu6).values, expected.values.map { min(max($0, 0), 6) }, within: 1e-5,
                because: "the same sums")
        }
    }

    @Test func `with gates are each channel times its own`() {
        let (x, gates) = (noise([2, 5, 3, 300]), noise([2, 300], seed: 1))
        var gated = x
        gated.gateChannels(gates)
        let expected = x.values.enumerated().map { place, value in
            let gate = Double(gates[place / (15 * 300) * 300 + place % 300])
            return Float(Double(value) / (1 + exp(-gate)))
        }
        assertClose(gated.values, expected, within: 1e-6, because: "an exponential in float32")
    }
}
