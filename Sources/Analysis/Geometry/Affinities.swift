import Foundation
import LinearAlgebra

/// The joint probabilities of t-SNE: p_ij = (p_{j|i} + p_{i|j}) / 2N, zero on the diagonal, sum 1.
enum Affinities: Sendable {
    /// [N, N]
    case dense(Tensor)
    case sparse(SparseAffinities)

    /// Over all pairs.
    ///
    /// - Parameter points: [N, d]
    static func exact(_ points: Tensor, perplexity: Double, checkCancellation: () throws -> Void = {}) throws
        -> Affinities
    {
        let n = points.rows
        let products = multiply(points, .plain, points, .transposed)
        try checkCancellation()
        let squares = (0..<n).map { products[$0, $0] }
        let rows = parallelMap(n) { i -> [Double] in
            let distances = (0..<n).filter { $0 != i }.map { max(0, squares[i] + squares[$0] - 2 * products[i, $0]) }
            var row = Perplexity.conditional(distances, perplexity: perplexity)
            row.insert(0, at: i)
            return row
        }
        try checkCancellation()
        return .dense(
            Tensor([n, n]) { p in
                for i in 0..<n {
                    for j in 0..<n { p[i * n + j] = Float((rows[i][j] + rows[j][i]) / Double(2 * n)) }
                }
            })
    }

    /// Over each point's ⌊3 · perplexity⌋ nearest neighbours (van der Maaten 2014, eq. 6).
    static func nearest(_ points: Tensor, perplexity: Double, checkCancellation: () throws -> Void = {}) throws
        -> Affinities
    {
        let n = points.rows
        let neighbors = try NearestNeighbors(
            of: points, count: min(n - 1, max(1, Int(3 * perplexity))), checkCancellation: checkCancellation)
        let k = neighbors.count
        let conditional = parallelMap(n) { i in
            Perplexity.conditional(neighbors.squaredDistances[i * k..<(i + 1) * k], perplexity: perplexity)
        }
        try checkCancellation()
        return .sparse(SparseAffinities(neighbors, conditional))
    }

    /// Σ p ln p: the part of the divergence that no layout changes.
    var negativeEntropy: Double {
        func term(_ p: Float) -> Double { p > 0 ? Double(p) * log(Double(p)) : 0 }
        switch self {
        case .dense(let tensor): return tensor.withUnsafe { $0.reduce(0) { $0 + term($1) } }
        case .sparse(let sparse): return sparse.values.reduce(0) { $0 + term($1) }
        }
    }
}

/// A symmetric sparse matrix by rows.
struct SparseAffinities: Sendable {
    /// Row i is at [starts[i]..<starts[i + 1]], columns ascending.
    let starts: [Int]
    let columns: [Int32]
    let values: [Float]

    /// Symmetrises conditional probabilities over nearest neighbours.
    init(_ neighbors: NearestNeighbors, _ conditional: [[Double]]) {
        let (n, k) = (conditional.count, neighbors.count)
        var incoming = [[(column: Int32, value: Double)]](repeating: [], count: n)
        for i in 0..<n {
            for (place, p) in conditional[i].enumerated() {
                incoming[Int(neighbors.indices[i * k + place])].append((Int32(i), p))
            }
        }
        let rows = parallelMap(n) { [incoming] i -> [(column: Int32, value: Float)] in
            var entries = incoming[i]
            for (place, p) in conditional[i].enumerated() { entries.append((neighbors.indices[i * k + place], p)) }
            entries.sort { ($0.column, $0.value) < ($1.column, $1.value) }
            var merged: [(column: Int32, value: Double)] = []
            for entry in entries {
                if merged.last?.column == entry.column {
                    merged[merged.count - 1].value += entry.value
                } else {
                    merged.append(entry)
                }
            }
            return merged.map { ($0.column, Float($0.value / Double(2 * n))) }
        }
        var starts = [0]
        for row in rows { starts.append(starts[starts.count - 1] + row.count) }
        self.starts = starts
        columns = rows.flatMap { $0.map(\.column) }
        values = rows.flatMap { $0.map(\.value) }
    }
}
