import LinearAlgebra

/// CLIP-Dissect's cosine cubed: activations and similarities, both less their means and cubed, and their cosine.
package enum CosineCubed {
    /// - Parameter cosines: of images and concepts [N, concepts].
    /// - Returns: [poles, concepts]; the score of a pole is that of its unit, with its sign.
    package static func scores(
        _ probe: some UnitStatistics, poles: [ProbePole], cosines: Tensor
    ) throws -> Tensor {
        let concepts = cubed(cosines.transposed())
        var rows: [Float] = []
        for block in blocks(of: poles.count, size: 64) {
            let columns = try probe.columns(poles[block].map(\.index))
            let signed = zip(columns, poles[block]).flatMap { column, pole in column.map { $0 * pole.sign } }
            let activations = cubed(Tensor([block.count, probe.imageCount], signed))
            rows += multiply(activations, .plain, concepts, .transposed).values
        }
        return Tensor([poles.count, cosines.columns], rows)
    }

    /// Each row less its mean, cubed, over its norm, which counts at least 1e-3 as in the published code.
    private static func cubed(_ rows: Tensor) -> Tensor {
        var result = rows
        let width = rows.columns
        result.withUnsafeMutable { values in
            for row in 0..<rows.rows {
                let range = row * width..<(row + 1) * width
                let mean = Float(range.reduce(0.0) { $0 + Double(values[$1]) } / Double(max(1, width)))
                var square = 0.0
                for i in range {
                    let x = values[i] - mean
                    values[i] = x * x * x
                    square += Double(values[i]) * Double(values[i])
                }
                let norm = Float(max(1e-3, square.squareRoot()))
                for i in range { values[i] /= norm }
            }
        }
        return result
    }
}
