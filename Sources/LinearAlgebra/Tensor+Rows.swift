extension Tensor {
    /// Row r times factors[r].
    public func scaled(rows factors: [Float]) -> Tensor {
        precondition(factors.count == rows)
        var result = self
        let columns = columns
        result.withUnsafeMutable { x in for i in x.indices { x[i] *= factors[i / columns] } }
        return result
    }

    /// Row r over lengths[r]; a row of no length becomes zero, as in `normalized()`.
    public func divided(rows lengths: [Float]) -> Tensor { scaled(rows: lengths.map { $0 > 0 ? 1 / $0 : 0 }) }
}
