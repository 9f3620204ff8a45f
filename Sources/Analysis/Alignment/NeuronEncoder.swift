import Foundation
import LinearAlgebra

/// E_n: the linear map from activations of the target layer into the concept space, E_n(a) = aᵀ W, without bias.
///
/// Linear without bias, the embedding of one unit and of the full vector agree: E_n(a) = Σ_i E_n(a_i e_i). The
/// direction of neuron i is ±W_i, by the sign of its activation (its pole).
package struct NeuronEncoder: Sendable, Equatable {
    package let layer: String
    /// W: [units, d], on activations as the model gives them (any scaling is folded in).
    package let weights: Tensor
    /// Whether units have two poles.
    package let isSigned: Bool

    package init(layer: String, weights: Tensor, isSigned: Bool) {
        self.layer = layer
        self.weights = weights
        self.isSigned = isSigned
    }

    /// Number of neurons.
    package var count: Int { weights.rows }

    /// All units in order: both poles of every neuron of a signed layer, else every neuron.
    package var units: [InternalUnit] {
        (0..<count).flatMap { index -> [InternalUnit] in
            isSigned
                ? Pole.allCases.map { InternalUnit(layer: layer, index: index, pole: $0) }
                : [InternalUnit(layer: layer, index: index)]
        }
    }

    /// u of each of `units` on the unit sphere: [units.count, d].
    package func embeddings(of units: [InternalUnit]) -> Tensor {
        var result = weights.rows(at: units.map(\.index))
        let columns = result.columns
        result.withUnsafeMutable { values in
            for (row, unit) in units.enumerated() where unit.pole == .negative {
                for column in 0..<columns { values[row * columns + column].negate() }
            }
        }
        return result.normalized()
    }

    /// E_n of activation vectors [N, units]: [N, d], not normalised.
    package func encode(_ activations: Tensor) -> Tensor { multiply(activations, .plain, weights) }
}
