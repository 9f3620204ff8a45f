import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Products of bfloat16 factors are those of the rounded values, summed in float32.
@Suite("Products of bfloat16 values", .enabled(if: Precision.bfloat16.isSupported))
struct BFloat16Tests {
    private static let reason = "the same rounded factors, float32 sums in another order"

    /// To the nearest of the values with eight significant bits, the even one of two equally near.
    private func rounded(_ x: Tensor) -> Tensor {
        Tensor(
            x.shape,
            x.values.map { value in
                let bits = value.bitPattern
                return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
            })
    }

    @Test(arguments: [(1, 1, 1), (5, 33, 17), (7, 256, 31), (97, 700, 45), (300, 301, 300)])
    func `are those of rounded factors`(shape: (rows: Int, inputs: Int, outputs: Int)) {
        let (x, weight) = (noise([shape.rows, shape.inputs]), noise([shape.outputs, shape.inputs], seed: 1))
        let packed = PackedMatrix([weight], precision: .bfloat16)
        let y = packed.multiply(x)
        assertClose(
            y, multiply(rounded(x), .plain, rounded(weight), .transposed), within: 1e-4, because: Self.reason)
        for row in [0, shape.rows / 2, shape.rows - 1] {
            #expect(packed.multiply(x.rows(row..<row + 1)).values == y.row(row), "the same bits alone")
        }
    }

    @Test(arguments: [
        // window, stride, padding, inputs
        (1, 1, 0, 20), (1, 2, 0, 20), (3, 1, 1, 64), (3, 2, 1, 30), (7, 2, 3, 3), (4, 2, 0, 3), (3, 2, 1, 1),
        (3, 1, 1, 3),
        (1, 2, 0, 3),
    ])
    func `serve convolutions, but for values without a partner`(
        window: Int, stride: Int, padding: Int, inputs: Int
    ) {
        let (x, weight) = (noise([2, 9, 11, inputs]), noise([18, inputs, window, window], seed: 1))
        let bias = noise([18], seed: 2)
        func convolve(_ x: Tensor, _ weight: Tensor, _ precision: Precision) -> Tensor {
            Convolution(weight: weight, bias: bias, stride: stride, padding: padding, precision: precision)(x, .relu)
        }
        let expected =
            inputs % 2 == 0 || window > 1 && stride == 2
            ? convolve(rounded(x), rounded(weight), .float32) : convolve(x, weight, .float32)
        assertClose(convolve(x, weight, .bfloat16), expected, within: 1e-4, because: Self.reason)
    }

    @Test(arguments: [(1, 1, 20), (7, 2, 20), (50, 3, 64), (301, 1, 33)], [false, true])
    func `serve attention`(size: (tokens: Int, heads: Int, width: Int), isCausal: Bool) {
        let stacked = noise([2, size.tokens, 3 * size.heads * size.width])
        func context(_ x: Tensor, _ precision: Precision, asking: Int? = nil) -> Tensor {
            attention(stacked: x, heads: size.heads, isCausal: isCausal, asking: asking, precision: precision)
        }
        let paired = context(stacked, .bfloat16)
        assertClose(
            paired, context(rounded(stacked), .float32), within: 5e-3,
            because: "only the weights of the tokens, which add to one, are rounded besides: to 2⁻⁹ of each")
        let first = context(stacked, .bfloat16, asking: 1)
        for image in 0..<2 { #expect(first.row(image) == paired.row(image * size.tokens)) }
    }

    @Test func `serve Winograd's filtering, which rounds what it multiplies`() {
        let (x, weight) = (noise([2, 9, 10, 64]), noise([64, 64, 3, 3], seed: 1))
        func convolve(_ precision: Precision, _ x: Tensor) -> Tensor {
            Convolution(weight: weight, bias: Tensor([64]), stride: 1, padding: 1, precision: precision)(x)
        }
        let (exact, rounded) = (convolve(.float32, x), convolve(.bfloat16, x))
        let size = (exact.values.reduce(0) { $0 + $1 * $1 } / Float(exact.count)).squareRoot()
        assertClose(
            rounded.values.map { $0 / size }, exact.values.map { $0 / size }, within: 0.03,
            because: "576 products, each rounded to 2⁻⁹ of a sum of four pixels, against the size of their sum")
        #expect(
            convolve(.bfloat16, x.rows(90..<180).reshaped([1, 9, 10, 64]))
                == rounded.rows(90..<180).reshaped([1, 9, 10, 64]))
    }
}
