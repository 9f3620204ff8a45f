import CKernels

/// What happens to each value of a product before it is written: y = pointwise(a · b + bias + residual).
public enum Pointwise: Sendable {
    case identity, relu
    /// x Φ(x), with the exact Gaussian distribution function.
    case gelu
    /// x σ(1.702 x)
    case quickGELU

    fileprivate var kernel: kernel_activation {
        switch self {
        case .identity: kernel_identity
        case .relu: kernel_relu
        case .gelu: kernel_gelu_exact
        case .quickGELU: kernel_gelu_sigmoid
        }
    }
}

/// The weights of a linear map, [outputs, inputs], laid out once for every product with them: panels of as many outputs as
/// two vector registers hold, each panel read from its start to its end while it stays in the first-level cache.
///
/// Every value of a product is one sum in the order of the inputs, so it is the same for one row and for many, on one core
/// and on many.
public struct PackedMatrix: Sendable {
    public let outputs: Int
    public let inputs: Int
    /// [ceil(outputs / width), inputs, width], zero beyond the outputs.
    private let panels: Tensor
    private let shape: kernel_gemm_shape

    /// Rows of output that one piece of work covers: with a quarter of the inputs they stay in the second-level cache.
    private static let rowsAtOnce = 96

    /// The rows of `matrices` [outputs, inputs], one matrix under the other.
    public init(_ matrices: [Tensor]) { self.init(matrices, isPortable: false) }

    /// - Parameter isPortable: whether to stay with the registers that every processor has.
    package init(_ matrices: [Tensor], isPortable: Bool) {
        shape = isPortable ? kernel_gemm_portable() : kernel_gemm_best()
        let inputs = matrices[0].columns
        precondition(matrices.allSatisfy { $0.columns == inputs }, "matrices to stack have as many columns")
        self.inputs = inputs
        outputs = matrices.reduce(0) { $0 + $1.rows }
        let width = shape.width
        var panels = Tensor([(outputs + width - 1) / width, inputs, width])
        panels.withUnsafeMutable { panels in
            var first = 0
            for matrix in matrices {
                matrix.withUnsafe { weights in
                    for row in 0..<matrix.rows {
                        let (panel, lane) = (first + row).quotientAndRemainder(dividingBy: width)
                        let target = panels.baseAddress! + panel * inputs * width + lane
                        let source = weights.baseAddress! + row * inputs
                        for input in 0..<inputs { target[input * width] = source[input] }
                    }
                }
                first += matrix.rows
            }
        }
        self.panels = panels
    }

    /// pointwise(x Wᵀ + bias + residual): [..., inputs] -> [..., outputs].
    ///
    /// - Parameters:
    ///   - bias: [outputs]
    ///   - residual: as many rows as `x`, of `outputs` values.
    public func multiply(
        _ x: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, _ pointwise: Pointwise = .identity
    ) -> Tensor {
        precondition(x.columns == inputs, "a product of shape \(x.shape) with [\(outputs), \(inputs)]")
        return Tensor(x.shape.dropLast() + [outputs]) { y in
            x.withUnsafe { x in
                nonisolated(unsafe) let x = x.baseAddress!
                multiply(
                    rows: y.count / outputs, taps: 1, bias: bias, residual: residual, pointwise,
                    into: y.baseAddress!
                ) { row, pointers, _ in pointers[0] = x + row * inputs }
            }
        }
    }

    /// The product with rows that lie in `taps` runs of inputs/taps contiguous values each.
    ///
    /// - Parameter locate: writes where the runs of one row begin, at pointers[tap · stride].
    func multiply(
        rows: Int, taps: Int, bias: Tensor?, residual: Tensor?, _ pointwise: Pointwise,
        into y: UnsafeMutablePointer<Float>,
        locate: @Sendable (_ row: Int, _ pointers: UnsafeMutablePointer<UnsafePointer<Float>?>, _ stride: Int) -> Void
    ) {
        precondition(bias == nil || bias!.count == outputs, "a bias for each output")
        precondition(residual == nil || residual!.count == rows * outputs, "a residual for each output")
        guard rows > 0 else { return }
        let (height, width) = (shape.rows, shape.width)
        let panelCount = (outputs + width - 1) / width
        let blocks = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        let blockRows = ((rows + blocks - 1) / blocks + height - 1) / height * height
        // Few rows are divided by columns too. Below a tenth of a millisecond, handing work over costs more than it saves.
        let isSmall = rows * outputs * inputs < 1 << 20
        let chunks = isSmall ? 1 : min(panelCount, max(1, 8 / blocks))
        nonisolated(unsafe) let y = y
        @Sendable func work(_ piece: Int) {
            let (first, chunk) = (piece / chunks * blockRows, piece % chunks)
            let count = min(blockRows, rows - first)
            guard count > 0 else { return }
            let tiles = (count + height - 1) / height
            withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: tiles * taps * height) { pointers in
                for slot in 0..<tiles * height {
                    let (tile, line) = slot.quotientAndRemainder(dividingBy: height)
                    locate(
                        first + min(slot, count - 1), pointers.baseAddress! + tile * taps * height + line, height)
                }
                var job = kernel_gemm_job()
                job.width = width
                job.rows = UnsafePointer(pointers.baseAddress!)
                (job.m, job.taps, job.run, job.n) = (count, taps, inputs / taps, outputs)
                (job.c, job.stride) = (y + first * outputs, outputs)
                job.activation = pointwise.kernel
                panels.withUnsafe { panels in
                    job.panels = panels.baseAddress!
                    bias.withUnsafe { bias in
                        job.bias = bias
                        residual.withUnsafe { residual in
                            job.residual = residual.map { $0 + first * outputs }
                            job.residual_stride = outputs
                            let begin = panelCount * chunk / chunks
                            kernel_gemm(&job, begin, panelCount * (chunk + 1) / chunks - begin)
                        }
                    }
                }
            }
        }
        if isSmall { for piece in 0..<blocks { work(piece) } } else { parallel(blocks * chunks, work) }
    }
}

extension Tensor? {
    fileprivate func withUnsafe(_ body: (UnsafePointer<Float>?) -> Void) {
        switch self {
        case nil: body(nil)
        case let tensor?: tensor.withUnsafe { body($0.baseAddress) }
        }
    }
}
