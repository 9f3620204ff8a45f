import LinearAlgebra

/// The gradient of a batch, feature by feature: of each feature only the images on which it is active count.
struct AutoencoderGradient: Sendable {
    /// Where each feature's elements begin, and at last where the last one's end.
    private let starts: [Int]
    /// Per element: its row, f and ∂L/∂z, in order of rows.
    private let rows: [Int32]
    private let activations: [Float]
    private let slopes: [Float]
    private let pass: AutoencoderPass
    /// ∂L/∂b_e: one value a feature.
    let encoderBias: [Float]
    /// ∂L/∂b: d values.
    let decoderBias: [Float]

    init(_ pass: AutoencoderPass, _ weights: AutoencoderWeights) {
        self.pass = pass
        let codes = pass.codes
        var starts = [Int](repeating: 0, count: codes.columns + 1)
        for index in codes.indices { starts[Int(index) + 1] += 1 }
        for j in 0..<codes.columns { starts[j + 1] += starts[j] }
        var next = starts
        var rows = [Int32](repeating: 0, count: codes.values.count)
        var (activations, slopes) = (
            [Float](repeating: 0, count: rows.count), [Float](repeating: 0, count: rows.count)
        )
        var bias = [Float](repeating: 0, count: codes.columns)
        for row in 0..<codes.rows {
            for at in codes.range(of: row) {
                let feature = Int(codes.indices[at])
                let place = next[feature]
                next[feature] += 1
                rows[place] = Int32(row)
                activations[place] = codes.values[at]
                slopes[place] = pass.slopes[at]
                bias[feature] += pass.slopes[at]
            }
        }
        self.starts = starts
        self.rows = rows
        self.activations = activations
        self.slopes = slopes
        encoderBias = bias
        decoderBias = Self.decoderBias(pass, weights, encoderBias: bias)
    }

    /// Adds the gradients of row `feature` of W_d and of W_e to two rows of d values.
    func add(_ feature: Int, decoder: UnsafeMutablePointer<Float>, encoder: UnsafeMutablePointer<Float>) {
        let (start, count) = (starts[feature], starts[feature + 1] - starts[feature])
        guard count > 0 else { return }
        let width = pass.inputs.columns
        rows.withUnsafeBufferPointer { rows in
            let rows = rows.baseAddress! + start
            activations.withUnsafeBufferPointer { f in
                pass.errors.withUnsafe {
                    addWeightedRows(
                        of: $0.baseAddress!, columns: width, at: rows, weights: f.baseAddress! + start, count: count,
                        into: decoder)
                }
            }
            slopes.withUnsafeBufferPointer { g in
                pass.inputs.withUnsafe {
                    addWeightedRows(
                        of: $0.baseAddress!, columns: width, at: rows, weights: g.baseAddress! + start, count: count,
                        into: encoder)
                }
            }
        }
    }

    /// ∂L/∂b = Σ_i ∂L/∂x̂_i - Σ_j (∂L/∂b_e)_j W_j: b is added after decoding and taken away before encoding. ê is
    /// without it.
    private static func decoderBias(
        _ pass: AutoencoderPass, _ weights: AutoencoderWeights, encoderBias: [Float]
    ) -> [Float] {
        let width = pass.inputs.columns
        var result = [Float](repeating: 0, count: width)
        pass.errors.withUnsafe { errors in
            for image in 0..<pass.batch {
                for c in 0..<width { result[c] += errors[image * width + c] }
            }
        }
        let active = encoderBias.indices.filter { encoderBias[$0] != 0 }
        let (indices, taken) = (active.map(Int32.init), active.map { -encoderBias[$0] })
        weights.encoder.withUnsafe {
            addWeightedRows(
                of: $0.baseAddress!, columns: width, at: indices, weights: taken, count: active.count, into: &result)
        }
        return result
    }
}

extension AutoencoderWeights {
    /// The gradients of a pass, whole: what training computes feature by feature and never holds.
    package func gradient(_ pass: AutoencoderPass) -> AutoencoderWeights {
        let gradient = AutoencoderGradient(pass, self)
        let width = encoder.columns
        var result = AutoencoderWeights(
            encoder: Tensor(encoder.shape), encoderBias: Tensor(encoderBias.shape, gradient.encoderBias),
            decoder: Tensor(decoder.shape), decoderBias: Tensor(decoderBias.shape, gradient.decoderBias))
        result.decoder.withUnsafeMutable { d in
            result.encoder.withUnsafeMutable { e in
                for feature in 0..<encoderBias.count {
                    gradient.add(
                        feature, decoder: d.baseAddress! + feature * width, encoder: e.baseAddress! + feature * width)
                }
            }
        }
        return result
    }
}
