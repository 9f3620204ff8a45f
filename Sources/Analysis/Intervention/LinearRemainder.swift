import LinearAlgebra

/// The rest of a network that is linear in the units: logits = V a + b.
public struct LinearRemainder: Sendable, Equatable {
    /// V: [classes, units]
    public let weights: Tensor
    /// b: one value a class.
    public let bias: [Float]

    public init(weights: Tensor, bias: [Float]) {
        precondition(weights.rows == bias.count)
        self.weights = weights
        self.bias = bias
    }

    /// logits of activations [N, units]: [N, classes]
    public func logits(_ activations: Tensor) -> Tensor {
        var result = multiply(activations, .plain, weights, .transposed)
        result.add(bias: Tensor([bias.count], bias))
        return result
    }

    /// The logits of every image as lines in β, for one operator on one unit set.
    ///
    /// Scaling: V a + b + (β - 1) Σ_i a_i V_i. Adding: V a + b + β Σ_i ±V_i. A neuron named by both poles counts once
    /// for scaling; for adding its two shifts cancel.
    public func lines(
        activations: Tensor, labels: [Int], units: [InternalUnit], operator: Operator
    ) -> ClassLines {
        let base = logits(activations)
        switch `operator` {
        case .scaling:
            let indices = Array(Set(units.map(\.index))).sorted()
            let slopes = multiply(activations.columns(at: indices), .plain, weights.columns(at: indices), .transposed)
            var intercepts = base
            intercepts.withUnsafeMutable { p in slopes.withUnsafe { q in for i in p.indices { p[i] -= q[i] } } }
            return ClassLines(intercepts: intercepts, slopes: slopes, labels: labels)
        case .adding:
            let direction = (0..<weights.rows).map { c in
                units.reduce(Float(0)) { $0 + ($1.pole?.sign ?? 1) * weights[c, $1.index] }
            }
            var slopes = Tensor(base.shape)
            slopes.add(bias: Tensor([direction.count], direction))
            return ClassLines(intercepts: base, slopes: slopes, labels: labels)
        }
    }

    /// How much one standard deviation of a unit, along its pole, moves each class's logit against the mean over
    /// classes: one value a class.
    public func effects(of unit: InternalUnit, deviation: Float) -> [Float] {
        let column = (0..<weights.rows).map { weights[$0, unit.index] * deviation * (unit.pole?.sign ?? 1) }
        let mean = column.reduce(0, +) / Float(max(1, column.count))
        return column.map { $0 - mean }
    }
}

extension Intervention {
    /// Applies the intervention to activation vectors, in place; `vectors` names the rows of a [rows, units] matrix it
    /// acts on.
    public func apply(to activations: inout Tensor, rows vectors: some Sequence<Int>) {
        let columns = activations.columns
        let scaled = Set(units.map(\.index))
        activations.withUnsafeMutable { a in
            for row in vectors {
                switch `operator` {
                case .scaling: for index in scaled { a[row * columns + index] *= Float(beta) }
                case .adding:
                    for unit in units { a[row * columns + unit.index] += Float(beta) * (unit.pole?.sign ?? 1) }
                }
            }
        }
    }
}
