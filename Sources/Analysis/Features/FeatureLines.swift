import LinearAlgebra

/// Interventions on features where the rest of the network is linear: a' = a + s Σ_j (f̃_j - f_j) d_j, with a's own
/// reconstruction error kept and s the scale that a normalisation took away. Logits are exact lines in β.
public struct FeatureLines: Sendable {
    /// f by feature, over the images counted on: [features, N]
    private let byFeature: SparseRows
    /// s of each image.
    private let scales: [Float]
    /// V d_j: [features, classes], what one unit of each feature adds to the logits.
    public let effects: Tensor
    /// V a + b: [N, classes]
    private let logits: Tensor
    private let labels: [Int]

    /// - Parameters:
    ///   - codes: f of the images: [N, features].
    ///   - activations: a: [N, d].
    public init(
        _ autoencoder: SparseAutoencoder, codes: SparseRows, activations: Tensor, remainder: LinearRemainder,
        labels: [Int]
    ) {
        byFeature = codes.transposed()
        scales = autoencoder.outputScales(of: activations)
        effects = multiply(autoencoder.decoder, .plain, remainder.weights, .transposed)
        logits = remainder.logits(activations)
        self.labels = labels
    }

    /// Scaling: p = V a + b - q, q = s Σ f_j V d_j. Adding: p = V a + b, q = s Σ V d_j.
    public func lines(units: [InternalUnit], operator: Operator) -> ClassLines {
        let classes = effects.columns
        var slopes = Tensor(logits.shape)
        let features = Set(units.map(\.index)).sorted()
        slopes.withUnsafeMutable { q in
            effects.withUnsafe { v in
                for feature in features {
                    func add(_ image: Int, _ amount: Float) {
                        for c in 0..<classes { q[image * classes + c] += amount * v[feature * classes + c] }
                    }
                    switch `operator` {
                    case .scaling:
                        for at in byFeature.range(of: feature) {
                            let image = Int(byFeature.indices[at])
                            add(image, scales[image] * byFeature.values[at])
                        }
                    case .adding: for image in labels.indices { add(image, scales[image]) }
                    }
                }
            }
        }
        guard `operator` == .scaling else { return ClassLines(intercepts: logits, slopes: slopes, labels: labels) }
        var intercepts = logits
        intercepts.withUnsafeMutable { p in slopes.withUnsafe { q in for i in p.indices { p[i] -= q[i] } } }
        return ClassLines(intercepts: intercepts, slopes: slopes, labels: labels)
    }

    /// How much one standard deviation of a feature moves each class's logit against the mean over classes.
    public func effects(of feature: Int, deviation: Float) -> [Float] {
        let row = effects.row(feature).map { $0 * deviation }
        let mean = row.reduce(0, +) / Float(max(1, row.count))
        return row.map { $0 - mean }
    }
}

extension SparseAutoencoder {
    /// Applies an intervention on features to activation vectors, in place, the reconstruction error kept; `vectors`
    /// names the rows of a [rows, d] matrix it acts on.
    public func apply(_ intervention: Intervention, to activations: inout Tensor, rows vectors: [Int]) {
        let chosen = Set(intervention.units.map { Int32($0.index) })
        let beta = Float(intervention.beta)
        let before = activations.rows(at: vectors)
        let codes = encode(before)
        let scales = outputScales(of: before)
        let shift = Array(chosen.sorted())
        let width = width
        activations.withUnsafeMutable { a in
            decoder.withUnsafe { decoder in
                for (position, row) in vectors.enumerated() {
                    var (indices, weights) = ([Int32](), [Float]())
                    switch intervention.operator {
                    case .scaling:
                        for at in codes.range(of: position) where chosen.contains(codes.indices[at]) {
                            indices.append(codes.indices[at])
                            weights.append((beta - 1) * codes.values[at] * scales[position])
                        }
                    case .adding:
                        indices = shift
                        weights = Array(repeating: beta * scales[position], count: shift.count)
                    }
                    guard !indices.isEmpty else { continue }
                    addWeightedRows(
                        of: decoder.baseAddress!, columns: width, at: indices, weights: weights, count: indices.count,
                        into: a.baseAddress! + row * width)
                }
            }
        }
    }
}
