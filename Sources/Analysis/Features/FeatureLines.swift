import LinearAlgebra

/// Interventions on features where the rest of the network is linear: a' = a + s Σ_j (f̃_j - f_j) d_j, with a's own
/// reconstruction error kept and s the scale that a normalisation took away. Logits are exact lines in β.
public struct FeatureLines: Sendable {
    /// f of the images counted on: [N, features]
    private let codes: SparseRows
    /// s of each image.
    private let scales: [Float]
    /// V d_j: [features, classes], what one unit of each feature adds to the logits.
    public let effects: Tensor
    /// V a + b, as the model gives it: [N, classes]
    private let logits: Tensor
    private let labels: [Int]

    /// - Parameters:
    ///   - activations: a: [N, d].
    ///   - logits: of the model: [N, classes]
    public init(
        _ autoencoder: SparseAutoencoder, activations: Tensor, logits: Tensor, remainder: LinearRemainder,
        labels: [Int]
    ) {
        codes = autoencoder.encode(activations)
        scales = autoencoder.outputScales(of: activations)
        effects = multiply(autoencoder.decoder, .plain, remainder.weights, .transposed)
        self.logits = remainder.values(activations, logits: logits)
        self.labels = labels
    }

    /// The logits of every image, or of some, as lines in the β of the moving intervention.
    public func lines(_ steering: Steering, images: [Int]? = nil) -> ClassLines {
        let moves = UnitMoves(steering)
        let all = codes.columns(at: moves.indices)
        let scales = images.map { $0.map { self.scales[$0] } } ?? self.scales
        let (held, moving) = moves.amounts(of: images.map(all.rows) ?? all)
        return ClassLines(
            base: images.map(logits.rows) ?? logits, weights: effects.rows(at: moves.indices),
            held: held.scaled(rows: scales), moving: moving.scaled(rows: scales),
            labels: images.map { $0.map { labels[$0] } } ?? labels, origin: steering.active.operator.identity)
    }

    /// How much one standard deviation of a feature moves each class's logit against the mean over classes.
    public func effects(of feature: Int, deviation: Float) -> [Float] {
        let row = effects.row(feature).map { $0 * deviation }
        let mean = row.reduce(0, +) / Float(max(1, row.count))
        return row.map { $0 - mean }
    }
}

extension SparseAutoencoder {
    /// Applies interventions on features to activation vectors, in place, the reconstruction error kept; `vectors` names
    /// the rows of a [rows, d] matrix they act on.
    public func apply(_ steering: Steering, to activations: inout Tensor, rows vectors: [Int]) {
        let before = activations.rows(at: vectors)
        let moves = UnitMoves(steering)
        guard !moves.indices.isEmpty, !vectors.isEmpty else { return }
        let (held, moving) = moves.amounts(of: encode(before).columns(at: moves.indices))
        let step = Float(steering.active.beta - steering.active.operator.identity)
        var amounts = held
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
