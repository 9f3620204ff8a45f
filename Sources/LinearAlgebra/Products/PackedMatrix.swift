import CKernels

/// What happens to each value of a product before it is written: y = pointwise(a · b + bias + residual).
package enum Pointwise: Sendable {
    case identity, relu
    /// x Φ(x), with the exact Gaussian distribution function.
    case gelu
    /// x σ(1.702 x)
    case quickGELU
    /// x Φ(x), with the distribution function by a hyperbolic tangent.
    case tanhGELU
    /// x σ(x)
    case silu
    /// Between 0 and 6.
    case relu6

    var kernel: kernel_activation {
        switch self {
        case .identity: kernel_identity
        case .relu: kernel_relu
        case .gelu: kernel_gelu_exact
        case .quickGELU: kernel_gelu_sigmoid
        case .tanhGELU: kernel_gelu_tanh
        case .silu: kernel_silu
        case .relu6: kernel_relu6
        }
    }
}

/// What the factors of a product are rounded to before they are multiplied; sums are float32 in either case.
package enum Precision: String, Sendable, CaseIterable {
    case float32, bfloat16

    /// Whether this processor has the instructions (AVX512_BF16 for bfloat16).
    package var isSupported: Bool { self == .float32 || kernel_has_bfloat16() != 0 }

    /// Whether it multiplies so by tiles (Intel's AMX).
    var isTiled: Bool { self == .bfloat16 && kernel_has_tiles() != 0 }

    /// The name of something computed in this precision; of float32, the name as it is.
    package func marking(_ name: String) -> String { self == .float32 ? name : "\(name), \(rawValue)" }
}

/// The weights of a linear map, [outputs, inputs], laid out once for every product with them: panels of as many outputs as
/// two vector registers hold, each panel read from its start to its end while it stays in the first-level cache.
///
/// Every value of a product is one sum in the order of the inputs, so it is the same for one row and for many, on one core
/// and on many.
package struct PackedMatrix: Sendable {
    package let outputs: Int
    package let inputs: Int
    package let precision: Precision
    /// Values in a row of a factor: the inputs, or their pairs where they are bfloat16.
    private let depth: Int
    /// [ceil(outputs / width), depth, width], zero beyond the outputs.
    let panels: Tensor
    /// Outputs in a panel, and rows that meet it at once.
    let width, height: Int

    /// Rows of output that one piece of work covers: with a quarter of the inputs they stay in the second-level cache.
    private static let rowsAtOnce = 96

    /// The rows of `matrices` [outputs, inputs], one matrix under the other.
    ///
    /// - Precondition: the processor supports `precision`.
    package init(_ matrices: [Tensor], precision: Precision = .float32) {
        self.init(matrices, precision: precision, registers: 0)
    }

    /// Outputs of a panel, with the widest registers.
    static var width: Int { kernel_gemm_best().width }

    /// Bits of those registers, two of which are a panel's width.
    package static var registerBits: Int { width / 2 * 32 }

    /// How many kinds of registers this processor has, the widest first.
    package static let registers = (0..<3).count { kernel_gemm_choice($0).width > 0 }

    /// - Parameter registers: which of them to use.
    package init(_ matrices: [Tensor], precision: Precision = .float32, registers: Int) {
        precondition(precision.isSupported, "no \(precision) on this processor")
        let shape = kernel_gemm_choice(registers)
        let width = shape.width
        (self.width, height) = (width, shape.rows)
        let inputs = matrices[0].columns
        precondition(matrices.allSatisfy { $0.columns == inputs }, "matrices to stack have as many columns")
        (self.inputs, self.precision) = (inputs, precision)
        outputs = matrices.reduce(0) { $0 + $1.rows }
        let matrices = precision == .bfloat16 ? matrices.map { $0.pairedBFloat16() } : matrices
        let depth = matrices[0].columns
        self.depth = depth
        var panels = Tensor([(outputs + width - 1) / width, depth, width])
        panels.withUnsafeMutable { panels in
            var first = 0
            for matrix in matrices {
                matrix.withUnsafe { weights in
                    for row in 0..<matrix.rows {
                        let (panel, lane) = (first + row).quotientAndRemainder(dividingBy: width)
                        let target = panels.baseAddress! + panel * depth * width + lane
                        let source = weights.baseAddress! + row * depth
                        for input in 0..<depth { target[input * width] = source[input] }
                    }
                }
                first += matrix.rows
            }
        }
        self.panels = panels
    }

    /// The matrix as it was given, [outputs, inputs]; nil where it was rounded.
    package var unpacked: Tensor? {
        guard precision == .float32 else { return nil }
        let (depth, width, outputs) = (depth, width, outputs)
        return Tensor([outputs, depth]) { target in
            panels.withUnsafe { panels in
                for row in 0..<outputs {
                    let (panel, lane) = row.quotientAndRemainder(dividingBy: width)
                    for input in 0..<depth {
                        target[row * depth + input] = panels[(panel * depth + input) * width + lane]
                    }
                }
            }
        }
    }

    /// pointwise(x Wᵀ + bias + residual): [..., inputs] -> [..., outputs].
    ///
    /// - Parameters:
    ///   - bias: [outputs]
    ///   - residual: as many rows as `x`, of `outputs` values.
    package func multiply(
        _ x: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, _ pointwise: Pointwise = .identity
    ) -> Tensor {
        precondition(x.columns == inputs, "a product of shape \(x.shape) with [\(outputs), \(inputs)]")
        let inputs = inputs
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

    /// The other factor of a product as `multiply` needs it. Rows in several runs share their values, which are rounded once for
    /// all of them; those of one run are rounded by `multiply`, while the cache has them.
    func factor(_ x: Tensor, taps: Int) -> Tensor { precision == .bfloat16 && taps > 1 ? x.pairedBFloat16() : x }

    /// The product with rows that lie in `taps` runs of as many contiguous values each, of a `factor`.
    ///
    /// - Parameters:
    ///   - y: where rows of `stride` values begin, of which the first `outputs` are written.
    ///   - locate: writes where the runs of one row begin, at pointers[tap · stride].
    func multiply(
        rows: Int, taps: Int, bias: Tensor?, residual: Tensor?, _ pointwise: Pointwise,
        into y: UnsafeMutablePointer<Float>, stride: Int? = nil,
        locate: @Sendable (_ row: Int, _ pointers: UnsafeMutablePointer<UnsafePointer<Float>?>, _ stride: Int) -> Void
    ) {
        precondition(bias == nil || bias!.count == outputs, "a bias for each output")
        precondition(residual == nil || residual!.count == rows * outputs, "a residual for each output")
        guard rows > 0 else { return }
        let panelCount = (outputs + width - 1) / width
        let blocks = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        let blockRows = ((rows + blocks - 1) / blocks + height - 1) / height * height
        // Few rows are divided by columns too.
        let isSmall = rows * outputs * inputs < 1 << 20
        let chunks = isSmall ? 1 : min(panelCount, max(1, 8 / blocks))
        nonisolated(unsafe) let y = y
        @Sendable func work(_ piece: Int) {
            let (first, chunk) = (piece / chunks * blockRows, piece % chunks)
            let count = min(blockRows, rows - first)
            guard count > 0 else { return }
            withRows(first..<first + count, taps: taps, locate) { pointers in
                var job = kernel_gemm_job()
                job.width = width
                job.is_paired = precision == .bfloat16 ? 1 : 0
                job.rows = pointers
                (job.m, job.taps, job.run, job.n) = (count, taps, depth / taps, outputs)
                (job.c, job.stride) = (y + first * (stride ?? outputs), stride ?? outputs)
                job.activation = pointwise.kernel
                panels.withUnsafe { panels in
                    job.panels = panels.baseAddress!
                    bias.withUnsafe { bias in
                        job.bias = bias
                        residual.withUnsafe { residual in
                            job.residual = residual.map { $0 + first * outputs }
                            job.residual_stride = outputs
                            let begin = panelCount * chunk / chunks
                            let scratch = kernel_gemm_scratch(&job)
                            withUnsafeTemporaryAllocation(
                                byteCount: scratch * MemoryLayout<Float>.stride, alignment: 64
                            ) {
                                if scratch > 0 { job.scratch = $0.baseAddress!.assumingMemoryBound(to: Float.self) }
                                kernel_gemm(&job, begin, panelCount * (chunk + 1) / chunks - begin)
                            }
                        }
                    }
                }
            }
        }
        parallel(blocks * chunks, isWorth: !isSmall, work)
    }

    /// Calls `body` with where the runs of some rows are, tile by tile as `kernel_gemm_job` has them; the last row stands for
    /// those that a tile lacks. Rows of one run are rounded first.
    private func withRows(
        _ rows: Range<Int>, taps: Int,
        _ locate: (_ row: Int, _ pointers: UnsafeMutablePointer<UnsafePointer<Float>?>, _ stride: Int) -> Void,
        _ body: (UnsafePointer<UnsafePointer<Float>?>) -> Void
    ) {
        let slots = (rows.count + height - 1) / height * height
        let isRounded = precision == .bfloat16 && taps == 1
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: slots * taps) { pointers in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: isRounded ? rows.count * depth : 0) { room in
                for slot in 0..<slots {
                    let (tile, line) = slot.quotientAndRemainder(dividingBy: height)
                    let (row, start) = (min(slot, rows.count - 1), tile * taps * height + line)
                    locate(rows.lowerBound + row, pointers.baseAddress! + start, height)
                    guard isRounded, let values = pointers[start] else { continue }
                    let rounded = room.baseAddress! + row * depth
                    if row == slot { kernel_bfloat16(values, rounded, inputs) }
                    pointers[start] = UnsafePointer(rounded)
                }
                body(pointers.baseAddress!)
            }
        }
    }
}

extension Tensor {
    /// Rows rounded to bfloat16, two values in the bits of one: [..., n] -> [..., ceil(n / 2)], a last value without a
    /// partner beside zero.
    func pairedBFloat16() -> Tensor {
        let (rows, columns) = (rows, columns)
        let pairs = (columns + 1) / 2
        return Tensor(shape.dropLast() + [pairs]) { target in
            withUnsafe { source in
                // Rows of an even length follow each other without a gap.
                let runs = columns % 2 == 0 ? 1 : rows
                for run in 0..<runs {
                    kernel_bfloat16(
                        source.baseAddress! + run * columns, target.baseAddress! + run * pairs, count / runs)
                }
            }
        }
    }
}

extension Tensor? {
    func withUnsafe(_ body: (UnsafePointer<Float>?) -> Void) {
        switch self {
        case nil: body(nil)
        case let tensor?: tensor.withUnsafe { body($0.baseAddress) }
        }
    }
}
