import LinearAlgebra

/// Interventions on features: a' = a + s Σ_j (f̃_j - f_j) d_j, with a's own reconstruction error kept and s the scale
/// that a normalisation took away.
///
/// Of an autoencoder of tokens the same is done at every token t of the image, with its own f_tj and s_t, whatever the layer's
/// pooling: scaling takes f̃_tj = β f_tj, adding f̃_tj = f_tj + β at each, active or not.
struct FeatureReadings: UnitReadings {
    private let autoencoder: SparseAutoencoder
    /// f: [N, features]
    private let codes: Once<SparseRows>
    /// s of each vector.
    private let scales: Once<[Float]>

    init(autoencoder: SparseAutoencoder, activations: Tensor) {
        self.autoencoder = autoencoder
        codes = Once { autoencoder.encode(activations) }
        scales = Once { autoencoder.outputScales(of: activations) }
    }

    var editsEveryToken: Bool { autoencoder.pooling != nil }

    func moves(_ steering: Steering, rows: [Int]?) throws -> ActivationMoves {
        let moves = UnitMoves(steering)
        let all = try codes.value.columns(at: moves.indices)
        let scales = try scales.value
        let own = rows.map { $0.map { scales[$0] } } ?? scales
        let (held, moving) = moves.amounts(of: rows.map(all.rows) ?? all)
        return ActivationMoves(
            .vectors(autoencoder.decoder.rows(at: moves.indices)), (held?.scaled(rows: own), moving.scaled(rows: own)))
    }

    /// The codes are held as they are; nothing is read beforehand.
    func anticipate(_ units: [InternalUnit]) {}

    func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        autoencoder.apply(steering, to: &activations, rows: vectors)
    }
}

extension SparseAutoencoder {
    /// Applies interventions on features to activation vectors, in place, the reconstruction error kept; `vectors` names
    /// the rows of a [rows, d] matrix they act on.
    package func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        let before = activations.rows(at: vectors)
        let moves = UnitMoves(steering)
        guard !moves.indices.isEmpty, !vectors.isEmpty else { return }
        let (held, moving) = moves.amounts(of: encode(before).columns(at: moves.indices))
        let step = Float(steering.active.beta - steering.active.operator.identity)
        var amounts = held ?? Tensor(moving.shape)
        amounts.withUnsafeMutable { amounts in
            moving.withUnsafe { moving in for i in amounts.indices { amounts[i] += step * moving[i] } }
        }
        let change = multiply(
            amounts.scaled(rows: outputScales(of: before)), .plain, decoder.rows(at: moves.indices), .plain)
        let width = width
        activations.withUnsafeMutable { a in
            change.withUnsafe { change in
                for (position, row) in vectors.enumerated() {
                    for i in 0..<width { a[row * width + i] += change[position * width + i] }
                }
            }
        }
    }
}

extension SparseRows {
    /// Some columns, whole: [rows, indices.count]
    fileprivate func columns(at wanted: [Int]) -> Tensor {
        var place = [Int](repeating: -1, count: columns)
        for (position, column) in wanted.enumerated() { place[column] = position }
        var result = Tensor([rows, wanted.count])
        result.withUnsafeMutable { target in
            for row in 0..<rows {
                for at in range(of: row) where place[Int(indices[at])] >= 0 {
                    target[row * wanted.count + place[Int(indices[at])]] = values[at]
                }
            }
        }
        return result
    }
}
