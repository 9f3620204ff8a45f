/// A way to choose the unit set of a class, by its name in tables and JSON.
package struct UnitSetMethod: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// By one of the rankings of units.
    package static func ranking(_ ranking: Ranking) -> Self { Self(rawValue: ranking.rawValue) }

    package static let contribution = ranking(.contribution)
    package static let cosine = ranking(.cosine)
    package static let rivals = ranking(.rivals)
    package static let attribution = ranking(.attribution)
    /// Of features: by what a feature responds to (E_n trained on features), or by what it does (E_n of its decoder
    /// direction).
    package static let respondingCosine = Self(rawValue: "responding-cosine")
    package static let respondingContribution = Self(rawValue: "responding-contribution")
    /// Of features: what it says of the concept against what it says of the model's other answers.
    package static let respondingRivals = Self(rawValue: "responding-rivals")
    package static let effectCosine = Self(rawValue: "effect-cosine")
    package static let effectContribution = Self(rawValue: "effect-contribution")

    package static let clipDissect = Self(rawValue: "clip-dissect")
    package static let weightedPMI = Self(rawValue: "wpmi")
    package static let rankReorder = Self(rawValue: "rank-reorder")
    package static let cosineCubed = Self(rawValue: "cosine-cubed")
    package static let actValues = Self(rawValue: "act-values")
    package static let networkDissection = Self(rawValue: "network-dissection")
    package static let visualInterpretation = Self(rawValue: "v-interp")

    package static let random = Self(rawValue: "random")
    package static let classDeparture = Self(rawValue: "class-departure")

    /// The same baseline, given both sides of every signed unit.
    package var ofTwoPoles: Self { Self(rawValue: rawValue + "-two-poles") }

    /// The same ranking of the paper's trained encoder, beside that of one that was solved.
    package var ofTraining: Self { Self(rawValue: "infonce-" + rawValue) }

    /// The same ranking of an encoder aligned with random unit vectors in place of the concepts'.
    package var ofRandomConcepts: Self { Self(rawValue: "random-concepts-" + rawValue) }
}

/// What a way to choose units is in a table.
package enum UnitSetRole: String, Sendable, Hashable, Codable {
    /// One of this program's rankings.
    case ranking
    /// Another method.
    case baseline
    /// What a ranking must be ahead of before its figures say that concepts matter.
    case control
}
