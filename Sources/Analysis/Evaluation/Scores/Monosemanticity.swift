import LinearAlgebra

/// How alike the images are that activate a unit, each pair weighted by both activations (Pach et al. 2025,
/// arXiv 2504.02821): Σ_{i≠j} a_i a_j e_i·e_j / Σ_{i≠j} a_i a_j, with a scaled to 0 to 1 and e unit image embeddings.
///
/// In one product: (‖Σ a_i e_i‖² - Σ a_i²) / ((Σ a_i)² - Σ a_i²).
package enum Monosemanticity {
    /// - Parameters:
    ///   - activations: of each unit along its pole [units, N].
    ///   - embeddings: unit rows [N, d].
    /// - Returns: one figure a unit; 0 for one that is the same on all images.
    package static func scores(_ activations: Tensor, embeddings: Tensor) -> [Float] {
        let images = activations.columns
        var scaled = activations
        scaled.withUnsafeMutable { a in
            for unit in 0..<activations.rows {
                let range = unit * images..<(unit + 1) * images
                let (least, most) = range.reduce((Float.infinity, -Float.infinity)) {
                    (min($0.0, a[$1]), max($0.1, a[$1]))
                }
                let width = most - least
                for i in range { a[i] = width > 0 ? (a[i] - least) / width : 0 }
            }
        }
        let sums = multiply(scaled, .plain, embeddings)
        return (0..<activations.rows).map { unit in
            let row = scaled.row(unit)
            let sum = row.reduce(0.0) { $0 + Double($1) }
            let squares = row.reduce(0.0) { $0 + Double($1) * Double($1) }
            let length = sums.row(unit).reduce(0.0) { $0 + Double($1) * Double($1) }
            let pairs = sum * sum - squares
            return pairs > 0 ? Float((length - squares) / pairs) : 0
        }
    }
}
