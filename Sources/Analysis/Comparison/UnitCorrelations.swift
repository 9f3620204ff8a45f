import LinearAlgebra

/// How the units of two layers go together over the same images: Pearson's correlation of every pair.
package struct UnitCorrelations: Sendable, Equatable {
    /// r: [units of the first, units of the second]; 0 where either is always the same.
    package let values: Tensor

    package init(values: Tensor) { self.values = values }

    /// - Parameters:
    ///   - order: which image of the second stands beside each of the first; nil for the same. Another order tells what
    ///     chance gives.
    package init(
        _ first: any UnitStatistics, _ second: any UnitStatistics, order: [Int]? = nil,
        checkCancellation: () throws -> Void = {}
    ) throws {
        let (x, y) = (try first.rows(), try second.rows())
        precondition(x.rows == y.rows, "the same images")
        let (rows, columns) = (first.unitCount, second.unitCount)
        var sums = [Float](repeating: 0, count: rows * columns)
        // Blocks of a fixed size, added up in their order, so that the sums do not depend on the number of cores.
        for round in blocks(of: x.rows, size: Self.block * max(1, cores)) {
            try checkCancellation()
            let parts = parallelMap(blocks(of: round, size: Self.block)) { images in
                defer { x.release(rows: images) }
                let other = y.dense(order.map { Array($0[images]) } ?? Array(images))
                return multiply(
                    Self.standardised(x.dense(Array(images)), first), .transposed, Self.standardised(other, second)
                ).values
            }
            for part in parts { for i in sums.indices { sums[i] += part[i] } }
        }
        y.release(rows: 0..<y.rows)
        let count = Float(max(1, x.rows))
        values = Tensor([rows, columns], sums.map { max(-1, min(1, $0 / count)) })
    }

    private static let block = 2048

    private static func standardised(_ rows: Tensor, _ statistics: any UnitStatistics) -> Tensor {
        var result = rows
        let (means, deviations, columns) = (statistics.means, statistics.deviations, rows.columns)
        result.withUnsafeMutable { a in
            for start in stride(from: 0, to: a.count, by: columns) {
                for i in 0..<columns {
                    a[start + i] = deviations[i] > 0 ? (a[start + i] - means[i]) / deviations[i] : 0
                }
            }
        }
        return result
    }

    /// The greatest |r|.
    package var greatest: Float { values.values.lazy.map(abs).max() ?? 0 }

    /// Mutual best: units i and j of which each goes with no other of the other's layer more, by |r| > `above`. One to
    /// one; of equals the first. In order of i.
    package func pairs(above least: Float) -> [UnitMatch] {
        let (rows, columns) = (values.rows, values.columns)
        var (ofRow, ofColumn) = ([Int](repeating: 0, count: rows), [Int](repeating: 0, count: columns))
        values.withUnsafe { r in
            for i in 0..<rows {
                for j in 0..<columns {
                    let size = abs(r[i * columns + j])
                    if size > abs(r[i * columns + ofRow[i]]) { ofRow[i] = j }
                    if size > abs(r[ofColumn[j] * columns + j]) { ofColumn[j] = i }
                }
            }
        }
        guard columns > 0 else { return [] }
        return (0..<rows).compactMap { i in
            let j = ofRow[i]
            let r = values[i, j]
            return ofColumn[j] == i && abs(r) > least ? UnitMatch(first: i, second: j, correlation: r) : nil
        }
    }
}

/// Two units that go together: of the first layer and of the second.
package struct UnitMatch: Sendable, Hashable {
    package var first: Int
    package var second: Int
    package var correlation: Float

    package init(first: Int, second: Int, correlation: Float) {
        (self.first, self.second, self.correlation) = (first, second, correlation)
    }
}
