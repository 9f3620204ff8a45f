import LinearAlgebra

/// The rest of a network that is linear in the units: logits = V a + b, of cosines over ‖E a‖.
///
/// The length ‖E a‖ of a CLIP's image embedding puts no class before another, so counts over β are those of the lines
/// V ã + b all the same; only the logits themselves are divided by it.
package struct LinearRemainder: Sendable, Equatable {
    /// V: [classes, units]
    package let weights: Tensor
    /// b: one value a class.
    package let bias: [Float]
    /// E: [d, units]; nil where logits are divided by nothing.
    package let embedding: Tensor?

    package init(weights: Tensor, bias: [Float], embedding: Tensor? = nil) {
        precondition(weights.rows == bias.count && (embedding ?? weights).columns == weights.columns)
        self.weights = weights
        self.bias = bias
        self.embedding = embedding
    }

    /// logits of activations [N, units]: [N, classes]
    package func logits(_ activations: Tensor) -> Tensor {
        let values = values(activations)
        return lengths(activations).map(values.divided) ?? values
    }

    /// V a + b: [N, classes]
    private func values(_ activations: Tensor) -> Tensor {
        var result = multiply(activations, .plain, weights, .transposed)
        result.add(bias: Tensor([bias.count], bias))
        return result
    }

    /// ‖E a‖ of each row; nil where there is no embedding. A row without a length is divided by nothing, as the model
    /// leaves it.
    func lengths(_ activations: Tensor) -> [Float]? {
        embedding.map { multiply(activations, .plain, $0, .transposed).norms() }
    }

    /// ‖E a‖ at one activation vector; 1 where there is no embedding.
    package func length(at activations: [Float]) -> Float {
        lengths(Tensor([1, activations.count], activations))?.first ?? 1
    }

    /// The logits of every image as lines in the β of the moving intervention, the others held.
    ///
    /// V ã + b with ã_i(β) = a_i + held_i + (β - identity) moving_i: at the identity, with nothing else on, the lines
    /// are the model's own logits to the last bit (of cosines, times the length of the embedding). A neuron named by both
    /// poles counts once for scaling; for adding its two shifts cancel.
    ///
    /// - Parameters:
    ///   - base: the logits of `activations`, where they are known: [images, classes]
    package func lines(
        activations: Tensor, labels: [Int], steering: Steering, base: Tensor? = nil
    ) -> ClassLines {
        let moves = NeuronReadings(activations: activations).moves(steering, rows: nil)
        var moved = MovedLogits(
            base: base ?? values(activations), weights: weights(along: moves.directions), held: moves.held,
            moving: moves.moving)
        if base != nil { moved.lengths = lengths(activations) }
        moved.leading = LeadingClasses(moved.base, lengths: moved.lengths)
        return ClassLines(moved, labels: labels, origin: steering.active.operator.identity)
    }

    /// What a step along each direction adds to V a + b: [directions, classes]
    func weights(along directions: UnitDirections) -> Tensor {
        switch directions {
        case .coordinates(let units): columns(at: units)
        case .vectors(let vectors): multiply(vectors, .plain, weights, .transposed)
        }
    }

    /// Rows of Vᵀ, one a unit: [units, classes]
    private func columns(at units: [Int]) -> Tensor {
        let (classes, width) = (weights.rows, weights.columns)
        return Tensor([units.count, classes]) { target in
            weights.withUnsafe { v in
                for c in 0..<classes {
                    for (row, unit) in units.enumerated() { target[row * classes + c] = v[c * width + unit] }
                }
            }
        }
    }

    /// How much a step of `length` along a unit's direction and pole moves each class's V a + b against the mean over
    /// classes: one value a class.
    func effects(along direction: UnitDirections, by length: Float, pole: Pole?) -> [Float] {
        let effects = weights(along: direction).values.map { $0 * length * (pole?.sign ?? 1) }
        let mean = effects.reduce(0, +) / Float(max(1, effects.count))
        return effects.map { $0 - mean }
    }
}

extension Intervention {
    /// Applies the intervention to activation vectors, in place; `vectors` names the rows of a [rows, units] matrix it
    /// acts on.
    package func apply(to activations: inout Tensor, rows vectors: some Sequence<Int>) {
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
