import Analysis
import ArgumentParser
import Workbench

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name the concepts that units stand for.",
        discussion: """
            A unit is LAYER:INDEX, or INDEX alone; a signed unit has two poles, + and -; a feature is LAYER:fINDEX. A \
            feature has two descriptions: what it responds to, and what it does.

            Example: miclip describe norm:17+ norm:17- --top 3
            """)

    @Argument(help: "Units, as in norm:17+; none means every unit.") var units: [String] = []
    @Option(name: .customLong("units"), help: "Which units, when none is named: neurons or features.")
    var choice = UnitChoice.neurons
    @Option(help: "How many concepts a unit.") var top = 5
    @Option(help: ArgumentHelp("Another concept list, one concept a line.", valueName: "file")) var concepts: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(top, "--top") }

    func run() throws {
        let namesFeature = units.contains { InternalUnit($0.contains(":") ? $0 : "_:\($0)")?.kind == .feature }
        let study = try study.prepared(concepts: concepts, features: namesFeature || choice == .features)
        let all =
            choice == .features
            ? study.features.map { features in (0..<features.autoencoder.count).map(features.retrieval.unit) } ?? []
            : study.encoder.units
        let wanted = units.isEmpty ? all : try units.map(study.unit)
        let qualities = output.json ? try study.qualities() : [:]
        let document = DescriptionDocument(
            units: try wanted.map { unit in
                .init(
                    study.describe(unit, count: top),
                    unit.kind == .feature ? try study.featureFacts(unit.index, concepts: top) : nil,
                    qualities[unit].map { UnitQualityDocument($0, study.classes.names) })
            })
        try output.print(document) { document in
            document.units.map { unit in
                let concepts = unit.concepts.map { "\($0.concept) \(number($0.score, 2))" }
                let line = unit.unit.padded(12) + concepts.joined(separator: ", ")
                guard let does = unit.does else { return line }
                let effects = does.map { "\($0.concept) \(number($0.score, 2))" }
                return line + "\n" + "  does".padded(12) + effects.joined(separator: ", ")
            }.joined(separator: "\n")
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

        /// In JSON only.
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
}

/// JSON of a unit's quality, the class by name.
struct UnitQualityDocument: Encodable {
    var clarity: Float
    var polysemanticity: Float
    var redundancy: Float
    var selectivity: Float
    var selectiveClass: String?
    var dead: Bool

    init(_ quality: UnitQuality, _ classes: [String]) {
        clarity = quality.clarity
        polysemanticity = quality.polysemanticity
        redundancy = quality.redundancy
        selectivity = quality.selectivity
        selectiveClass = quality.selectiveClass.map { classes[$0] }
        dead = quality.isDead
    }
}
