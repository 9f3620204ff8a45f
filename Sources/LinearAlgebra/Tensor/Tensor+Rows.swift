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
