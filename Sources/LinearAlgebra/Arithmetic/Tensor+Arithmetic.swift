import CKernels

extension Tensor {
    /// x Φ(x) with the exact Gaussian distribution function (erf), as ViT and CLIP's `gelu` use it.
    package mutating func applyGELU() { withUnsafeMutable { kernel_gelu($0.baseAddress!, $0.count) } }

    /// x σ(1.702 x), as OpenAI's CLIP uses it.
    package mutating func applyQuickGELU() { withUnsafeMutable { kernel_quick_gelu($0.baseAddress!, $0.count) } }

    /// Adds `bias` [columns] to every row.
    package mutating func add(bias: Tensor) {
        precondition(bias.count == columns)
        let (rows, columns) = (rows, columns)
        bias.withUnsafe { bias in
            withUnsafeMutable { kernel_add_bias($0.baseAddress!, bias.baseAddress!, rows, columns) }
        }
    }

    /// Elementwise sum in place.
    package mutating func add(_ other: Tensor) {
        precondition(other.count == count, "cannot add shape \(other.shape) to \(shape)")
        other.withUnsafe { other in withUnsafeMutable { kernel_add(other.baseAddress!, $0.baseAddress!, $0.count) } }
    }

    /// Each row, normalised to zero mean and unit variance, times `scale` plus `shift` (both [columns]).
    package func layerNormalized(scale: Tensor, shift: Tensor, epsilon: Float) -> Tensor {
        precondition(scale.count == columns && shift.count == columns)
        return Tensor(shape) { result in
            withUnsafe { x in
                scale.withUnsafe { scale in
                    shift.withUnsafe { shift in
                        kernel_layer_norm(
                            x.baseAddress!, scale.baseAddress!, shift.baseAddress!, result.baseAddress!, rows, columns,
                            epsilon)
                    }
                }
            }
        }
    }

    /// Softmax over each row, in place.
    package mutating func applySoftmax() {
        let (rows, columns) = (rows, columns)
        withUnsafeMutable { kernel_softmax($0.baseAddress!, rows, columns, columns) }
    }

    /// log Σ exp of each row, within 1e-6; rows are not empty.
    package func logSums() -> [Float] {
        let (rows, columns) = (rows, columns)
        return withUnsafe { x in
            [Float](unsafeUninitializedCapacity: rows) { sums, count in
                kernel_log_sums(x.baseAddress!, sums.baseAddress!, rows, columns)
                count = rows
            }
        }
    }

    /// exp of each row less a number of its own, in place.
    package mutating func applyExponential(lessRows less: [Float]) {
        precondition(less.count == rows)
        let (rows, columns) = (rows, columns)
        withUnsafeMutable { x in
            for row in 0..<rows { kernel_exp_less(x.baseAddress! + row * columns, columns, less[row]) }
        }
    }

    /// Rows divided by their Euclidean norm; a zero row stays zero.
    package func normalized() -> Tensor {
        var result = self
        let (rows, columns) = (rows, columns)
        result.withUnsafeMutable { kernel_normalize_rows($0.baseAddress!, nil, rows, columns) }
        return result
    }

    /// Euclidean norm of each row.
    package func norms() -> [Float] {
        (0..<rows).map { row in
            withUnsafe { x in
                x[row * columns..<(row + 1) * columns].reduce(into: Float(0)) { $0 += $1 * $1 }.squareRoot()
            }
        }
    }

    /// Index of the first greatest element of each row.
    package func argmax() -> [Int] {
        let columns = columns
        return withUnsafe { x in (0..<rows).map { kernel_argmax(x.baseAddress! + $0 * columns, columns) } }
    }

    /// Mean over rows: `columns` values.
    package func columnMeans() -> [Float] {
        let columns = columns
        var sums = [Double](repeating: 0, count: columns)
        withUnsafe { x in
            for block in blocks(of: rows, size: 4096) {
                for row in block {
                    for column in 0..<columns { sums[column] += Double(x[row * columns + column]) }
                }
                release(rows: block)
            }
        }
        return sums.map { Float($0 / Double(max(rows, 1))) }
    }
}

/// Softmax over each of `rows` rows of `columns` values, `stride` apart, in place.
package func softmax(_ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
    kernel_softmax(x, rows, columns, stride)
}

/// The forces of t-SNE on one point of a plane from all the points of `x`, `y`, with q = 1 / (1 + d²): Σ p q (dx, dy),
/// Σ q² (dx, dy) and Σ q. All three lists have one length.
package func studentForces(
    x: UnsafeBufferPointer<Float>, y: UnsafeBufferPointer<Float>, at point: SIMD2<Float>,
    affinities p: UnsafePointer<Float>
) -> (attraction: SIMD2<Float>, repulsion: SIMD2<Float>, sum: Float) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 5) { forces in
        kernel_student_forces(
            x.baseAddress!, y.baseAddress!, x.count, point.x, point.y, p, forces.baseAddress!)
        return (SIMD2(forces[0], forces[1]), SIMD2(forces[2], forces[3]), forces[4])
    }
}
