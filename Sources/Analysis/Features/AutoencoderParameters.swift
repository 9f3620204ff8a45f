/// Which tokens an autoencoder is trained on.
package struct TokenSampling: Sendable, Hashable, Codable {
    /// Different ones of each image, drawn by the seed from all that the layer has: class token, registers and patches alike.
    package var perImage: Int
    /// How codes of tokens become an image's.
    package var pooling: CodePooling

    package init(perImage: Int, pooling: CodePooling) { (self.perImage, self.pooling) = (perImage, pooling) }
}

/// How a k-sparse autoencoder is trained (Gao et al. 2024).
package struct AutoencoderParameters: Sendable, Hashable, Codable {
    /// Number of features.
    package var features: Int
    /// Features active on an image; with batch top-k, on average.
    package var k: Int
    /// Whether the k x batch greatest activations of a batch are kept, rather than k of each image (Bussmann et al. 2024).
    package var isBatchTopK = false
    /// Steps of Adam.
    package var steps: Int
    /// Images a step.
    package var batch = 256
    /// Learning rate, decayed to zero over the last fifth of the steps.
    package var rate: Float = 5e-4
    /// Weight α of the auxiliary loss, in which dead features model what the others leave over. Gao et al. take 1/32, of a
    /// loss relative to what is left over; ours is relative to the data. On the bundled study (k = 16, 8x, four seeds)
    /// 1/32 leaves 4 to 8 % of the features dead, 1/4 leaves 2 to 3 % at the same explained variance.
    package var auxiliaryWeight: Float = 1 / 4
    /// Images without being active after which a feature counts as dead in training.
    package var deadAfter = 10_000
    package var seed: UInt64 = 0
    /// Nil where it is trained on the images' pooled vectors.
    package var tokens: TokenSampling?

    package init(features: Int, k: Int, steps: Int) {
        self.features = features
        self.k = k
        self.steps = steps
    }

    func rate(at step: Int) -> Float {
        let left = Float(steps - step) / Float(max(1, steps)) * 5
        return rate * min(1, left)
    }
}

/// How well an autoencoder describes some activations.
package struct AutoencoderQuality: Sendable, Hashable, Codable {
    /// 1 - Σ|a - â|² / Σ|a - ā|², over all images.
    package var explainedVariance: Double
    /// Mean number of active features.
    package var l0: Double
    /// Share of features that are active on none of the images.
    package var deadShare: Double

    package init(explainedVariance: Double, l0: Double, deadShare: Double) {
        self.explainedVariance = explainedVariance
        self.l0 = l0
        self.deadShare = deadShare
    }
}
