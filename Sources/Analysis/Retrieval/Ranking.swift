/// How units are ranked for a concept. Another case needs its score in `NeuronSpace` and `FeatureSpace`, and its words here.
package enum Ranking: String, Sendable, Hashable, Codable, CaseIterable {
    /// Mean over the concept's images of a_i W_i·(c - Σ_k p_k c_k), with p the model's own probabilities.
    case rivals
    /// (W_i·(c - c̄)) (ā_{i,c} - ā_i), concepts and class means centred; a one-sided unit counts where it is more active on
    /// the concept than usual.
    case contribution
    /// cos(u_i, c), as the paper writes it.
    case cosine
    /// Mean over the concept's images of a_i ∂ log p_c/∂a_i (gradient times activation, attribution patching).
    case attribution
}

extension Ranking {
    /// What measures best of those that need no gradients (docs/method.md).
    package static let standard = rivals

    /// As it stands at the head of a list.
    package var name: String { rawValue }

    /// As it stands in a sentence: "units by …".
    package var title: String {
        switch self {
        case .rivals: "contribution against rivals"
        case .contribution: "contribution"
        case .cosine: "cosine"
        case .attribution: "attribution"
        }
    }

    /// What it goes by and whose it is, in one line.
    package var explanation: String {
        switch self {
        case .rivals: "what a unit says of the concept against the classes the model takes its images for (ours)"
        case .contribution: "what a unit says of the concept, times how its activation departs on it (ours)"
        case .cosine: "how near a unit's embedding lies to the concept's (the paper's)"
        case .attribution:
            "gradient of the class's log-probability times activation (not MICLIP's); else the nearest class's"
        }
    }
}

/// A unit with its score for some concept; larger is closer.
package struct RankedUnit: Sendable, Hashable, Codable {
    package var unit: InternalUnit
    package var score: Float

    package init(unit: InternalUnit, score: Float) {
        self.unit = unit
        self.score = score
    }
}

/// A concept with its score for some unit: the cosine of their embeddings.
package struct RankedConcept: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case concept, score }

    package var concept: String
    package var score: Float

    package init(concept: String, score: Float) {
        self.concept = concept
        self.score = score
    }
}

/// The class whose accuracy an intervention on a concept is read on.
package struct ConceptClass: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case index, name, origin }

    /// How the class was chosen.
    package enum Origin: String, Sendable, Hashable, Codable {
        /// The concept is the class's name, but for case.
        case name
        /// The class name nearest in the concept space.
        case nearest
        /// The user said so.
        case chosen
    }

    package var index: Int
    package var name: String
    package var origin: Origin

    package init(index: Int, name: String, origin: Origin) {
        self.index = index
        self.name = name
        self.origin = origin
    }
}

/// The concept of the concept set nearest to words that are not in it.
package struct NearestConcept: Sendable, Hashable, Codable {
    package var concept: String
    /// Cosine.
    package var score: Float
    /// Whether it is further than nineteen in twenty of the set's concepts are from their own nearest neighbours: then the
    /// words may mean nothing to the text encoder, and any answer is as good as another.
    package var isFar: Bool

    package init(concept: String, score: Float, isFar: Bool) {
        self.concept = concept
        self.score = score
        self.isFar = isFar
    }
}

/// Concept -> units: every unit of the layer, best first.
package struct Localization: Sendable, Hashable, Codable {
    package var concept: String
    package var target: ConceptClass
    package var ranking: Ranking
    package var units: [RankedUnit]
    /// False of what was told within a frame, from the images most similar to the concept and the means of classes.
    package var isExact: Bool
    /// For words that are no known concept: the known one nearest to them.
    package var nearest: NearestConcept?

    package init(
        concept: String, target: ConceptClass, ranking: Ranking, units: [RankedUnit], isExact: Bool = true
    ) {
        self.concept = concept
        self.target = target
        self.ranking = ranking
        self.units = units
        self.isExact = isExact
    }
}

/// Unit -> concepts: the concept set, best first.
package struct UnitDescription: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case unit, concepts, does, quality }

    package var unit: InternalUnit
    /// Of a feature: of what it responds to.
    package var concepts: [RankedConcept]
    /// Of a feature, where it was looked at: the concepts of what it does.
    package var does: [RankedConcept]?
    /// Nil where it was not measured, or not yet.
    package var quality: UnitQuality?

    package init(
        unit: InternalUnit, concepts: [RankedConcept], does: [RankedConcept]? = nil, quality: UnitQuality? = nil
    ) {
        self.unit = unit
        self.concepts = concepts
        self.does = does
        self.quality = quality
    }
}
