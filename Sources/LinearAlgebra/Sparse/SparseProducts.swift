import CKernels

/// A sparse matrix times a dense one: [sparse.rows, dense.columns].
package func multiply(_ sparse: SparseRows, _ dense: Tensor) -> Tensor {
    precondition(sparse.columns == dense.rows, "cannot multiply \(sparse.columns) columns by shape \(dense.shape)")
    let width = dense.columns
    var result = Tensor([sparse.rows, width])
    result.withUnsafeMutable { target in
        nonisolated(unsafe) let target = target
        parallel(blocks(of: sparse.rows, size: 64)) { rows in
            dense.withUnsafe { dense in
                for row in rows {
                    addRows(of: dense, columns: width, sparse, row, into: target.baseAddress! + row * width)
                }
            }
        }
    }
    return result
}

/// out += Σ values of the sparse row, each times the dense row it names.
private func addRows(
    of dense: UnsafeBufferPointer<Float>, columns: Int, _ sparse: SparseRows, _ row: Int,
    into out: UnsafeMutablePointer<Float>
) {
    let range = sparse.range(of: row)
    sparse.indices.withUnsafeBufferPointer { indices in
        sparse.values.withUnsafeBufferPointer { values in
            guard let indices = indices.baseAddress, let values = values.baseAddress else { return }
            kernel_add_weighted_rows(
                dense.baseAddress!, columns, indices + range.lowerBound, values + range.lowerBound, range.count, out)
        }
    }
}

/// out += Σ weights[s] matrix[indices[s]], on raw row-major memory.
package func addWeightedRows(
    of matrix: UnsafePointer<Float>, columns: Int, at indices: UnsafePointer<Int32>, weights: UnsafePointer<Float>,
    count: Int, into out: UnsafeMutablePointer<Float>
) {
    kernel_add_weighted_rows(matrix, columns, indices, weights, count, out)
}

/// out[s] = matrix[indices[s]] · x, on raw row-major memory.
package func rowDots(
    of matrix: UnsafePointer<Float>, columns: Int, at indices: UnsafePointer<Int32>, count: Int,
    with x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
) {
    kernel_row_dots(matrix, columns, indices, count, x, out)
}

/// Takes out of a gradient what lies along a unit vector: g -= (g·w) w.
package func projectOut(
    of gradient: UnsafeMutablePointer<Float>, along unit: UnsafePointer<Float>, count: Int
) {
    kernel_project_out(gradient, unit, count)
}

/// Divides a vector by its Euclidean norm.
package func normalize(_ x: UnsafeMutablePointer<Float>, count: Int) { kernel_normalize_rows(x, nil, 1, count) }

/// The positions of the `k` greatest positive values, ascending; of equal values the first are taken, NaN never.
///
/// - Parameter indices: room for k.
/// - Returns: how many there are.
package func topPositive(
    _ x: UnsafePointer<Float>, count: Int, k: Int, into indices: UnsafeMutablePointer<Int32>
) -> Int {
    kernel_top_positive(x, count, min(k, count), indices)
}
