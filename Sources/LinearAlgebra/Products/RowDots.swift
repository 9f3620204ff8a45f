import CKernels

/// One dot product a row, on all cores: for matrices beyond the caches, where memory and not arithmetic sets the pace.
package func rowDots(_ matrix: Tensor, _ x: [Float]) -> [Float] {
    precondition(x.count == matrix.columns, "a vector of \(x.count) against shape \(matrix.shape)")
    let width = matrix.columns
    return inBlocks(of: max(1, (1 << 16) / max(1, width)), matrix.rows) { range, out in
        matrix.withUnsafe {
            kernel_dense_dots($0.baseAddress! + range.lowerBound * width, range.count, width, x, out)
        }
    }
}

/// The same of the rows at `positions` only.
package func rowDots(_ matrix: Tensor, at positions: [Int32], _ x: [Float]) -> [Float] {
    precondition(x.count == matrix.columns, "a vector of \(x.count) against shape \(matrix.shape)")
    return inBlocks(of: 256, positions.count) { range, out in
        matrix.withUnsafe { matrix_ in
            positions.withUnsafeBufferPointer {
                kernel_row_dots(
                    matrix_.baseAddress!, matrix.columns, $0.baseAddress! + range.lowerBound, range.count, x, out)
            }
        }
    }
}

/// A sparse matrix times a vector of `columns` values.
package func multiply(_ sparse: SparseRows, _ x: [Float]) -> [Float] {
    precondition(x.count == sparse.columns, "a vector of \(x.count) against \(sparse.columns) columns")
    return inBlocks(of: 4096, sparse.rows) { range, out in
        sparse.offsets.withUnsafeBufferPointer { offsets in
            sparse.indices.withUnsafeBufferPointer { indices in
                sparse.values.withUnsafeBufferPointer { values in
                    guard let indices = indices.baseAddress, let values = values.baseAddress else {
                        return out.update(repeating: 0, count: range.count)
                    }
                    kernel_sparse_dots(
                        offsets.baseAddress! + range.lowerBound, indices, values, range.count, x, out)
                }
            }
        }
    }
}

/// `count` values, written block by block.
private func inBlocks(
    of block: Int, _ count: Int, _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void
) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        // Each block is written once, by one thread, and read after all are done.
        nonisolated(unsafe) let target = buffer.baseAddress
        parallel(blocks(of: count, size: block)) { range in body(range, target! + range.lowerBound) }
        initialized = count
    }
}
