import CKernels

/// A matrix [rows, columns] of which few elements are not zero, row by row (CSR): as the codes of a sparse autoencoder.
///
/// In a row the columns ascend.
public struct SparseRows: Sendable, Equatable {
    public let columns: Int
    /// Where each row begins in `indices` and `values`, and at last where the last one ends: rows + 1 numbers.
    public let offsets: [Int]
    /// The column of each element.
    public let indices: [Int32]
    public let values: [Float]

    /// - Precondition: offsets ascend from 0 to the number of elements; every column is below `columns`.
    public init(columns: Int, offsets: [Int], indices: [Int32], values: [Float]) {
        precondition(indices.count == values.count && offsets.first == 0 && offsets.last == indices.count)
        self.columns = columns
        self.offsets = offsets
        self.indices = indices
        self.values = values
    }

    public var rows: Int { offsets.count - 1 }

    /// Where a row's elements lie in `indices` and `values`.
    public func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The rows of several matrices of the same width, one after the other.
    public init(columns: Int, joining parts: [SparseRows]) {
        var offsets = [0]
        var (indices, values) = ([Int32](), [Float]())
        let count = parts.reduce(0) { $0 + $1.values.count }
        indices.reserveCapacity(count)
        values.reserveCapacity(count)
        for part in parts {
            precondition(part.columns == columns)
            let start = indices.count
            indices += part.indices
            values += part.values
            offsets += part.offsets.dropFirst().map { $0 + start }
        }
        self.init(columns: columns, offsets: offsets, indices: indices, values: values)
    }

    /// The elements of a dense matrix that are not zero.
    public init(_ dense: Tensor) {
        var offsets = [0]
        var (indices, values) = ([Int32](), [Float]())
        dense.withUnsafe { x in
            for row in 0..<dense.rows {
                for column in 0..<dense.columns where x[row * dense.columns + column] != 0 {
                    indices.append(Int32(column))
                    values.append(x[row * dense.columns + column])
                }
                offsets.append(indices.count)
            }
        }
        self.init(columns: dense.columns, offsets: offsets, indices: indices, values: values)
    }

    /// All elements, zeros too: [rows, columns].
    public func dense() -> Tensor {
        var result = Tensor([rows, columns])
        result.withUnsafeMutable { target in
            for row in 0..<rows {
                for at in range(of: row) { target[row * columns + Int(indices[at])] = values[at] }
            }
        }
        return result
    }

    /// The rows at `positions`, gathered.
    public func rows(at positions: [Int]) -> SparseRows {
        var offsets = [0]
        var (indices, values) = ([Int32](), [Float]())
        for row in positions {
            indices += self.indices[range(of: row)]
            values += self.values[range(of: row)]
            offsets.append(indices.count)
        }
        return SparseRows(columns: columns, offsets: offsets, indices: indices, values: values)
    }

    /// Rows and columns exchanged: what a column holds becomes what a row holds.
    public func transposed() -> SparseRows {
        var ends = [Int](repeating: 0, count: columns + 1)
        for index in indices { ends[Int(index) + 1] += 1 }
        for column in 0..<columns { ends[column + 1] += ends[column] }
        var next = ends
        var (rowsOf, turned) = ([Int32](repeating: 0, count: values.count), [Float](repeating: 0, count: values.count))
        for row in 0..<rows {
            for at in range(of: row) {
                let column = Int(indices[at])
                rowsOf[next[column]] = Int32(row)
                turned[next[column]] = values[at]
                next[column] += 1
            }
        }
        return SparseRows(columns: rows, offsets: ends, indices: rowsOf, values: turned)
    }

    /// Every element times a number.
    public func scaled(by factor: Float) -> SparseRows {
        SparseRows(columns: columns, offsets: offsets, indices: indices, values: values.map { $0 * factor })
    }

    /// Euclidean norm of each row.
    public func norms() -> [Float] {
        (0..<rows).map { row in range(of: row).reduce(Float(0)) { $0 + values[$1] * values[$1] }.squareRoot() }
    }
}

/// A sparse matrix times a dense one: [sparse.rows, dense.columns].
public func multiply(_ sparse: SparseRows, _ dense: Tensor) -> Tensor {
    precondition(sparse.columns == dense.rows, "cannot multiply \(sparse.columns) columns by shape \(dense.shape)")
    let width = dense.columns
    var result = Tensor([sparse.rows, width])
    result.withUnsafeMutable { target in
        nonisolated(unsafe) let target = target
        let block = 64
        parallel((sparse.rows + block - 1) / block) { part in
            dense.withUnsafe { dense in
                for row in part * block..<min(sparse.rows, (part + 1) * block) {
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
public func addWeightedRows(
    of matrix: UnsafePointer<Float>, columns: Int, at indices: UnsafePointer<Int32>, weights: UnsafePointer<Float>,
    count: Int, into out: UnsafeMutablePointer<Float>
) {
    kernel_add_weighted_rows(matrix, columns, indices, weights, count, out)
}

/// out[s] = matrix[indices[s]] · x, on raw row-major memory.
public func rowDots(
    of matrix: UnsafePointer<Float>, columns: Int, at indices: UnsafePointer<Int32>, count: Int,
    with x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
) {
    kernel_row_dots(matrix, columns, indices, count, x, out)
}

/// Takes out of a gradient what lies along a unit vector: g -= (g·w) w.
public func projectOut(
    of gradient: UnsafeMutablePointer<Float>, along unit: UnsafePointer<Float>, count: Int
) {
    kernel_project_out(gradient, unit, count)
}

/// Divides a vector by its Euclidean norm.
public func normalize(_ x: UnsafeMutablePointer<Float>, count: Int) { kernel_normalize_rows(x, nil, 1, count) }

/// The positions of the `k` greatest positive values, ascending; of equal values the first are taken, NaN never.
///
/// - Parameter indices: room for k.
/// - Returns: how many there are.
public func topPositive(
    _ x: UnsafePointer<Float>, count: Int, k: Int, into indices: UnsafeMutablePointer<Int32>
) -> Int {
    kernel_top_positive(x, count, min(k, count), indices)
}

/// Adam's step sizes (Kingma and Ba 2015) at one step, for parameters that are updated a row at a time.
public struct AdamStep: Sendable {
    private let rate: Float
    private let corrected: Float
    private let scale: Float
    private let beta1: Float
    private let beta2: Float
    private let epsilon: Float

    /// - Parameter step: counted from 1.
    public init(rate: Float, step: Int, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        func power(_ base: Float) -> Float {
            var (result, factor, left) = (1.0, Double(base), step)
            while left > 0 {
                if left & 1 == 1 { result *= factor }
                factor *= factor
                left >>= 1
            }
            return Float(1 - result)
        }
        corrected = rate / power(beta1)
        scale = 1 / power(beta2)
    }

    /// Moves `count` parameters against their gradient; `first` and `second` are their moments.
    public func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
    ) {
        kernel_adamw(
            parameters, gradient, first, second, count, rate, corrected, scale, beta1, beta2, epsilon, 0)
    }
}
