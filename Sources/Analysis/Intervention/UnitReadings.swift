import LinearAlgebra

/// Directions in activation space.
package enum UnitDirections: Sendable {
    /// Along single neurons, by their indices.
    case coordinates([Int])
    /// Rows of [k, d].
    case vectors(Tensor)
}

/// How interventions move the activation vectors of N images: x + Σ_k (held_k + (β - identity) moving_k) direction_k.
package struct ActivationMoves: Sendable {
    package let directions: UnitDirections
    /// With the moving intervention at its identity, and for each step of its β: [N, k] each.
    package let held: Tensor
    package let moving: Tensor

    init(_ directions: UnitDirections, _ amounts: (held: Tensor, moving: Tensor)) {
        self.directions = directions
        (held, moving) = amounts
    }
}

/// What a kind of units makes of some activation vectors [N, d].
package protocol UnitReadings: Sendable {
    /// How a steering moves the vectors at `rows`; all where that is nil.
    func moves(_ steering: Steering, rows: [Int]?) throws -> ActivationMoves
    /// Applies a steering to other vectors of the layer, in place; `vectors` names the rows of [rows, d] it acts on.
    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int])
}

struct NeuronReadings: UnitReadings {
    let activations: Tensor

    func moves(_ steering: Steering, rows: [Int]?) -> ActivationMoves {
        let moves = UnitMoves(steering)
        let columns =
            rows.map { activations.rows(at: $0).columns(at: moves.indices) }
            ?? activations.columnsInBlocks(at: moves.indices)
        return ActivationMoves(.coordinates(moves.indices), moves.amounts(of: columns))
    }

    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        steering.apply(to: &activations, rows: vectors)
    }
}

extension Tensor {
    /// Some columns, gathered on all cores; what is read of a mapped file is let go.
    fileprivate func columnsInBlocks(at indices: [Int]) -> Tensor {
        let (rows, width) = (rows, columns)
        let block = max(1, (1 << 22) / max(1, width))
        let count = indices.count
        return Tensor([rows, count]) { target in
            // Each block writes rows of its own.
            nonisolated(unsafe) let target = target
            parallel(blocks(of: rows, size: block)) { range in
                withUnsafe { source in
                    for row in range {
                        for (column, index) in indices.enumerated() {
                            target[row * count + column] = source[row * width + index]
                        }
                    }
                }
                release(rows: range)
            }
        }
    }
}
