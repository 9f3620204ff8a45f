extension Tensor {
    /// The tensor read as a matrix, rows and columns exchanged, copied: [columns, rows].
    package func transposed() -> Tensor {
        let (rows, columns) = (rows, columns)
        return Tensor([columns, rows]) { target in
            withUnsafe { source in
                for row in 0..<rows {
                    for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
                }
            }
        }
    }

    /// Row r times factors[r].
    package func scaled(rows factors: [Float]) -> Tensor {
        precondition(factors.count == rows)
        var result = self
        let columns = columns
        result.withUnsafeMutable { x in for i in x.indices { x[i] *= factors[i / columns] } }
        return result
    }

    /// Row r over lengths[r]; a row of no length becomes zero, as in `normalized()`.
    package func divided(rows lengths: [Float]) -> Tensor { scaled(rows: lengths.map { $0 > 0 ? 1 / $0 : 0 }) }
}

extension Tensor {
    /// Two matrices with as many rows, side by side: [n, d] and [n, e] -> [n, d + e]
    package func beside(_ other: Tensor) -> Tensor {
        precondition(rows == other.rows, "\(shape) beside \(other.shape)")
        var values: [Float] = []
        values.reserveCapacity(count + other.count)
        for row in 0..<rows { values += self.row(row) + other.row(row) }
        return Tensor([rows, columns + other.columns], values)
    }

    /// The rows of two matrices, one after the other: [n, d] and [m, d] -> [n + m, d]
    package func above(_ other: Tensor) -> Tensor {
        precondition(columns == other.columns, "\(shape) above \(other.shape)")
        return Tensor([rows + other.rows, columns], values + other.values)
    }
}
