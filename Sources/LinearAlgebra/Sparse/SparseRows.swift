/// A matrix [rows, columns] of which few elements are not zero, row by row (CSR): as the codes of a sparse autoencoder.
///
/// In a row the columns ascend.
package struct SparseRows: Sendable, Equatable {
    package let columns: Int
    /// Where each row begins in `indices` and `values`, and at last where the last one ends: rows + 1 numbers.
    package let offsets: [Int]
    /// The column of each element.
    package let indices: [Int32]
    package let values: [Float]

    /// - Precondition: offsets ascend from 0 to the number of elements; every column is below `columns`.
    package init(columns: Int, offsets: [Int], indices: [Int32], values: [Float]) {
        precondition(indices.count == values.count && offsets.first == 0 && offsets.last == indices.count)
        self.columns = columns
        self.offsets = offsets
        self.indices = indices
        self.values = values
    }

    package var rows: Int { offsets.count - 1 }

    /// Where a row's elements lie in `indices` and `values`.
    package func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The rows of several matrices of the same width, one after the other.
    package init(columns: Int, joining parts: [SparseRows]) {
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
    package init(_ dense: Tensor) {
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
    package func dense() -> Tensor {
        var result = Tensor([rows, columns])
        result.withUnsafeMutable { target in
            for row in 0..<rows {
                for at in range(of: row) { target[row * columns + Int(indices[at])] = values[at] }
            }
        }
        return result
    }

    /// The rows at `positions`, gathered.
    package func rows(at positions: [Int]) -> SparseRows {
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
    package func transposed() -> SparseRows {
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
    package func scaled(by factor: Float) -> SparseRows {
        SparseRows(columns: columns, offsets: offsets, indices: indices, values: values.map { $0 * factor })
    }

    /// Euclidean norm of each row.
    package func norms() -> [Float] {
        (0..<rows).map { row in range(of: row).reduce(Float(0)) { $0 + values[$1] * values[$1] }.squareRoot() }
    }
}
