/// How a k-sparse autoencoder is trained (Gao et al. 2024).
public struct AutoencoderParameters: Sendable, Hashable, Codable {
    /// Number of features.
    public var features: Int
    /// Features active on an image; with batch top-k, on average.
    public var k: Int
    /// Whether the k x batch greatest activations of a batch are kept, rather than k of each image (Bussmann et al. 2024).
    public var isBatchTopK = false
    /// Steps of Adam.
    public var steps: Int
    /// Images a step.
    public var batch = 256
    /// Learning rate, decayed to zero over the last fifth of the steps.
    public var rate: Float = 5e-4
    /// Weight α of the auxiliary loss, in which dead features model what the others leave over. Gao et al. take 1/32, of a
    /// loss relative to what is left over; ours is relative to the data. On the bundled study (k = 16, 8x, four seeds)
    /// 1/32 leaves 4 to 8 % of the features dead, 1/4 leaves 2 to 3 % at the same explained variance.
    public var auxiliaryWeight: Float = 1 / 4
    /// Images without being active after which a feature counts as dead in training.
    public var deadAfter = 10_000
    public var seed: UInt64 = 0

    public init(features: Int, k: Int, steps: Int) {
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
public struct AutoencoderQuality: Sendable, Hashable, Codable {
    /// 1 - Σ|a - â|² / Σ|a - ā|², over all images.
    public var explainedVariance: Double
    /// Mean number of active features.
    public var l0: Double
    /// Share of features that are active on none of the images.
    public var deadShare: Double

    public init(explainedVariance: Double, l0: Double, deadShare: Double) {
        self.explainedVariance = explainedVariance
        self.l0 = l0
        self.deadShare = deadShare
    }
}
