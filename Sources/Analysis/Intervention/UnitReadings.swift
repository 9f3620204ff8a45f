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
    /// With the moving intervention at its identity, and for each step of its β: [N, k] each. Nil where nothing holds.
    package let held: Tensor?
    package let moving: Tensor

    init(_ directions: UnitDirections, _ amounts: (held: Tensor?, moving: Tensor)) {
        self.directions = directions
        (held, moving) = amounts
    }
}

/// What a kind of units makes of some activation vectors [N, d].
package protocol UnitReadings: Sendable {
    /// How a steering moves the vectors at `rows`; all where that is nil.
    func moves(_ steering: Steering, rows: [Int]?) throws -> ActivationMoves
    /// Whether an intervention acts on every token of an image, whatever the layer's pooling.
    var editsEveryToken: Bool { get }
    /// Applies a steering to other vectors of the layer, in place; `vectors` names the rows of [rows, d] it acts on.
    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int])
    /// Reads what moves of these units need, once, in one pass: sets of them will be asked about.
    func anticipate(_ units: [InternalUnit])
}

extension UnitReadings {
    package var editsEveryToken: Bool { false }
}

package struct NeuronReadings: UnitReadings {
    package let activations: Tensor
    private let columns = ColumnCache()

    package init(activations: Tensor) { self.activations = activations }

    package func moves(_ steering: Steering, rows: [Int]?) -> ActivationMoves {
        let moves = UnitMoves(steering)
        return ActivationMoves(
            .coordinates(moves.indices), moves.amounts(of: columns.values(of: activations, at: moves.indices, rows)))
    }

    package func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        steering.apply(to: &activations, rows: vectors)
    }

    package func anticipate(_ units: [InternalUnit]) { columns.read(Set(units.map(\.index)), of: activations) }
}
