import LinearAlgebra

/// Interventions that act one after the other, one of them under the user's hand.
///
/// Each takes the activations as the one before left them: scalings of one unit multiply, shifts add. Neurons and features do
/// not see each other: both are read off the activations as the model has them (`MixedReadings`).
package struct Steering: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case interventions, moving }

    /// In the order they act; muted ones are left out.
    package var interventions: [Intervention]
    /// Which of them moves along its line while the others hold.
    package var moving: Int

    /// - Precondition: `moving` names one of the interventions.
    package init(_ interventions: [Intervention], moving: Int) {
        precondition(interventions.indices.contains(moving))
        self.interventions = interventions
        self.moving = moving
    }

    package init(_ intervention: Intervention) { self.init([intervention], moving: 0) }

    /// Changes nothing.
    package static let nothing = Steering(Intervention(units: [], operator: .scaling, beta: 1))

    package var active: Intervention {
        get { interventions[moving] }
        set { interventions[moving] = newValue }
    }

    /// The same with the moving intervention at another β.
    package func at(_ beta: Double) -> Steering {
        var result = self
        result.active.beta = beta
        return result
    }

    /// The same for every β of the moving intervention: what a curve is computed for.
    package var curveSubject: Steering { at(active.operator.identity) }

    /// How far the moving β is from changing nothing.
    var step: Double { active.beta - active.operator.identity }

    /// What the interventions act on; neurons where they act on nothing.
    package var unitKinds: Set<UnitKind> {
        let kinds = Set(interventions.lazy.flatMap(\.units).map(\.kind))
        return kinds.isEmpty ? [.neuron] : kinds
    }

    /// Applies all interventions in order, in place; see `Intervention.apply`.
    package func apply(to activations: inout Tensor, rows: some Collection<Int>) {
        for intervention in interventions { intervention.apply(to: &activations, rows: rows) }
    }
}

/// What interventions do to single units: a_i becomes an affine function of a_i and of the moving β.
///
/// ã_i(β) = a_i + held(a_i) + (β - identity) moving(a_i), where held and moving are affine in a_i.
struct UnitMoves: Sendable {
    /// The units that change, ascending.
    let indices: [Int]
    private let held: [Affine]
    private let moving: [Affine]

    private struct Affine: Sendable {
        var scale = 1.0
        var shift = 0.0

        func callAsFunction(_ a: Double) -> Double { scale * a + shift }
    }

    init(_ steering: Steering) {
        let touched = Set(steering.interventions.flatMap(\.units).map(\.index)).sorted()
        var held: [Affine] = []
        var moving: [Affine] = []
        for index in touched {
            var value = Affine()
            // d ã_i / d β, once the moving intervention has acted.
            var slope = Affine(scale: 0, shift: 0)
            for (position, intervention) in steering.interventions.enumerated() {
                let named = intervention.units.filter { $0.index == index }
                guard !named.isEmpty else { continue }
                let isMoving = position == steering.moving
                switch intervention.operator {
                case .scaling:
                    if isMoving {
                        slope = value
                    } else {
                        value = Affine(scale: value.scale * intervention.beta, shift: value.shift * intervention.beta)
                        slope = Affine(scale: slope.scale * intervention.beta, shift: slope.shift * intervention.beta)
                    }
                case .adding:
                    let sign = named.reduce(0.0) { $0 + Double($1.pole?.sign ?? 1) }
                    if isMoving {
                        slope = Affine(scale: 0, shift: sign)
                    } else {
                        value.shift += sign * intervention.beta
                    }
                }
            }
            held.append(Affine(scale: value.scale - 1, shift: value.shift))
            moving.append(slope)
        }
        indices = touched
        self.held = held
        self.moving = moving
    }

    /// How far each unit of each image moves with the moving β at its identity (nil where nothing holds), and how far for
    /// each step of β: two tensors [images, moved units], from the moved units' activations of that shape.
    func amounts(of values: Tensor) -> (held: Tensor?, moving: Tensor) {
        func mapped(_ maps: [Affine]) -> Tensor {
            let width = maps.count
            return Tensor(values.shape) { target in
                // Each block writes rows of its own.
                nonisolated(unsafe) let target = target
                parallel(blocks(of: values.rows, size: 4096)) { rows in
                    values.withUnsafe { a in
                        for row in rows {
                            for (column, map) in maps.enumerated() {
                                target[row * width + column] = Float(map(Double(a[row * width + column])))
                            }
                        }
                    }
                }
            }
        }
        guard !indices.isEmpty else { return (nil, values) }
        return (held.allSatisfy { $0.scale == 0 && $0.shift == 0 } ? nil : mapped(held), mapped(moving))
    }
}
