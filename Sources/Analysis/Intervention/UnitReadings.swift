import LinearAlgebra

/// Directions in activation space.
public enum UnitDirections: Sendable {
    /// Along single neurons, by their indices.
    case coordinates([Int])
    /// Rows of [k, d].
    case vectors(Tensor)
}

/// How interventions move the activation vectors of N images: x + Σ_k (held_k + (β - identity) moving_k) direction_k.
public struct ActivationMoves: Sendable {
    public let directions: UnitDirections
    /// With the moving intervention at its identity, and for each step of its β: [N, k] each.
    public let held: Tensor
    public let moving: Tensor

    init(_ directions: UnitDirections, _ amounts: (held: Tensor, moving: Tensor)) {
        self.directions = directions
        (held, moving) = amounts
    }
}

/// What a kind of units makes of some activation vectors [N, d].
public protocol UnitReadings: Sendable {
    /// How a steering moves the vectors at `rows`; all where that is nil.
    func moves(_ steering: Steering, rows: [Int]?) throws -> ActivationMoves
    /// Applies a steering to other vectors of the layer, in place; `vectors` names the rows of [rows, d] it acts on.
    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int])
}

struct NeuronReadings: UnitReadings {
    let activations: Tensor

    func moves(_ steering: Steering, rows: [Int]?) -> ActivationMoves {
        let moves = UnitMoves(steering)
        return ActivationMoves(
            .coordinates(moves.indices), moves.amounts(rows.map(activations.rows) ?? activations))
    }

    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        steering.apply(to: &activations, rows: vectors)
    }
}
