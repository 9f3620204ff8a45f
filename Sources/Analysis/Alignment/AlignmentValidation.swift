import LinearAlgebra

/// How good an encoder is on images it was not trained on. Low loss alone is not the goal: columns of W that mean
/// something are, so description counts as much as retrieval. Neither looks at how units are ranked, lest training stop
/// where one ranking is at its best.
package struct AlignmentValidation: Sendable, Hashable, Codable {
    /// L_out + L_in over the held-out images, in training batches.
    package var loss: Float
    /// Share of images whose E_n(a) is nearest to the embedding of the predicted class.
    package var retrieval: Float
    /// Mean over poles of the correlation of activation and similarity to the class name that describes it best.
    package var description: Float

    /// What early stopping maximises.
    package var score: Float { (retrieval + description) / 2 }

    init(encoder: NeuronEncoder, data: AlignmentData, descriptions: DescriptionScore, loss: Float) {
        self.loss = loss
        let encoded = data.activations.times(encoder.weights).normalized()
        let nearest = multiply(encoded, .plain, data.classEmbeddings, .transposed).argmax()
        let hits = zip(nearest, data.predictions).count { $0 == $1 }
        retrieval = Float(hits) / Float(max(1, nearest.count))
        description = descriptions.mean(of: encoder.weights, isSigned: encoder.isSigned)
    }
}

/// Pearson's correlation; 0 where either side is constant.
package func correlation(_ x: [Float], _ y: [Float]) -> Float {
    let count = Double(max(1, x.count))
    let (mx, my) = (x.reduce(0.0) { $0 + Double($1) } / count, y.reduce(0.0) { $0 + Double($1) } / count)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
        let (dx, dy) = (Double(a) - mx, Double(b) - my)
        (xy, xx, yy) = (xy + dx * dy, xx + dx * dx, yy + dy * dy)
    }
    return xx > 0 && yy > 0 ? Float(xy / (xx * yy).squareRoot()) : 0
}
