/// How well a unit stands for one thing, in five figures.
///
/// Clarity, polysemanticity and redundancy follow the idea of Dreyer et al. 2025 (SemanticLens), selectivity that of Morcos
/// et al. 2018; the exact definitions are ours.
package struct UnitQuality: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey {
        case clarity, polysemanticity, redundancy, selectivity, selectiveClass, isDead, explanation
    }

    /// Mean pairwise cosine of the image embeddings of the unit's `topImages` most activating probe images, less the same
    /// over all probe images; of a feature, of those at most that activate it. 0: its images are as mixed as any; larger:
    /// they show one thing.
    package var clarity: Float
    /// The same images' embeddings parted in two by spherical 2-means: 2 s (1 - cos(μ₁, μ₂)), s the smaller part's share and
    /// μ the parts' mean directions. 0: one kind of image; larger: two kinds, far apart and equally many.
    package var polysemanticity: Float
    /// The largest cosine of its embedding with another neuron's or feature's. 1: another says the same.
    package var redundancy: Float
    /// Mean activation along the pole on its best class less that on all other images, in standard deviations; 0 with
    /// fewer than two classes.
    package var selectivity: Float
    /// The class that selectivity is for: the one on which it is most active, centred; nil with fewer than two classes.
    package var selectiveClass: Int?
    /// Whether the activation is the same on every probe image, up to rounding.
    package var isDead: Bool
    /// Its first concept, scored on held-out images; nil where that was not done.
    package var explanation: ScoredExplanation?

    package init(
        clarity: Float, polysemanticity: Float, redundancy: Float, selectivity: Float, selectiveClass: Int?,
        isDead: Bool
    ) {
        self.clarity = clarity
        self.polysemanticity = polysemanticity
        self.redundancy = redundancy
        self.selectivity = selectivity
        self.selectiveClass = selectiveClass
        self.isDead = isDead
    }
}

extension UnitQuality {
    /// Most activating images that clarity and polysemanticity look at.
    static let topImages = 20
}
