import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Values between -1 and 1 without a pattern that a wrong index could hide in.
func noise(_ shape: [Int], seed: Int = 0) -> Tensor {
    Tensor(shape, (0..<shape.reduce(1, *)).map { Float(sin(Double($0 &* 7919 &+ seed &* 104_729) * 1.618)) })
}

@Suite("Products with packed weights")
struct PackedMatrixTests {
    /// Rows, inputs, outputs: single ones, whole tiles, edges of every tile, depths that are cut, rows that are divided.
    private static let shapes = [
        (1, 1, 1), (5, 33, 17), (6, 16, 16), (7, 256, 31), (97, 700, 45), (197, 64, 96), (300, 300, 300),
    ]

    @Test(arguments: shapes, 0..<PackedMatrix.registers)
    func `agree with their definition`(shape: (rows: Int, inputs: Int, outputs: Int), registers: Int) {
        let (x, weight) = (noise([shape.rows, shape.inputs]), noise([shape.outputs, shape.inputs], seed: 1))
        let y = PackedMatrix([weight], registers: registers).multiply(x)
        assertClose(
            y, multiply(x, .plain, weight, .transposed), within: 1e-4, because: "700 float32 terms in another order")
    }

    @Test(arguments: 0..<PackedMatrix.registers)
    func `add the bias and the residual before the nonlinearity, up to the last column`(registers: Int) {
        let (x, weight, bias) = (noise([50, 300]), noise([21, 300], seed: 1), noise([21], seed: 2))
        let residual = noise([50, 21], seed: 3)
        let packed = PackedMatrix([weight], registers: registers)
        var expected = multiply(x, .plain, weight, .transposed)
        expected.add(bias: bias)
        expected.add(residual)
        assertClose(
            packed.multiply(x, bias: bias, residual: residual), expected, within: 1e-4, because: "the same sums")
        assertClose(
            packed.multiply(x, bias: bias, residual: residual, .relu).values, expected.values.map { max(0, $0) },
            within: 1e-4, because: "the same sums")
        var gelu = expected
        gelu.applyGELU()
        assertClose(
            packed.multiply(x, bias: bias, residual: residual, .gelu), gelu, within: 1e-4, because: "the same sums")
        var quickGELU = expected
        quickGELU.applyQuickGELU()
        assertClose(
            packed.multiply(x, bias: bias, residual: residual, .quickGELU), quickGELU, within: 1e-4,
            because: "the same sums")
    }

    @Test func `let NaN through the rectifier`() {
        let packed = PackedMatrix([noise([17, 3])])
        #expect(packed.multiply(Tensor([1, 3], [.nan, 0, 0]), .relu).values.allSatisfy { $0.isNaN })
    }

    @Test func `stack matrices by their outputs`() {
        let (a, b) = (noise([5, 9]), noise([20, 9], seed: 1))
        let (x, both) = (noise([4, 9], seed: 2), PackedMatrix([a, b]))
        let y = both.multiply(x)
        #expect(both.outputs == 25)
        #expect(y.columns(at: Array(0..<5)) == PackedMatrix([a]).multiply(x))
        #expect(y.columns(at: Array(5..<25)) == PackedMatrix([b]).multiply(x))
    }

    /// So results do not depend on the batch, nor on how work is divided among cores.
    @Test(arguments: 0..<PackedMatrix.registers)
    func `give each row the same bits alone and among others`(registers: Int) {
        let (x, packed) = (noise([500, 600]), PackedMatrix([noise([70, 600], seed: 1)], registers: registers))
        let whole = packed.multiply(x)
        for row in [0, 5, 6, 95, 96, 250, 499] {
            #expect(packed.multiply(x.rows(row..<row + 1)).values == whole.row(row), "row \(row)")
        }
        let onOneThread = parallelMap(1) { _ in packed.multiply(x) }[0]
        #expect(onOneThread == whole)
    }
}

@Suite("Convolutions")
struct ConvolutionTests {
    /// In double precision, with channels last.
    private func defined(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor, stride: Int, padding: Int, size: (rows: Int, columns: Int)
    ) -> Tensor {
        let (batch, inputs, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (outputs, window, rows, columns) = (weight.shape[0], weight.shape[2], size.rows, size.columns)
        var result = Tensor([batch, rows, columns, outputs])
        for image in 0..<batch {
            for row in 0..<rows {
                for column in 0..<columns {
                    for output in 0..<outputs {
                        var sum = Double(bias[output])
                        for input in 0..<inputs {
                            for i in 0..<window {
                                for j in 0..<window {
                                    let (top, left) = (row * stride + i - padding, column * stride + j - padding)
                                    guard top >= 0, top < height, left >= 0, left < width else { continue }
                                    let pixel = x[((image * inputs + input) * height + top) * width + left]
                                    sum +=
                                        Double(pixel)
                                        * Double(weight[((output * inputs + input) * window + i) * window + j])
                                }
                            }
                        }
                        result[((image * rows + row) * columns + column) * outputs + output] = Float(sum)
                    }
                }
            }
        }
        return result
    }

    @Test(arguments: [
        // window, stride, padding, inputs, outputs
        (1, 1, 0, 20, 18), (1, 2, 0, 20, 7), (3, 1, 1, 20, 18), (3, 2, 1, 33, 16), (7, 2, 3, 3, 10), (3, 1, 0, 4, 5),
        (3, 2, 1, 300, 8), (3, 1, 1, 64, 32),
    ])
    func `agree with their definition`(window: Int, stride: Int, padding: Int, inputs: Int, outputs: Int) {
        let x = noise([2, inputs, 11, 14])
        let weight = noise([outputs, inputs, window, window], seed: 1)
        let bias = noise([outputs], seed: 2)
        let convolution = Convolution(weight: weight, bias: bias, stride: stride, padding: padding)
        let size = convolution.size(of: 11, 14)
        assertClose(
            convolution(x.channelsLast()),
            defined(x, weight, bias, stride: stride, padding: padding, size: (size.height, size.width)), within: 1e-4,
            because: "2,700 float32 terms against float64")
    }

    /// Images of even and odd sizes, more tiles than one piece of work has, and what the direct sum is off by, for comparison.
    @Test(arguments: [(11, 14), (8, 8), (1, 1), (23, 25)], 0..<PackedMatrix.registers)
    func `by Winograd's filtering are as near to their definition as those by one sum`(
        size: (rows: Int, columns: Int), registers: Int
    ) throws {
        let (inputs, outputs, batch) = (96, 64, 2)
        let x = noise([batch, inputs, size.rows, size.columns])
        let (weight, bias) = (noise([outputs, inputs, 3, 3], seed: 1), noise([outputs], seed: 2))
        let residual = noise([batch, size.rows, size.columns, outputs], seed: 3)
        let winograd = try #require(WinogradConvolution(weight: weight, registers: registers))
        let channelsLast = x.channelsLast()
        var exact = defined(x, weight, bias, stride: 1, padding: 1, size: size)
        let found = winograd(channelsLast, bias: bias)
        assertClose(
            found, exact, within: 3e-6 * 30, because: "sums of 864 float32 terms, some 30 in size, off by 3e-6 of that")
        exact.add(residual)
        for (pointwise, apply) in [(Pointwise.relu, { max(0, $0) }), (.silu, { $0 / (1 + exp(-$0)) })]
            as [(Pointwise, (Float) -> Float)]
        {
            assertClose(
                winograd(channelsLast, bias: bias, residual: residual, pointwise).values, exact.values.map(apply),
                within: 1e-4, because: "the same sums")
        }
        let one = channelsLast.rows(size.rows * size.columns..<channelsLast.rows)
            .reshaped([1, size.rows, size.columns, inputs])
        #expect(winograd(one, bias: bias).values == Array(found.values.suffix(found.count / 2)), "the same bits alone")
    }

    @Test func `by Winograd's filtering are not offered for channels that do not suit it`() {
        #expect(WinogradConvolution(weight: Tensor([64, 40, 3, 3])) == nil)
        #expect(WinogradConvolution(weight: Tensor([64, 16, 3, 3])) == nil)
        #expect(WinogradConvolution(weight: Tensor([60, 64, 3, 3])) == nil)
    }

    @Test func `rectify after the residual`() {
        let convolution = Convolution(weight: noise([9, 16, 3, 3]), bias: noise([9]), stride: 1, padding: 1)
        let (x, residual) = (noise([1, 5, 5, 16]), noise([1, 5, 5, 9], seed: 3))
        var expected = convolution(x)
        expected.add(residual)
        assertClose(
            convolution(x, residual: residual, .relu).values, expected.values.map { max(0, $0) }, within: 1e-5,
            because: "the same sums")
    }

    @Test func `pool the greatest value without counting the edge, and the mean`() {
        let x = Tensor([1, 3, 3, 1], [-1, -2, -3, -4, -5, -6, -7, -8, -9])
        #expect(x.maxPooled(window: 3, stride: 2, padding: 1) == Tensor([1, 2, 2, 1], [-1, -2, -4, -5]))
        #expect(x.spatialMeans() == Tensor([1, 1], [-5]))
    }
}

@Suite("Attention")
struct AttentionTests {
    @Test(arguments: [(1, 1), (7, 2), (50, 3), (300, 1)], [false, true])
    func `agrees with its definition`(size: (tokens: Int, heads: Int), isCausal: Bool) {
        let (tokens, heads, headWidth, batch) = (size.tokens, size.heads, 20, 2)
        let width = heads * headWidth
        let stacked = noise([batch, tokens, 3 * width])
        var expected = Tensor([batch, tokens, width])
        func value(_ image: Int, _ token: Int, _ part: Int, _ column: Int) -> Double {
            Double(stacked[(image * tokens + token) * 3 * width + part * width + column])
        }
        for image in 0..<batch {
            for head in 0..<heads {
                let columns = head * headWidth..<(head + 1) * headWidth
                for token in 0..<tokens {
                    let weights = (0...(isCausal ? token : tokens - 1)).map { other in
                        exp(
                            columns.reduce(0) { $0 + value(image, token, 0, $1) * value(image, other, 1, $1) }
                                / Double(headWidth).squareRoot())
                    }
                    let sum = weights.reduce(0, +)
                    for column in columns {
                        expected[(image * tokens + token) * width + column] = Float(
                            weights.indices.reduce(0) { $0 + weights[$1] / sum * value(image, $1, 2, column) })
                    }
                }
            }
        }
        let context = attention(stacked: stacked, heads: heads, isCausal: isCausal)
        assertClose(context, expected, within: 1e-5, because: "float32 sums against float64")
        // What only the first tokens ask for is the same bits.
        let first = attention(stacked: stacked, heads: heads, isCausal: isCausal, asking: 1)
        for image in 0..<batch { #expect(first.row(image) == context.row(image * tokens)) }
    }
}
