import Analysis
import Cache
import Foundation

/// JSON of exported findings.
struct FindingsDocument: Encodable {
    /// Of the format.
    static let version = 1
    var version = Self.version
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
    var tags: [String]
    var created: String
    /// What gives the figures again, where the layer was kept.
    var command: String?
    /// Figures of interventions: held-out images counted, and how many there are.
    var images: Int?
    var imagesInAll: Int?
    /// What the figures were made with.
    var provenance: Provenance?
    /// The finding as a study keeps it, for `miclip import findings`.
    var record: StoredFinding
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

    init(_ finding: Finding, command: String? = nil) {
        (note, tags, self.command) = (finding.note, finding.tags, command)
        (provenance, record) = (finding.provenance, StoredFinding(finding))
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
        (images, imagesInAll) = (outcome.images, outcome.imagesInAll)
    }

    static let columns = [
        "kind", "units", "number of units", "concept", "cosine", "second concept", "class", "ranking", "operator",
        "beta",
        "class accuracy before", "class accuracy after", "class change in points", "others before", "others after",
        "others change in points", "overall before", "overall after", "images counted", "held-out images", "clarity",
        "polysemanticity", "redundancy", "selectivity", "dead", "pearson", "auprc", "scored by",
        "no better than chance",
        "does", "note", "tags", "created", "model", "layer", "pooling", "encoder", "seed", "model accuracy",
        "alignment digest", "command",
    ]

    /// One line of a table. Several interventions stand in one cell, parted by semicolons, in the order they act.
    var cells: [String] {
        func figure(_ value: (some BinaryFloatingPoint)?) -> String { value.map { number($0, 4) } ?? "" }
        func points(_ change: AccuracyChange?) -> String {
            change.map { number(100 * ($0.after - $0.before), 2) } ?? ""
        }
        func count(_ value: Int?) -> String { value.map(String.init) ?? "" }
        let parts = interventions ?? []
        let operators = parts.isEmpty ? [`operator`].compactMap { $0 } : parts.map(\.operator)
        let betas = parts.isEmpty ? [beta].compactMap { $0 } : parts.map(\.beta)
        let subject = [
            kind,
            parts.isEmpty
                ? units.joined(separator: " ") : parts.map { $0.units.joined(separator: " ") }.joined(separator: "; "),
            "\(units.count)", concept ?? "", figure(concepts?.first?.score), concepts?.dropFirst().first?.concept ?? "",
            `class` ?? "", (provenance?.rankings ?? []).map(\.rawValue).joined(separator: "; "),
            operators.joined(separator: "; "), betas.map { String(format: "%g", $0) }.joined(separator: "; "),
        ]
        let accuracies = [
            figure(classAccuracy?.before), figure(classAccuracy?.after), points(classAccuracy),
            figure(otherAccuracy?.before), figure(otherAccuracy?.after), points(otherAccuracy),
            figure(accuracy?.before), figure(accuracy?.after), count(images), count(imagesInAll),
        ]
        let scores = [
            figure(quality?.clarity), figure(quality?.polysemanticity), figure(quality?.redundancy),
            figure(quality?.selectivity), quality.map { $0.isDead ? "yes" : "no" } ?? "",
            figure(quality?.explanation?.pearson), figure(quality?.explanation?.auprc),
            quality?.explanation?.basis ?? "",
            quality?.explanation.map { $0.noBetterThanChance ? "yes" : "no" } ?? "", does?.first?.concept ?? "",
        ]
        return subject + accuracies + scores + [
            note, tags.joined(separator: " "), created, model ?? "", layer ?? "", pooling ?? "",
            provenance?.method.rawValue ?? "", provenance.map { "\($0.seed)" } ?? "", figure(provenance?.accuracy),
            provenance?.digests["alignment"] ?? "", command ?? "",
        ]
    }
}
