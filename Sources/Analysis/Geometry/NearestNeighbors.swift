import LinearAlgebra

/// The exact nearest neighbours of points, by blocks of one matrix product each.
///
/// In hundreds of dimensions no tree prunes, so distances to all are computed, at the speed of gemm.
struct NearestNeighbors: Sendable {
    /// Neighbours a point.
    let count: Int
    /// Of point i at [i * count..<(i + 1) * count], nearest first.
    let indices: [Int32]
    /// Their squared Euclidean distances.
    let squaredDistances: [Float]

    /// - Parameters:
    ///   - points: [N, d]
    ///   - count: neighbours wanted of each, fewer than N.
    ///   - checkCancellation: asked before every block.
    init(of points: Tensor, count: Int, checkCancellation: () throws -> Void = {}) throws {
        let n = points.rows
        precondition(count < n)
        self.count = count
        let squares = points.norms().map { $0 * $0 }
        var (indices, distances) = ([Int32](), [Float]())
        indices.reserveCapacity(n * count)
        distances.reserveCapacity(n * count)
        // A block of similarities stays within a few megabytes a core, and a check comes every few milliseconds.
        let block = max(1, min(256, (1 << 20) / n))
        for group in blocks(of: n, size: block * 8) {
            try checkCancellation()
            let found = parallelMap(blocks(of: group, size: block)) { rows -> [(index: Int32, distance: Float)] in
                let products = multiply(points.rows(rows), .plain, points, .transposed)
                return products.withUnsafe { products in
                    rows.flatMap { row -> [(Int32, Float)] in
                        let line = products[(row - rows.lowerBound) * n..<(row - rows.lowerBound + 1) * n]
                        // ‖x‖² - 2 x·y + ‖y‖², nearest first; equal distances in order of position.
                        var nearness = zip(line, squares).map { 2 * $0 - $1 }
                        nearness[row] = -.infinity
                        return TopK.indices(of: nearness, count: count).map {
                            (Int32($0), max(0, squares[row] - nearness[$0]))
                        }
                    }
                }
            }
            for part in found {
                indices += part.lazy.map(\.index)
                distances += part.lazy.map(\.distance)
            }
        }
        self.indices = indices
        squaredDistances = distances
    }
}
