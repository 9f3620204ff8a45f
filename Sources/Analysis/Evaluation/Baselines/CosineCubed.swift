import LinearAlgebra

/// CLIP-Dissect's cosine cubed: activations and similarities, both less their means and cubed, and their cosine.
package struct CosineCubed: Sendable {
    private let poles: [ProbePole]
    private let probe: any UnitStatistics
    /// Cubed activations [poles, N], where that is little.
    private let kept: Tensor?

    /// Values that are kept at once.
    private static let most = 1 << 26

    package init(_ probe: any UnitStatistics, poles: [ProbePole]) throws {
        (self.probe, self.poles) = (probe, poles)
        kept =
            poles.count * probe.imageCount <= Self.most
            ? try Self.activations(probe, poles[...]) : nil
    }

    /// - Parameter cosines: of concepts and images [concepts, N].
    /// - Returns: [poles, concepts]; the score of a pole is that of its unit, with its sign.
    package func scores(cosines: Tensor) throws -> Tensor {
        let concepts = Self.cubed(cosines)
        if let kept { return multiply(kept, .plain, concepts, .transposed) }
        var rows: [Float] = []
        for block in blocks(of: poles.count, size: 64) {
            rows += multiply(try Self.activations(probe, poles[block]), .plain, concepts, .transposed).values
        }
        return Tensor([poles.count, cosines.rows], rows)
    }

    private static func activations(_ probe: any UnitStatistics, _ poles: ArraySlice<ProbePole>) throws -> Tensor {
        var rows: [Float] = []
        rows.reserveCapacity(poles.count * probe.imageCount)
        for block in blocks(of: poles.indices, size: 64) {
            let columns = try probe.columns(poles[block].map(\.index))
            for (column, pole) in zip(columns, poles[block]) { rows += column.map { $0 * pole.sign } }
        }
        return cubed(Tensor([poles.count, probe.imageCount], rows))
    }

    /// Each row less its mean, cubed, over its norm, which counts at least 1e-3 as in the published code.
    private static func cubed(_ rows: Tensor) -> Tensor {
        var result = rows
        let width = rows.columns
        result.withUnsafeMutable { values in
            nonisolated(unsafe) let values = values
            parallel(blocks(of: rows.rows, size: max(1, (rows.rows + cores - 1) / cores))) { part in
                for row in part {
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
        }
        return result
    }
}
