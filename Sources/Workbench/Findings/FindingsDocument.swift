import Analysis
import Foundation

/// JSON of exported findings.
struct FindingsDocument: Encodable {
    /// Of the format.
    var version = 1
    var study: String
    var findings: [FindingRow]
}

/// One finding, flat.
struct FindingRow: Encodable {
    var kind: String
    var units: [String]
    var concept: String?
    var concepts: [Concept]?
    /// Of a feature.
    var does: [Concept]?
    var quality: Quality?
    var `class`: String?
    var `operator`: String?
    var beta: Double?
    /// Where there are several.
    var interventions: [Part]?
    var accuracy: AccuracyChange?
    var classAccuracy: AccuracyChange?
    var otherAccuracy: AccuracyChange?
    var note: String
    var created: String
    /// The layer it is of, where that was kept.
    var model: String?
    var layer: String?
    var pooling: String?

    struct Concept: Encodable {
        var concept: String
        var score: Float

        init(_ ranked: RankedConcept) { (concept, score) = (ranked.concept, ranked.score) }
    }

    struct Quality: Encodable {
        var clarity: Float
        var polysemanticity: Float
        var redundancy: Float
        var selectivity: Float
        var isDead: Bool
        /// The first concept, scored on held-out images.
        var explanation: Explanation?

        init(_ quality: UnitQuality) {
            (clarity, polysemanticity) = (quality.clarity, quality.polysemanticity)
            (redundancy, selectivity, isDead) = (quality.redundancy, quality.selectivity, quality.isDead)
            explanation = quality.explanation.flatMap(Explanation.init)
        }
    }

    struct Explanation: Encodable {
        var concept: String
        /// `labels`, or `self-consistency`.
        var basis: String
        var images: Int
        var pearson, auprc, monosemanticity: Float
        /// Whether a concept drawn from the set does as well one time in four.
        var noBetterThanChance: Bool

        init?(_ scored: ScoredExplanation) {
            guard let scores = scored.scores else { return nil }
            (concept, basis, images) = (scored.concept, scores.basis.rawValue, scores.images)
            (pearson, auprc, monosemanticity) = (scores.pearson, scores.auprc, scored.monosemanticity)
            noBetterThanChance = scored.isNoBetterThanChance
        }
    }

    struct Part: Encodable {
        var concept: String
        var units: [String]
        var `operator`: String
        var beta: Double
    }

    init(_ finding: Finding) {
        note = finding.note
        (model, layer) = (finding.origin?.model, finding.origin?.layer)
        pooling = finding.origin?.pooling
        created = Date(timeIntervalSince1970: finding.created).ISO8601Format()
        switch finding.subject {
        case .unit(let description):
            kind = "unit"
            units = [description.unit.description]
            concept = description.concepts.first?.concept
            concepts = description.concepts.map(Concept.init)
            does = description.does?.map(Concept.init)
            quality = description.quality.map(Quality.init)
        case .intervention(let concept, let target, let intervention, let outcome):
            kind = "intervention"
            units = intervention.units.map(\.description)
            self.concept = concept
            `operator` = intervention.operator.rawValue
            beta = intervention.beta
            read(target, outcome)
        case .steering(let concepts, let target, let steering, let outcome):
            kind = "interventions"
            units = steering.interventions.flatMap(\.units).map(\.description)
            concept = concepts.joined(separator: "; ")
            interventions = zip(concepts, steering.interventions).map {
                Part(
                    concept: $0, units: $1.units.map(\.description), operator: $1.operator.rawValue, beta: $1.beta)
            }
            read(target, outcome)
        }
    }

    private mutating func read(_ target: ConceptClass, _ outcome: InterventionOutcome) {
        `class` = target.name
        (accuracy, classAccuracy, otherAccuracy) = (outcome.accuracy, outcome.classAccuracy, outcome.otherAccuracy)
    }

    static let columns = [
        "kind", "concept", "class", "operator", "beta", "class before", "class after", "others before", "others after",
        "overall before", "overall after", "clarity", "polysemanticity", "redundancy", "selectivity", "dead", "pearson",
        "auprc", "scored by", "no better than chance", "does", "units", "note", "created", "model", "layer", "pooling",
    ]

    var cells: [String] {
        func number(_ value: (some BinaryFloatingPoint)?) -> String {
            value.map { String(format: "%.4f", Double($0)) } ?? ""
        }
        return [
            kind, concept ?? "", `class` ?? "", `operator` ?? "", beta.map { String(format: "%g", $0) } ?? "",
            number(classAccuracy?.before), number(classAccuracy?.after), number(otherAccuracy?.before),
            number(otherAccuracy?.after), number(accuracy?.before), number(accuracy?.after),
            number(quality?.clarity), number(quality?.polysemanticity), number(quality?.redundancy),
            number(quality?.selectivity), quality.map { $0.isDead ? "yes" : "no" } ?? "",
            number(quality?.explanation?.pearson), number(quality?.explanation?.auprc),
            quality?.explanation?.basis ?? "",
            quality?.explanation.map { $0.noBetterThanChance ? "yes" : "no" } ?? "",
            does?.first?.concept ?? "", units.joined(separator: " "), note, created,
            model ?? "", layer ?? "", pooling ?? "",
        ]
    }
}
