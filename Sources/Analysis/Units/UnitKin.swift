/// Units that are like one: by what they mean, and by when they are active.
package struct UnitKin: Sendable, Hashable {
    package var unit: InternalUnit
    /// Cosine of the embeddings, the nearest first; the unit itself and its other pole are left out.
    package var nearest: [RankedUnit]
    /// Correlation of the activations along the poles over probe images, the strongest first, whatever its sign.
    package var correlated: [RankedUnit]
    /// Probe images that the correlations are over, and how many there are.
    package var images: Int
    package var imagesInAll: Int

    package init(
        unit: InternalUnit, nearest: [RankedUnit], correlated: [RankedUnit], images: Int, imagesInAll: Int
    ) {
        (self.unit, self.nearest, self.correlated) = (unit, nearest, correlated)
        (self.images, self.imagesInAll) = (images, imagesInAll)
    }
}

/// Two units side by side.
package struct UnitPair: Sendable, Hashable {
    package var first: UnitProfile
    package var second: UnitProfile
    /// Cosine of their embeddings, and correlation of their activations along their poles over so many probe images.
    package var cosine: Float
    package var correlation: Float
    package var images: Int

    package init(first: UnitProfile, second: UnitProfile, cosine: Float, correlation: Float, images: Int) {
        (self.first, self.second) = (first, second)
        (self.cosine, self.correlation, self.images) = (cosine, correlation, images)
    }
}
