import LinearAlgebra

/// How good an encoder is on images it was not trained on. Low loss alone is not the goal: columns of W that mean
/// something are, so description counts as much as retrieval.
package struct AlignmentValidation: Sendable, Hashable, Codable {
    /// L_out + L_in over the held-out images, in training batches.
    package var loss: Float
    /// Share of images whose E_n(a) is nearest to the embedding of the predicted class.
    package var retrieval: Float
    /// Mean over units of the correlation, over classes, between what W_i says of the class, W_i·(c - c̄), and how
    /// the unit's mean activation departs on it, ā_{i,c} - ā_i.
    package var description: Float

    /// What early stopping maximises.
    package var score: Float { (retrieval + description) / 2 }

    init(encoder: NeuronEncoder, data: AlignmentSubset, loss: Float) {
        self.loss = loss
        var hits = 0
        data.forEachBlock { part in
            let encoded = part.activations.times(encoder.weights).normalized()
            let nearest = multiply(encoded, .plain, part.classEmbeddings, .transposed).argmax()
            hits += zip(nearest, part.predictions).count { $0 == $1 }
        }
        retrieval = Float(hits) / Float(max(1, data.images.count))
        description = Self.descriptionAgreement(encoder: encoder, data: data)
    }

    private static func descriptionAgreement(encoder: NeuronEncoder, data: AlignmentSubset) -> Float {
        guard data.seen.count > 2 else { return 0 }
        let said = multiply(encoder.weights, .plain, data.classEmbeddings.rows(at: data.seen), .transposed)
        let correlations = (0..<encoder.count).map { correlation(said.row($0), data.done.row($0)) }
        return correlations.reduce(0, +) / Float(max(1, correlations.count))
    }
}

/// Pearson's correlation; 0 where either side is constant.
func correlation(_ x: [Float], _ y: [Float]) -> Float {
    let (mx, my) = (x.reduce(0, +) / Float(x.count), y.reduce(0, +) / Float(y.count))
    var (xy, xx, yy): (Float, Float, Float) = (0, 0, 0)
    for (a, b) in zip(x, y) {
        xy += (a - mx) * (b - my)
        xx += (a - mx) * (a - mx)
        yy += (b - my) * (b - my)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
}
