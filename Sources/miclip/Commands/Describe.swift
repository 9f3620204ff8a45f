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

            Examples:
              miclip describe norm:17+ norm:17- --top 3
              miclip describe --units features --sort clarity --top 2
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
        func words(_ concepts: [ConceptDocument]) -> String {
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
