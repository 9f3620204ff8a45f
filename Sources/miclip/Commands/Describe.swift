import Analysis
import ArgumentParser
import Workbench

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name the concepts that units stand for.",
        discussion: """
            A unit is LAYER:INDEX, or INDEX alone; a signed unit has two poles, + and -; a feature is LAYER:fINDEX. A \
            feature has two descriptions: what it responds to, and what it does.

            Sorted by a figure of their quality, the units show all of it. clarity: its most activating images show one \
            thing. polysemanticity: they show two. redundancy: another unit says the same. selectivity: it departs on one \
            class. pearson and auprc: the first concept is where the unit is active, on held-out images; by labels where it \
            is a class, else by the concept space, which the description came from too. A `?` says that a concept drawn \
            from the set does as well one time in four.

            Example: miclip describe norm:17+ norm:17- --top 3
            Example: miclip describe --units features --sort clarity --top 2
            """)

    @Argument(help: "Units, as in norm:17+; none means every unit.") var units: [String] = []
    @Option(name: .customLong("units"), help: "Which units, when none is named: neurons or features.")
    var choice = UnitChoice.neurons
    @Option(help: "How many concepts a unit.") var top = 5
    @Option(help: "Largest first: score, pearson, auprc, clarity, polysemanticity, redundancy or selectivity.")
    var sort: DescriptionSort?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(top, "--top") }

    func run() throws {
        let named = units.compactMap { InternalUnit($0.contains(":") ? $0 : "_:\($0)")?.kind }
        let study = try study.layer(units: Set(units.isEmpty ? [choice.kind] : named))
        let wanted = units.isEmpty ? try study.space(choice.kind).units : try units.map(study.unit)
        let qualities = try output.json || sort?.isQuality == true ? qualities(of: wanted, in: study) : [:]
        var document = DescriptionDocument(
            units: try wanted.map { unit in
                .init(
                    try study.describe(unit, count: top), try study.featureFacts(of: unit, concepts: top),
                    qualities[unit].map { UnitQualityDocument($0, study.classes.names) })
            })
        if let sort { document.sort(by: sort) }
        try output.print(document) { document in
            let header = sort?.isQuality == true ? [DescriptionDocument.qualityHeader] : []
            return (header + document.units.map { text($0) }).joined(separator: "\n")
        }
    }

    private func qualities(
        of units: [InternalUnit], in study: StudiedLayer
    ) throws -> [InternalUnit: UnitQuality] {
        try Set(units.map(\.kind)).reduce(into: [:]) { found, kind in
            found.merge(try study.qualities(kind)) { first, _ in first }
        }
    }

    private func text(_ unit: DescriptionDocument.Unit) -> String {
        func words(_ concepts: [RankedConcept]) -> String {
            concepts.map { "\($0.concept) \(number($0.score, 2))" }.joined(separator: ", ")
        }
        let figures = sort?.isQuality == true ? unit.quality?.cells ?? "" : ""
        let line = unit.unit.padded(12) + figures + words(unit.concepts)
        guard let does = unit.does else { return line }
        return line + "\n" + "  does".padded(12 + figures.count) + words(does)
    }
}

/// What `describe` sorts by.
enum DescriptionSort: String, ExpressibleByArgument, CaseIterable {
    case score, pearson, auprc, clarity, polysemanticity, redundancy, selectivity

    var isQuality: Bool { self != .score }

    func figure(_ unit: DescriptionDocument.Unit) -> Float {
        switch self {
        case .score: unit.concepts.first?.score ?? 0
        case .pearson: unit.quality?.explanation?.pearson ?? -1
        case .auprc: unit.quality?.explanation?.auprc ?? 0
        case .clarity: unit.quality?.clarity ?? 0
        case .polysemanticity: unit.quality?.polysemanticity ?? 0
        case .redundancy: unit.quality?.redundancy ?? 0
        case .selectivity: unit.quality?.selectivity ?? 0
        }
    }
}

/// JSON of `describe`.
struct DescriptionDocument: Encodable {
    struct Unit: Encodable {
        var unit: String
        /// Of a feature: what it responds to.
        var concepts: [RankedConcept]
        /// Of a feature: what it does, and its company.
        var does: [RankedConcept]?
        var density: Float?
        var nearest: [Neighbour]?
        var neurons: [Neighbour]?

        struct Neighbour: Encodable {
            var unit: String
            var score: Float
        }

        /// In JSON, and where units are sorted by it.
        var quality: UnitQualityDocument?

        init(_ description: UnitDescription, _ feature: FeatureFacts?, _ quality: UnitQualityDocument?) {
            unit = description.unit.description
            concepts = description.concepts
            does = feature?.does
            density = feature?.density
            nearest = feature?.nearest.map { Neighbour(unit: $0.unit.description, score: $0.score) }
            neurons = feature?.neurons.map { Neighbour(unit: $0.unit.description, score: $0.score) }
            self.quality = quality
        }
    }

    var units: [Unit]

    /// Largest first; dead units last, where quality is sorted by, and equal ones in their order.
    mutating func sort(by sort: DescriptionSort) {
        func key(_ unit: Unit) -> Float {
            sort.isQuality && unit.quality?.dead == true ? -.infinity : sort.figure(unit)
        }
        units = units.enumerated().sorted { (-key($0.element), $0.offset) < (-key($1.element), $1.offset) }
            .map(\.element)
    }

    static let qualityHeader =
        "unit".padded(12) + "clarity  polysem   redund   select  pearson    auprc  concepts"
}

/// JSON of a unit's quality, the class by name.
struct UnitQualityDocument: Encodable {
    var clarity: Float
    var polysemanticity: Float
    var redundancy: Float
    var selectivity: Float
    var selectiveClass: String?
    var dead: Bool
    /// Of its first concept, on held-out images.
    var explanation: ExplanationDocument?

    init(_ quality: UnitQuality, _ classes: [String]) {
        clarity = quality.clarity
        polysemanticity = quality.polysemanticity
        redundancy = quality.redundancy
        selectivity = quality.selectivity
        selectiveClass = quality.selectiveClass.map { classes[$0] }
        dead = quality.isDead
        explanation = quality.explanation.flatMap(ExplanationDocument.init)
    }

    /// The figures for people, as wide as `qualityHeader` has them.
    var cells: String {
        let figures = [clarity, polysemanticity, redundancy, selectivity]
        return figures.enumerated().map { place, figure in
            (dead && place != 2 ? "dead" : number(figure, 2)).leftPadded(place == 0 ? 7 : 9)
        }.joined()
            + [explanation?.pearson, explanation?.auprc].map { ($0.map { number($0, 2) } ?? "–").leftPadded(9) }
            .joined()
            + (explanation?.noBetterThanChance == true ? " ?" : "  ")
    }
}

/// JSON of an explanation's scores on held-out images.
struct ExplanationDocument: Encodable {
    var concept: String
    /// `labels`, or `self-consistency` where the concept space alone tells where the concept is.
    var basis: String
    var images: Int
    var pearson: Float
    var auprc: Float
    var f1: Float
    var iou: Float
    /// These two fail sanity checks; papers report them.
    var auc: Float
    var mad: Float
    var monosemanticity: Float
    /// Mean Pearson of concepts drawn from the set, and the share of them that do as well or better.
    var chancePearson: Float
    var chanceShare: Float
    /// Whether that is more than one in four.
    var noBetterThanChance: Bool

    init?(_ explanation: ScoredExplanation) {
        guard let scores = explanation.scores else { return nil }
        (concept, basis, images) = (explanation.concept, scores.basis.rawValue, scores.images)
        (pearson, auprc, f1, iou) = (scores.pearson, scores.auprc, scores.f1, scores.iou)
        (auc, mad) = (scores.auc, scores.mad)
        monosemanticity = explanation.monosemanticity
        (chancePearson, chanceShare) = (explanation.chancePearson, explanation.chanceShare)
        noBetterThanChance = explanation.isNoBetterThanChance
    }
}
