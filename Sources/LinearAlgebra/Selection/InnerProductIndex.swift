import CKernels

/// Rows that are searched for their greatest inner products with a vector: exact, though most rows are only read as
/// bytes.
///
/// u = s_u q_u + e_u and x = s_x q_x + e_x with q whole numbers from -127 to 127, so by Cauchy and Schwarz
/// |u·x - s_u s_x q_u·q_x| <= |e_u| |x̂| + |u| |e_x|. Only rows that this bound cannot rule out are multiplied in full.
package struct InnerProductIndex: Sendable {
    private let rows: Tensor
    private let bytes: [Int8]
    private let scales: [Float]
    /// |e_u| and |u| of each row.
    private let errors: [Float]
    private let norms: [Float]

    /// Rows [count, d]; below this many elements all are multiplied in full, which is quicker.
    private static let smallest = 1 << 20

    package init(_ rows: Tensor) {
        self.rows = rows
        guard rows.count >= Self.smallest else {
            (bytes, scales, errors, norms) = ([], [], [], [])
            return
        }
        let (count, width) = (rows.rows, rows.columns)
        var bytes = [Int8](repeating: 0, count: rows.count)
        var scales = [Float](repeating: 0, count: count)
        rows.withUnsafe { kernel_quantize_rows($0.baseAddress!, count, width, &bytes, &scales) }
        (self.bytes, self.scales) = (bytes, scales)
        let parts = parallelMap(count) { [bytes, scales] row -> (error: Float, norm: Float) in
            rows.withUnsafe { u in
                var (error, norm): (Float, Float) = (0, 0)
                for c in row * width..<(row + 1) * width {
                    let e = u[c] - scales[row] * Float(bytes[c])
                    error += e * e
                    norm += u[c] * u[c]
                }
                return (error.squareRoot(), norm.squareRoot())
            }
        }
        (errors, norms) = (parts.map(\.error), parts.map(\.norm))
    }

    package var count: Int { rows.rows }

    /// The `limit` rows of greatest weight times inner product with `x`, plus an offset, greatest first; of equals the first.
    ///
    /// - Parameters:
    ///   - weights: one factor a row; nil stands for ones.
    ///   - offsets: one summand a row; nil stands for zeros.
    package func greatest(
        _ limit: Int, for x: [Float], weights: [Float]? = nil, offsets: [Float]? = nil
    ) -> [(row: Int, score: Float)] {
        let candidates = bytes.isEmpty || limit >= count / 4 ? nil : candidates(limit, x, weights, offsets)
        let products = candidates.map { rowDots(rows, at: $0, x) } ?? rowDots(rows, x)
        let places = candidates.map { $0.map { Int($0) } } ?? Array(0..<count)
        let scores = zip(products, places).map { product, row in
            product * (weights?[row] ?? 1) + (offsets?[row] ?? 0)
        }
        return TopK.indices(of: scores, count: limit).map { (places[$0], scores[$0]) }
    }

    /// The rows that may be among the `limit` greatest, ascending.
    private func candidates(_ limit: Int, _ x: [Float], _ weights: [Float]?, _ offsets: [Float]?) -> [Int32] {
        let width = rows.columns
        var (query, scale) = ([Int8](repeating: 0, count: width), Float(0))
        kernel_quantize_rows(x, 1, width, &query, &scale)
        let (quantized, step) = (query, scale)
        let rounded = quantized.map { Float($0) * step }
        // A little more than the bound, for the rounding of the bound itself.
        let slack: Float = 1.0001
        let length = slack * rounded.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let error = slack * zip(x, rounded).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        var (lower, upper) = (
            [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
        )
        let block = 2048
        lower.withUnsafeMutableBufferPointer { lower in
            upper.withUnsafeMutableBufferPointer { upper in
                nonisolated(unsafe) let (lower, upper) = (lower, upper)
                parallel(blocks(of: count, size: block)) { range in
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: block) { dots in
                        bytes.withUnsafeBufferPointer {
                            kernel_int8_dots(
                                $0.baseAddress! + range.lowerBound * width, range.count, width, quantized,
                                dots.baseAddress!)
                        }
                        for row in range {
                            let weight = weights?[row] ?? 1
                            let middle = Float(dots[row - range.lowerBound]) * scales[row] * step * weight
                            let offset = offsets?[row] ?? 0
                            let reach =
                                abs(weight) * (errors[row] * length + norms[row] * error)
                                + (abs(middle) + abs(offset)) * 1e-5
                            lower[row] = middle + offset - reach
                            upper[row] = middle + offset + reach
                        }
                    }
                }
            }
        }
        guard let last = TopK.indices(of: lower, count: limit).last else { return [] }
        let bar = lower[last]
        return upper.indices.filter { upper[$0] >= bar }.map(Int32.init)
    }
}
