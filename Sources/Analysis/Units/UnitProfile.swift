/// A line of the unit list: a unit and what it says at a glance.
public struct UnitSummary: Sendable, Hashable, Codable {
    public var unit: InternalUnit
    /// Its best concept.
    public var concept: RankedConcept
    /// Mean and standard deviation of the activation over the probe images.
    public var mean: Float
    public var deviation: Float
    /// Nil until measured.
    public var quality: UnitQuality?

    public init(
        unit: InternalUnit, concept: RankedConcept, mean: Float, deviation: Float, quality: UnitQuality? = nil
    ) {
        self.quality = quality
        self.unit = unit
        self.concept = concept
        self.mean = mean
        self.deviation = deviation
    }
}

/// A small picture for the terminal: `width` x `height` pixels of 8-bit RGB, row by row.
public struct Thumbnail: Sendable, Hashable {
    public var width: Int
    public var height: Int
    public var pixels: [UInt8]

    /// - Precondition: three bytes a pixel.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3)
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}

/// One probe image with a unit's activation on it.
public struct ActivatingImage: Sendable, Hashable {
    /// Its name for people: a file's name, or `train10k #412`.
    public var name: String
    public var predictedClass: String
    public var activation: Float
    public var thumbnail: Thumbnail

    public init(name: String, predictedClass: String, activation: Float, thumbnail: Thumbnail) {
        self.name = name
        self.predictedClass = predictedClass
        self.activation = activation
        self.thumbnail = thumbnail
    }
}

/// Counts of activations in equal bins from `lower` to `upper`, the extremes seen.
public struct Histogram: Sendable, Hashable, Codable {
    public var lower: Float
    public var upper: Float
    public var counts: [Int]

    public init(lower: Float, upper: Float, counts: [Int]) {
        self.lower = lower
        self.upper = upper
        self.counts = counts
    }

    /// Counts of `values` in equal bins over their range.
    public init(_ values: [Float], bins: Int) {
        let (lower, upper) = (values.min() ?? 0, values.max() ?? 0)
        var counts = [Int](repeating: 0, count: bins)
        let scale = upper > lower ? Float(bins) / (upper - lower) : 0
        for value in values { counts[min(bins - 1, Int((value - lower) * scale))] += 1 }
        self.init(lower: lower, upper: upper, counts: counts)
    }
}

/// A class and how much one standard deviation of a unit moves its logit against the mean over classes.
public struct ClassEffect: Sendable, Hashable, Codable {
    public var name: String
    public var effect: Float

    public init(name: String, effect: Float) {
        self.name = name
        self.effect = effect
    }
}

/// Everything the explorer shows of one unit.
public struct UnitProfile: Sendable, Hashable {
    public var unit: InternalUnit
    /// Best first.
    public var concepts: [RankedConcept]
    /// Along the pole: most activating first.
    public var mostActivating: [ActivatingImage]
    /// Along the pole: least activating first.
    public var leastActivating: [ActivatingImage]
    /// Of a feature: over the images that activate it.
    public var histogram: Histogram
    /// Strongest push up first; empty where the rest of the network is not linear in the unit.
    public var raises: [ClassEffect]
    /// Strongest push down first.
    public var lowers: [ClassEffect]
    public var mean: Float
    public var deviation: Float
    /// Of a feature only.
    public var feature: FeatureFacts?

    public init(
        unit: InternalUnit, concepts: [RankedConcept], mostActivating: [ActivatingImage],
        leastActivating: [ActivatingImage], histogram: Histogram, raises: [ClassEffect], lowers: [ClassEffect],
        mean: Float, deviation: Float
    ) {
        self.unit = unit
        self.concepts = concepts
        self.mostActivating = mostActivating
        self.leastActivating = leastActivating
        self.histogram = histogram
        self.raises = raises
        self.lowers = lowers
        self.mean = mean
        self.deviation = deviation
    }
}
