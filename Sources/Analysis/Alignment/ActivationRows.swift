import LinearAlgebra

/// Activations to align on, one row an image: dense as neurons have them, or sparse as features do.
package enum ActivationRows: Sendable {
    case dense(Tensor)
    case sparse(SparseRows)

    package var rows: Int {
        switch self {
        case .dense(let a): a.rows
        case .sparse(let a): a.rows
        }
    }

    package var columns: Int {
        switch self {
        case .dense(let a): a.columns
        case .sparse(let a): a.columns
        }
    }

    func rows(at indices: [Int]) -> ActivationRows {
        switch self {
        case .dense(let a): .dense(a.rows(at: indices))
        case .sparse(let a): .sparse(a.rows(at: indices))
        }
    }

    /// Some rows, zeros written out: [indices, columns]
    func dense(_ indices: [Int]) -> Tensor {
        switch self {
        case .dense(let a): a.rows(at: indices)
        case .sparse(let a): a.rows(at: indices).dense()
        }
    }

    /// Tells whoever mapped dense rows that they are not read any more for now.
    func release(rows: Range<Int>) {
        if case .dense(let a) = self { a.release(rows: rows) }
    }

    /// Of every row; what is read of a mapped file is let go.
    func norms() -> [Float] {
        switch self {
        case .dense(let a):
            parallelMap(blocks(of: a.rows, size: 1024)) { rows in
                defer { a.release(rows: rows) }
                return a.rows(rows).norms()
            }.flatMap { $0 }
        case .sparse(let a): a.norms()
        }
    }

    func scaled(by factor: Float) -> ActivationRows {
        switch self {
        case .dense(let a):
            return .dense(
                Tensor(a.shape) { target in a.withUnsafe { a in for i in a.indices { target[i] = a[i] * factor } } })
        case .sparse(let a): return .sparse(a.scaled(by: factor))
        }
    }

    /// a w: [rows, w.columns]
    func times(_ w: Tensor) -> Tensor {
        switch self {
        case .dense(let a): multiply(a, .plain, w)
        case .sparse(let a): multiply(a, w)
        }
    }

    /// aᵀ g: [columns, g.columns]
    func transposedTimes(_ g: Tensor) -> Tensor {
        switch self {
        case .dense(let a): multiply(a, .transposed, g, .plain)
        case .sparse(let a): multiply(a.transposed(), g)
        }
    }
}
