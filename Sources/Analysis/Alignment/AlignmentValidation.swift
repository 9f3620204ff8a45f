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

    init(encoder: NeuronEncoder, data: AlignmentData, loss: Float) {
        self.loss = loss
        let encoded = data.activations.times(encoder.weights).normalized()
        let nearest = multiply(encoded, .plain, data.classEmbeddings, .transposed).argmax()
        let hits = zip(nearest, data.predictions).count { $0 == $1 }
        retrieval = Float(hits) / Float(max(1, nearest.count))
        description = Self.descriptionAgreement(encoder: encoder, data: data)
    }

    private static func descriptionAgreement(encoder: NeuronEncoder, data: AlignmentData) -> Float {
        let means = ClassMeans(activations: data.activations, classes: data.predictions, of: data.classEmbeddings.rows)
        let seen = (0..<data.classEmbeddings.rows).filter { means.counts[$0] > 0 }
        guard seen.count > 2 else { return 0 }
        let anchors = data.classEmbeddings.rows(at: seen)
        let said = multiply(encoder.weights, .plain, anchors, .transposed)
        let done = means.means.rows(at: seen).transposed()
        let correlations = (0..<encoder.count).map { correlation(said.row($0), done.row($0)) }
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

/// Mean activation of every unit over the images of each class.
struct ClassMeans {
    /// ā_{i,c}: [classes, units]; zero for a class without images.
    let means: Tensor
    /// Images a class.
    let counts: [Int]

    /// - Parameters:
    ///   - activations: [N, units]
    ///   - classes: a class for each image.
    ///   - count: number of classes.
    init(activations: ActivationRows, classes: [Int], of count: Int) {
        var counts = [Int](repeating: 0, count: count)
        for c in classes { counts[c] += 1 }
        // A one-hot matrix with rows that sum to one makes the means one product.
        var shares = Tensor([classes.count, count])
        shares.withUnsafeMutable { shares in
            for (image, c) in classes.enumerated() { shares[image * count + c] = 1 / Float(counts[c]) }
        }
        means =
            switch activations {
            case .dense(let a): multiply(shares, .transposed, a, .plain)
            case .sparse: activations.transposedTimes(shares).transposed()
            }
        self.counts = counts
    }
}
