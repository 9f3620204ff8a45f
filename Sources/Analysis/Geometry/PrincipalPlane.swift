import LinearAlgebra

/// The first two principal components of a set of points.
package enum PrincipalPlane {
    /// The points' coordinates along the two directions of greatest variance, centred; the same on every run.
    ///
    /// The directions come from subspace iteration on the covariance, in double precision, with more vectors than are
    /// wanted, so that near-equal variances still converge. The largest component of each is positive.
    ///
    /// - Parameter points: [N, d]
    package static func coordinates(of points: Tensor) -> [SIMD2<Float>] {
        let (n, d) = (points.rows, points.columns)
        guard n > 0 else { return [] }
        let means = points.columnMeans()
        var centered = points
        centered.withUnsafeMutable { x in
            for row in 0..<n { for column in 0..<d { x[row * d + column] -= means[column] } }
        }
        let covariance = multiply(centered, .transposed, centered).values.map(Double.init)
        var random = SeededGenerator(seed: 0)
        var basis = (0..<min(d, 8)).map { _ in (0..<d).map { _ in Double(random.nextNormal()) } }
        for _ in 0..<100 {
            basis = orthonormal(
                basis.map { vector in
                    (0..<d).map { row in
                        var sum = 0.0
                        for column in 0..<d { sum += covariance[row * d + column] * vector[column] }
                        return sum
                    }
                })
        }
        let directions = (0..<2).map { index -> [Float] in
            guard index < basis.count else { return [Float](repeating: 0, count: d) }
            let largest = basis[index].max { abs($0) < abs($1) } ?? 0
            return basis[index].map { Float(largest < 0 ? -$0 : $0) }
        }
        let (x, y) = (multiply(centered, directions[0]), multiply(centered, directions[1]))
        return zip(x, y).map { SIMD2($0, $1) }
    }

    /// Gram and Schmidt, twice for the rounding; what is left of a vector that depends on those before is zero.
    private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
        var result: [[Double]] = []
        for var vector in vectors {
            let before = vector.reduce(0) { $0 + $1 * $1 }
            for _ in 0..<2 {
                for other in result {
                    let dot = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in vector.indices { vector[i] -= dot * other[i] }
                }
            }
            let square = vector.reduce(0) { $0 + $1 * $1 }
            let scale = square > before * 1e-20 ? 1 / square.squareRoot() : 0
            result.append(vector.map { $0 * scale })
        }
        return result
    }
}
