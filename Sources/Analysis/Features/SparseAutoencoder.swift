import Foundation
import LinearAlgebra

/// A sparse autoencoder of a layer: f = σ(W_e (x - b) + b_e), x̂ = W_dᵀ f + b, with x the activations, normalised.
///
/// Feature j is row j of the encoder and of the decoder; its activation f_j is never negative. The decoder's rows are
/// directions in activation space: d_j is what feature j adds.
package struct SparseAutoencoder: Sendable, Equatable {
    /// Which features are active, and how strongly.
    package enum Activation: Sendable, Hashable {
        /// max(0, z)
        case relu
        /// The k greatest z of an image that are positive; of equals the lower index (Gao et al. 2024).
        case topK(Int)
        /// z where z > θ_j and z > 0 (Rajamanoharan et al. 2024); one threshold a feature.
        case jumpReLU(thresholds: [Float])
        /// max(0, e^{r_j} W_j x + m_j) where the gate W_j x + b_e is positive (Rajamanoharan et al. 2024).
        case gated(logScales: [Float], magnitudeBias: [Float])
    }

    /// What is done to an image's activations a before encoding, and undone after decoding.
    package enum Normalization: String, Sendable, Hashable, Codable {
        case none
        /// x = (a - μ) / (s + 1e-5), â = x̂ s + μ: mean and unbiased standard deviation of the image's own activations.
        case layerNorm
        /// x = a √d / |a|, â = x̂ |a| / √d.
        case constantNorm
    }

    /// The hook point it was trained on.
    package let layer: String
    /// W_e: [features, d]
    package let encoder: Tensor
    /// b_e: one value a feature.
    package let encoderBias: [Float]
    /// W_d: [features, d], row j the direction of feature j.
    package let decoder: Tensor
    /// b: d values.
    package let decoderBias: [Float]
    package let activation: Activation
    package let normalization: Normalization
    /// Whether b is taken from the input before encoding.
    package let subtractsDecoderBias: Bool
    /// Of an autoencoder of tokens, how the codes of an image's tokens become the image's; nil where it encodes the one vector
    /// that the layer's pooling makes of an image.
    package let pooling: CodePooling?

    package init(
        layer: String, encoder: Tensor, encoderBias: [Float], decoder: Tensor, decoderBias: [Float],
        activation: Activation, normalization: Normalization = .none, subtractsDecoderBias: Bool = true,
        pooling: CodePooling? = nil
    ) {
        precondition(encoder.shape == decoder.shape && encoder.shape.count == 2)
        precondition(encoderBias.count == encoder.rows && decoderBias.count == encoder.columns)
        switch activation {
        case .relu: break
        case .topK(let k): precondition(k > 0)
        case .jumpReLU(let thresholds): precondition(thresholds.count == encoder.rows)
        case .gated(let scales, let bias): precondition(scales.count == encoder.rows && bias.count == encoder.rows)
        }
        self.layer = layer
        self.encoder = encoder
        self.encoderBias = encoderBias
        self.decoder = decoder
        self.decoderBias = decoderBias
        self.activation = activation
        self.normalization = normalization
        self.subtractsDecoderBias = subtractsDecoderBias
        self.pooling = pooling
    }

    /// Number of features.
    package var count: Int { encoder.rows }

    /// d, the units of the layer.
    package var width: Int { encoder.columns }
}

extension SparseAutoencoder {
    /// f of activations [N, d]: [N, features]. Memory beside the result is a few rows a core.
    package func encode(_ activations: Tensor) -> SparseRows { encode(activations, checkCancellation: {}) }

    /// The same.
    ///
    /// - Parameter checkCancellation: asked every few milliseconds.
    package func encode(_ activations: Tensor, checkCancellation: () throws -> Void) rethrows -> SparseRows {
        precondition(activations.columns == width, "activations of \(activations.columns) for a width of \(width)")
        let images = activations.rows
        let block = max(1, min(128, (1 << 21) / max(1, count)))
        let parts = try blocks(of: images, size: block * cores).flatMap { round in
            try checkCancellation()
            return parallelMap(blocks(of: round, size: block)) { encodeBlock(activations.rows($0)) }
        }
        return SparseRows(columns: count, joining: parts)
    }

    /// x̂, un-normalised: [N, d]. `activations` give the scale that a normalisation took away.
    package func decode(_ codes: SparseRows, of activations: Tensor) -> Tensor {
        var result = multiply(codes, decoder)
        result.add(bias: Tensor([width], decoderBias))
        guard normalization != .none else { return result }
        let frames = frames(of: activations)
        let width = width
        result.withUnsafeMutable { x in
            for (row, frame) in frames.enumerated() {
                for i in row * width..<(row + 1) * width { x[i] = x[i] * frame.scale + frame.mean }
            }
        }
        return result
    }

    /// How far feature activations reach in activation space, one factor an image: changing f_j by one moves a by the
    /// image's factor times d_j. All 1 without normalisation.
    package func outputScales(of activations: Tensor) -> [Float] {
        normalization == .none
            ? Array(repeating: 1, count: activations.rows) : frames(of: activations).map(\.scale)
    }

    private func encodeBlock(_ activations: Tensor) -> SparseRows {
        var x = activations
        if normalization != .none { normalize(&x) }
        if subtractsDecoderBias { x.add(bias: Tensor([width], decoderBias.map { -$0 })) }
        var z = multiply(x, .plain, encoder, .transposed)
        if case .gated(let logScales, let magnitudeBias) = activation {
            z.gate(bias: encoderBias, scales: logScales.map { exp($0) }, magnitudeBias: magnitudeBias)
            return SparseRows(positive: z)
        }
        z.add(bias: Tensor([count], encoderBias))
        switch activation {
        case .topK(let k): return SparseRows(top: k, of: z)
        case .jumpReLU(let thresholds): return SparseRows(positive: z, above: thresholds)
        case .relu, .gated: return SparseRows(positive: z)
        }
    }

    private struct Frame {
        var mean: Float
        var scale: Float
    }

    /// What the normalisation takes from each image, to be given back after decoding.
    private func frames(of activations: Tensor) -> [Frame] {
        let width = width
        return activations.withUnsafe { a in
            (0..<activations.rows).map { row in
                let values = a[row * width..<(row + 1) * width]
                guard normalization == .layerNorm else {
                    let norm = values.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
                    return Frame(mean: 0, scale: norm / Float(width).squareRoot())
                }
                let mean = values.reduce(0, +) / Float(width)
                let squares = values.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) }
                return Frame(mean: mean, scale: (squares / Float(max(1, width - 1))).squareRoot())
            }
        }
    }

    private func normalize(_ x: inout Tensor) {
        let frames = frames(of: x)
        let (width, epsilon) = (width, normalization == .layerNorm ? Float(1e-5) : 0)
        x.withUnsafeMutable { x in
            for (row, frame) in frames.enumerated() {
                let divisor = frame.scale + epsilon
                let inverse = divisor > 0 ? 1 / divisor : 0
                for i in row * width..<(row + 1) * width { x[i] = (x[i] - frame.mean) * inverse }
            }
        }
    }
}

extension SparseRows {
    /// The positive elements of each row, where `thresholds` are given those above them only.
    init(positive z: Tensor, above thresholds: [Float]? = nil) {
        var offsets = [0]
        var (indices, values) = ([Int32](), [Float]())
        let width = z.columns
        z.withUnsafe { z in
            for start in stride(from: 0, to: z.count, by: width) {
                for column in 0..<width where z[start + column] > max(0, thresholds?[column] ?? 0) {
                    indices.append(Int32(column))
                    values.append(z[start + column])
                }
                offsets.append(indices.count)
            }
        }
        self.init(columns: width, offsets: offsets, indices: indices, values: values)
    }

    /// The k greatest positive elements of each row.
    init(top k: Int, of z: Tensor) {
        let width = z.columns
        var offsets = [0]
        var (indices, values) = ([Int32](), [Float]())
        indices.reserveCapacity(z.rows * k)
        values.reserveCapacity(z.rows * k)
        var found = [Int32](repeating: 0, count: min(k, width))
        z.withUnsafe { z in
            for start in stride(from: 0, to: z.count, by: width) {
                let count = topPositive(z.baseAddress! + start, count: width, k: k, into: &found)
                for index in found[..<count] {
                    indices.append(index)
                    values.append(z[start + Int(index)])
                }
                offsets.append(indices.count)
            }
        }
        self.init(columns: width, offsets: offsets, indices: indices, values: values)
    }
}

extension Tensor {
    /// Each row of W x becomes the magnitudes of a gated autoencoder, 0 where the gate is shut.
    fileprivate mutating func gate(bias: [Float], scales: [Float], magnitudeBias: [Float]) {
        let width = columns
        withUnsafeMutable { z in
            for start in stride(from: 0, to: z.count, by: width) {
                for j in 0..<width {
                    let value = z[start + j]
                    z[start + j] = value + bias[j] > 0 ? max(0, value * scales[j] + magnitudeBias[j]) : 0
                }
            }
        }
    }
}
