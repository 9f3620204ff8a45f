import CKernels

/// A convolution of a 3 x 3 window with stride 1 and a pixel of zeros around the image, by Winograd's minimal filtering
/// F(2 x 2, 3 x 3) (Lavin and Gray 2016): 16 products in place of 36 for each pair of channels and 2 x 2 outputs.
///
/// Every output is one sum in an order that hangs on nothing but its place in its image, so it is the same for one image and
/// for many, on one core and on many. In bfloat16 what is rounded are the factors of these products: sums of 4 pixels, and of
/// up to 9 weights.
package struct WinogradConvolution: Sendable {
    private let inputs: Int
    private let outputs: Int
    /// G g Gᵀ of the weights g: 16 matrices [outputs, inputs], one under the other.
    private let weight: PackedMatrix

    /// Channels in one step of a transform, in any registers.
    private static let step = 16
    /// With fewer channels the transforms cost what they save.
    private static let fewest = 32

    /// Nil where the number of channels does not suit it, and where the processor multiplies whole windows sooner.
    ///
    /// - Parameters:
    ///   - weight: [outputs, inputs, 3, 3], as PyTorch stores it.
    ///   - registers: which of the processor's to use.
    package init?(weight: Tensor, precision: Precision = .float32, registers: Int = 0) {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        precondition(weight.shape == [outputs, inputs, 3, 3], "a window of 3 by 3")
        guard !precision.isTiled, inputs >= Self.fewest, inputs % Self.step == 0,
            outputs % Int(kernel_gemm_choice(registers).width) == 0
        else { return nil }
        (self.inputs, self.outputs) = (inputs, outputs)
        self.weight = PackedMatrix(Self.spread(weight), precision: precision, registers: registers)
    }

    /// The 16 elements of G g Gᵀ, each as a matrix [outputs, inputs].
    private static func spread(_ weight: Tensor) -> [Tensor] {
        let pairs = weight.count / 9
        /// A column of G times what stands in its place.
        func expanded(_ a: Double, _ b: Double, _ c: Double) -> SIMD4<Double> {
            SIMD4(a, (a + b + c) / 2, (a - b + c) / 2, c)
        }
        let all = Tensor([16, pairs]) { target in
            weight.withUnsafe { weight in
                for pair in 0..<pairs {
                    func column(_ j: Int) -> SIMD4<Double> {
                        expanded(
                            Double(weight[pair * 9 + j]), Double(weight[pair * 9 + 3 + j]),
                            Double(weight[pair * 9 + 6 + j]))
                    }
                    let (first, second, third) = (column(0), column(1), column(2))
                    for i in 0..<4 {
                        let row = expanded(first[i], second[i], third[i])
                        for j in 0..<4 { target[(4 * i + j) * pairs + pair] = Float(row[j]) }
                    }
                }
            }
        }
        return (0..<16).map { all.rows($0..<$0 + 1).reshaped([weight.shape[0], weight.shape[1]]) }
    }

    /// pointwise(convolution + bias + residual): [B, height, width, inputs] -> [B, height, width, outputs].
    package func callAsFunction(
        _ x: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, _ pointwise: Pointwise = .identity
    ) -> Tensor {
        Tensor(x.shape.dropLast() + [outputs]) { y in
            convolve(x, from: 0, bias: bias, residual: residual, pointwise, into: y.baseAddress!, stride: outputs)
        }
    }

    /// The same into pixels of `stride` values.
    ///
    /// - Parameter channel: the first of those of `x` that it sees.
    func convolve(
        _ x: Tensor, from channel: Int, bias: Tensor?, residual: Tensor?, _ pointwise: Pointwise,
        into y: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let (batch, rows, columns, all) = (x.shape[0], x.shape[1], x.shape[2], x.columns)
        precondition(channel + inputs <= all, "an image of shape \(x.shape) for \(inputs) channels")
        precondition(
            residual == nil || residual!.count == batch * rows * columns * outputs, "a residual for each output")
        let tiles = batch * ((rows + 1) / 2) * ((columns + 1) / 2)
        guard tiles > 0 else { return }
        let panels = outputs / weight.width
        let blocks = (tiles + Int(WINOGRAD_TILES) - 1) / Int(WINOGRAD_TILES)
        let blockTiles = min(
            ((tiles + blocks - 1) / blocks + weight.height - 1) / weight.height * weight.height, Int(WINOGRAD_TILES))
        // Few tiles are divided by outputs too, though each part then transforms all inputs.
        let chunks = min(panels, max(1, 4 / blocks))
        nonisolated(unsafe) let y = y
        x.withUnsafe { x in
            nonisolated(unsafe) let x = x.baseAddress! + channel
            @Sendable func work(_ piece: Int) {
                let (first, chunk) = (piece / chunks * blockTiles, piece % chunks)
                let count = min(blockTiles, tiles - first)
                guard count > 0 else { return }
                let (begin, end) = (panels * chunk / chunks, panels * (chunk + 1) / chunks)
                var job = kernel_winograd_job()
                job.width = weight.width
                job.is_paired = weight.precision == .bfloat16 ? 1 : 0
                (job.x, job.rows, job.columns, job.inputs, job.x_stride) = (x, rows, columns, inputs, all)
                (job.outputs, job.y, job.y_stride) = (outputs, y, stride)
                job.activation = pointwise.kernel
                weight.panels.withUnsafe { panels in
                    job.panels = panels.baseAddress!
                    bias.withUnsafe { bias in
                        job.bias = bias
                        residual.withUnsafe { residual in
                            job.residual = residual
                            let scratch = kernel_winograd_scratch(&job, count, end - begin)
                            withUnsafeTemporaryAllocation(
                                byteCount: scratch * MemoryLayout<Float>.stride, alignment: 64
                            ) {
                                kernel_winograd(
                                    &job, first, count, begin, end - begin,
                                    $0.baseAddress!.bindMemory(to: Float.self, capacity: scratch))
                            }
                        }
                    }
                }
            }
            parallel(blocks * chunks, isWorth: tiles * outputs * inputs >= 1 << 18, work)
        }
    }
}
