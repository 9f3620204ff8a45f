/// A line of the unit list: a unit and what it says at a glance.
package struct UnitSummary: Sendable, Hashable, Codable {
    package var unit: InternalUnit
    /// Its best concept.
    package var concept: RankedConcept
    /// Mean and standard deviation of the activation over the probe images.
    package var mean: Float
    package var deviation: Float
    /// Nil until measured.
    package var quality: UnitQuality?

    package init(
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
package struct Thumbnail: Sendable, Hashable {
    package var width: Int
    package var height: Int
    package var pixels: [UInt8]

    /// - Precondition: three bytes a pixel.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Stands for an image whose file cannot be read (any more): a cross on grey.
    package static let missing: Thumbnail = {
        let edge = 16
        let pixels = (0..<edge * edge).flatMap { place -> [UInt8] in
            let (row, column) = (place / edge, place % edge)
            return Array(repeating: row == column || row + column == edge - 1 ? 160 : 64, count: 3)
        }
        return Thumbnail(width: edge, height: edge, pixels: pixels)
    }()

    package var isMissing: Bool { self == .missing }
}

/// One probe image with a unit's activation on it.
package struct ActivatingImage: Sendable, Hashable {
    /// Its row among the probe images.
    package var image: Int
    /// Its name for people: a file's name, or `train10k #412`.
    package var name: String
    package var predictedClass: String
    /// Its true class; nil where the probe images have no labels.
    package var label: String?
    package var activation: Float
    package var thumbnail: Thumbnail

    /// Whether the model is right; nil where nobody knows.
    package var isRight: Bool? { label.map { $0 == predictedClass } }

    package init(
        image: Int, name: String, predictedClass: String, label: String? = nil, activation: Float, thumbnail: Thumbnail
    ) {
        self.image = image
        self.name = name
        self.predictedClass = predictedClass
        self.label = label
        self.activation = activation
        self.thumbnail = thumbnail
    }
}

/// Counts of activations in equal bins from `lower` to `upper`, the extremes seen.
package struct Histogram: Sendable, Hashable, Codable {
    package var lower: Float
    package var upper: Float
    package var counts: [Int]

    package init(lower: Float, upper: Float, counts: [Int]) {
        self.lower = lower
        self.upper = upper
        self.counts = counts
    }

    /// Counts of `values` in equal bins over their range.
    package init(_ values: [Float], bins: Int) {
        let (lower, upper) = (values.min() ?? 0, values.max() ?? 0)
        var counts = [Int](repeating: 0, count: bins)
        let scale = upper > lower ? Float(bins) / (upper - lower) : 0
        for value in values { counts[min(bins - 1, Int((value - lower) * scale))] += 1 }
        self.init(lower: lower, upper: upper, counts: counts)
    }
}

/// A class and how much one standard deviation of a unit moves its logit against the mean over classes.
package struct ClassEffect: Sendable, Hashable, Codable {
    package var name: String
    package var effect: Float

    package init(name: String, effect: Float) {
        self.name = name
        self.effect = effect
    }
}

/// Everything the explorer shows of one unit.
package struct UnitProfile: Sendable, Hashable {
    package var unit: InternalUnit
    /// Best first.
    package var concepts: [RankedConcept]
    /// Along the pole: most activating first.
    package var mostActivating: [ActivatingImage]
    /// Along the pole: least activating first.
    package var leastActivating: [ActivatingImage]
    /// Of a feature: over the images that activate it.
    package var histogram: Histogram
    /// Strongest push up first; empty where the rest of the network is not linear in the unit.
    package var raises: [ClassEffect]
    /// Strongest push down first.
    package var lowers: [ClassEffect]
    package var mean: Float
    package var deviation: Float
    /// Of a feature only.
    package var feature: FeatureFacts?

    package init(
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
