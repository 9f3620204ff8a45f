import COpenBLAS

/// Whether a factor is read as stored or transposed.
package enum Orientation: Sendable {
    case plain, transposed
    fileprivate var blas: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
}

/// OpenBLAS runs on the calling thread; parallelism is ours, over images or rows (`parallel`), so that threads are
/// never oversubscribed and a result does not depend on how many there are.
private let singleThreaded: Void = openblas_set_num_threads(1)

/// c[m,n] = alpha a[m,k] b[k,n] + beta c, on raw row-major memory with leading dimensions. The one call of BLAS's sgemm.
package func multiply(
    m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, lda: Int, _ orientationA: Orientation = .plain,
    _ b: UnsafePointer<Float>, ldb: Int, _ orientationB: Orientation = .plain,
    beta: Float = 0, into c: UnsafeMutablePointer<Float>, ldc: Int
) {
    guard m > 0, n > 0 else { return }
    _ = singleThreaded
    cblas_sgemm(
        CblasRowMajor, orientationA.blas, orientationB.blas, Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda), b,
        Int32(ldb), beta, c, Int32(ldc))
}

/// The matrix product of `a` (shape [m,k], or [k,m] transposed) and `b` ([k,n], or [n,k] transposed): shape [m,n].
///
/// Tensors of higher rank are read as matrices of `rows` x `columns`.
package func multiply(
    _ a: Tensor, _ orientationA: Orientation = .plain, _ b: Tensor, _ orientationB: Orientation = .plain,
    alpha: Float = 1
) -> Tensor {
    let (m, k) = orientationA == .plain ? (a.rows, a.columns) : (a.columns, a.rows)
    let (inner, n) = orientationB == .plain ? (b.rows, b.columns) : (b.columns, b.rows)
    precondition(k == inner, "cannot multiply shapes \(a.shape) and \(b.shape)")
    return Tensor([m, n]) { c in
        a.withUnsafe { a in
            b.withUnsafe { b in
                multiply(
                    m: m, n: n, k: k, alpha: alpha, a.baseAddress!, lda: orientationA == .plain ? k : m, orientationA,
                    b.baseAddress!, ldb: orientationB == .plain ? n : k, orientationB, into: c.baseAddress!, ldc: n)
            }
        }
    }
}

/// The inner products of some rows of `a` [·,d] with some of `b` [·,d], which are read where they lie:
/// [rows.count, others.count]
package func innerProducts(_ a: Tensor, _ rows: Range<Int>, _ b: Tensor, _ others: Range<Int>) -> Tensor {
    let d = a.columns
    precondition(d == b.columns, "rows of shapes \(a.shape) and \(b.shape)")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= a.rows, "rows \(rows) of \(a.shape)")
    precondition(others.lowerBound >= 0 && others.upperBound <= b.rows, "rows \(others) of \(b.shape)")
    return Tensor([rows.count, others.count]) { c in
        guard !c.isEmpty else { return }
        a.withUnsafe { a in
            b.withUnsafe { b in
                multiply(
                    m: rows.count, n: others.count, k: d, a.baseAddress! + rows.lowerBound * d, lda: d, .plain,
                    b.baseAddress! + others.lowerBound * d, ldb: d, .transposed, into: c.baseAddress!, ldc: others.count
                )
            }
        }
    }
}

/// `matrix` [rows,columns] times a vector of `columns` values: one dot product a row.
package func multiply(_ matrix: Tensor, _ vector: [Float]) -> [Float] {
    precondition(vector.count == matrix.columns, "a vector of \(vector.count) against shape \(matrix.shape)")
    return multiply(matrix, .plain, Tensor([vector.count, 1], vector)).values
}
