import COpenBLAS

/// A symmetric matrix as V diag(values) Vᵀ, by LAPACK's ssyevd.
package struct SymmetricEigen: Sendable {
    /// Ascending.
    package let values: [Float]
    /// Vᵀ: an eigenvector of unit length a row, in the order of `values`.
    package let vectors: Tensor

    /// Nil where the matrix holds NaN or infinity, or the iteration does not end.
    ///
    /// - Parameter matrix: [n, n]; one triangle of it is read.
    package init?(_ matrix: Tensor) {
        let size = matrix.rows
        precondition(matrix.columns == size, "eigenvectors of shape \(matrix.shape)")
        guard size > 0, matrix.withUnsafe({ $0.allSatisfy(\.isFinite) }) else { return nil }
        openblas_set_num_threads(1)
        var (vectors, values) = (matrix, [Float](repeating: 0, count: size))
        var (n, info) = (Int32(size), Int32(0))
        func solve(_ work: inout [Float], _ whole: inout [Int32], asking: Bool) {
            var (length, wholes) = (asking ? -1 : Int32(work.count), asking ? -1 : Int32(whole.count))
            vectors.withUnsafeMutable {
                ssyevd_("V", "U", &n, $0.baseAddress!, &n, &values, &work, &length, &whole, &wholes, &info)
            }
        }
        // Asked first how much room it needs.
        var (work, whole) = ([Float](repeating: 0, count: 1), [Int32](repeating: 0, count: 1))
        solve(&work, &whole, asking: true)
        // The length of large matrices does not fit a float exactly: LAPACK's formula is the bound.
        work = Array(repeating: 0, count: max(Int(work[0]), 1 + 6 * size + 2 * size * size))
        whole = Array(repeating: 0, count: max(Int(whole[0]), 3 + 5 * size))
        solve(&work, &whole, asking: false)
        guard info == 0 else { return nil }
        // Its columns, read row by row, are our rows.
        (self.values, self.vectors) = (values, vectors)
    }
}
