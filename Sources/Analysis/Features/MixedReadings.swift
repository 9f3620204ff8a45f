import LinearAlgebra

/// Interventions on neurons and on features at once: each kind reads the activations as the model has them, and what the two
/// move is added up.
package struct MixedReadings: UnitReadings {
    private let neurons: any UnitReadings
    private let features: any UnitReadings

    package init(neurons: any UnitReadings, features: any UnitReadings) {
        (self.neurons, self.features) = (neurons, features)
    }

    package var editsEveryToken: Bool { features.editsEveryToken }

    package func moves(_ steering: Steering, rows: [Int]?) throws -> ActivationMoves {
        let own = try neurons.moves(steering.only(.neuron), rows: rows)
        let others = try features.moves(steering.only(.feature), rows: rows)
        let directions = others.directions.rows(width: 0)
        let all = own.directions.rows(width: directions.columns).above(directions)
        var held: Tensor?
        if own.held != nil || others.held != nil {
            held = (own.held ?? Tensor(own.moving.shape)).beside(others.held ?? Tensor(others.moving.shape))
        }
        return ActivationMoves(.vectors(all), (held, own.moving.beside(others.moving)))
    }

    package func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        let before = activations.rows(at: vectors)
        features.apply(steering.only(.feature), to: &activations, rows: vectors)
        var moved = before
        neurons.apply(steering.only(.neuron), to: &moved, rows: Array(vectors.indices))
        let width = before.columns
        activations.withUnsafeMutable { a in
            before.withUnsafe { before in
                moved.withUnsafe { moved in
                    for (place, row) in vectors.enumerated() {
                        for i in 0..<width {
                            a[row * width + i] += moved[place * width + i] - before[place * width + i]
                        }
                    }
                }
            }
        }
    }

    package func anticipate(_ units: [InternalUnit]) {
        neurons.anticipate(units.filter { $0.kind == .neuron })
        features.anticipate(units.filter { $0.kind == .feature })
    }
}

extension Steering {
    /// The same with no other units than those of a kind.
    fileprivate func only(_ kind: UnitKind) -> Steering {
        var result = self
        for place in interventions.indices { result.interventions[place].units.removeAll { $0.kind != kind } }
        return result
    }
}

extension UnitDirections {
    /// As rows of [k, d], d being `width` where neurons are named by their indices alone.
    fileprivate func rows(width: Int) -> Tensor {
        switch self {
        case .vectors(let rows): return rows
        case .coordinates(let indices):
            var rows = Tensor([indices.count, width])
            for (row, index) in indices.enumerated() { rows[row, index] = 1 }
            return rows
        }
    }
}
