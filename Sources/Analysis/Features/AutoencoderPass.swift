import LinearAlgebra

/// The weights of an autoencoder under training, on activations scaled to E|x|² = d.
package struct AutoencoderWeights: Sendable, Equatable {
    /// W_e: [features, d]
    package var encoder: Tensor
    /// b_e: [features]
    package var encoderBias: Tensor
    /// W_d: [features, d], unit rows.
    package var decoder: Tensor
    /// b: [d]
    package var decoderBias: Tensor

    package init(encoder: Tensor, encoderBias: Tensor, decoder: Tensor, decoderBias: Tensor) {
        self.encoder = encoder
        self.encoderBias = encoderBias
        self.decoder = decoder
        self.decoderBias = decoderBias
    }

    /// Unit rows of random directions, the encoder their transpose, b the mean of the data.
    init(features: Int, mean: [Float], random: inout SeededGenerator) {
        decoder = Tensor([features, mean.count], (0..<features * mean.count).map { _ in random.nextNormal() })
            .normalized()
        encoder = decoder
        encoderBias = Tensor([features])
        decoderBias = Tensor([mean.count], mean)
    }
}

/// One batch forward and, as far as it is sparse, backward.
///
/// L = (1/BV) Σ_i (|x_i - x̂_i|² + α |e_i - ê_i|²), with V the variance of the data, e = x - x̂ held fixed, and ê what
/// the k_aux most active dead features make of it (Gao et al. 2024, A.2). Rows 0..<B are the batch; where features are
/// dead, rows B..<2B are the same images seen by those.
package struct AutoencoderPass: Sendable {
    /// f: [B or 2B, features]
    package let codes: SparseRows
    /// ∂L/∂z of each element of `codes`, in its order.
    package let slopes: [Float]
    /// x - b, row for row of `codes`: [B or 2B, d]
    let inputs: Tensor
    /// ∂L/∂x̂, then ∂L/∂ê: likewise.
    let errors: Tensor
    /// Images in the batch.
    package let batch: Int
    /// Mean |x - x̂|² / V: one minus the explained variance of the batch.
    package let loss: Double
    /// Mean α |e - ê|² / V.
    package let auxiliaryLoss: Double

    /// - Parameters:
    ///   - x: scaled activations [B, d].
    ///   - variance: V.
    ///   - dead: the dead features, ascending.
    package init(
        _ weights: AutoencoderWeights, _ x: Tensor, variance: Float, parameters: AutoencoderParameters,
        dead: [Int32] = []
    ) {
        let (images, width) = (x.rows, x.columns)
        batch = images
        var centred = x
        centred.add(bias: Tensor([width], weights.decoderBias.values.map { -$0 }))
        let auxiliaryK = dead.isEmpty ? 0 : min(dead.count, max(parameters.k, width / 2))
        let (main, auxiliary) = Self.select(
            weights, centred, parameters: parameters, dead: dead, auxiliaryK: auxiliaryK)
        codes = auxiliaryK > 0 ? SparseRows(columns: main.columns, joining: [main, auxiliary]) : main
        let rows = codes.rows
        inputs =
            auxiliaryK > 0
            ? Tensor([rows, width], fill: { $0.copyRows(centred, twice: true) }) : centred

        let factor = 2 / (Float(images) * variance)
        let weight = parameters.auxiliaryWeight
        let (codes, target) = (codes, centred)
        var errors = multiply(codes, weights.decoder)
        var slopes = [Float](repeating: 0, count: codes.values.count)
        var sums = [Double](repeating: 0, count: rows)
        errors.withUnsafeMutable { errors in
            slopes.withUnsafeMutableBufferPointer { slopes in
                sums.withUnsafeMutableBufferPointer { sums in
                    nonisolated(unsafe) let (e, slopes, sums) = (errors.baseAddress!, slopes.baseAddress, sums)
                    parallel(blocks(of: images, size: 32)) { part in
                        for image in part {
                            let residual = e + image * width
                            target.withUnsafe { target in
                                for c in 0..<width { residual[c] -= target[image * width + c] }
                            }
                            sums[image] = squaredNorm(residual, width)
                            if rows > images {
                                // e = x - x̂ is the negative of the residual; ê - e = ê + residual.
                                let left = e + (images + image) * width
                                for c in 0..<width { left[c] += residual[c] }
                                sums[images + image] = squaredNorm(left, width)
                                for c in 0..<width { left[c] *= factor * weight }
                            }
                            for c in 0..<width { residual[c] *= factor }
                            for row in rows > images ? [image, images + image] : [image] {
                                let range = codes.range(of: row)
                                guard !range.isEmpty, let slopes else { continue }
                                weights.decoder.withUnsafe { decoder in
                                    codes.indices.withUnsafeBufferPointer { indices in
                                        rowDots(
                                            of: decoder.baseAddress!, columns: width,
                                            at: indices.baseAddress! + range.lowerBound, count: range.count,
                                            with: e + row * width, into: slopes + range.lowerBound)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        self.errors = errors
        self.slopes = slopes
        let norm = Double(images) * Double(variance)
        loss = sums[..<images].reduce(0, +) / norm
        auxiliaryLoss = Double(weight) * sums[images...].reduce(0, +) / norm
    }

    /// The codes of a batch, and those of the dead features.
    private static func select(
        _ weights: AutoencoderWeights, _ centred: Tensor, parameters: AutoencoderParameters, dead: [Int32],
        auxiliaryK: Int
    ) -> (main: SparseRows, auxiliary: SparseRows) {
        let (images, features) = (centred.rows, weights.encoder.rows)
        @Sendable func preActivations(_ rows: Range<Int>) -> Tensor {
            var z = multiply(centred.rows(rows), .plain, weights.encoder, .transposed)
            z.add(bias: weights.encoderBias)
            return z
        }
        let block = max(1, min((images + 1) / 2, (1 << 21) / features))
        let parts = parallelMap(blocks(of: images, size: block)) { part in
            let z = preActivations(part)
            return (
                // Batch top-k needs all of the batch's, of which it keeps k an image on average.
                main: parameters.isBatchTopK ? SparseRows(positive: z) : SparseRows(top: parameters.k, of: z),
                auxiliary: auxiliaryK > 0 ? SparseRows(top: auxiliaryK, of: z, among: dead) : nil
            )
        }
        let main = SparseRows(columns: features, joining: parts.map(\.main))
        return (
            parameters.isBatchTopK ? main.keepingGreatest(parameters.k * images) : main,
            SparseRows(columns: features, joining: parts.compactMap(\.auxiliary))
        )
    }
}

private func squaredNorm(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum: Float = 0
    for i in 0..<count { sum += x[i] * x[i] }
    return Double(sum)
}

extension UnsafeMutableBufferPointer<Float> {
    fileprivate func copyRows(_ source: Tensor, twice: Bool) {
        source.withUnsafe { source in
            for copy in 0..<(twice ? 2 : 1) {
                (baseAddress! + copy * source.count).update(from: source.baseAddress!, count: source.count)
            }
        }
    }
}

extension SparseRows {
    /// The k greatest positive elements of each row among some columns, ascending.
    fileprivate init(top k: Int, of z: Tensor, among columns: [Int32]) {
        let (images, width) = (z.rows, z.columns)
        var compact = Tensor([images, columns.count])
        z.withUnsafe { z in
            compact.withUnsafeMutable { compact in
                for row in 0..<images {
                    for (at, column) in columns.enumerated() {
                        compact[row * columns.count + at] = z[row * width + Int(column)]
                    }
                }
            }
        }
        let found = SparseRows(top: k, of: compact)
        self.init(
            columns: width, offsets: found.offsets, indices: found.indices.map { columns[Int($0)] },
            values: found.values)
    }

    /// The `count` greatest elements of all rows; of equal ones the first.
    func keepingGreatest(_ count: Int) -> SparseRows {
        guard count < values.count else { return self }
        var kept = [Int32](repeating: 0, count: count)
        let found = values.withUnsafeBufferPointer {
            topPositive($0.baseAddress!, count: values.count, k: count, into: &kept)
        }
        var offsets = [0]
        var next = 0
        for row in 0..<rows {
            while next < found, Int(kept[next]) < self.offsets[row + 1] { next += 1 }
            offsets.append(next)
        }
        return SparseRows(
            columns: columns, offsets: offsets, indices: kept[..<found].map { indices[Int($0)] },
            values: kept[..<found].map { values[Int($0)] })
    }
}
