import Analysis
import ArgumentParser
import Workbench

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name the concepts that units stand for.",
        discussion: """
            A unit is LAYER:INDEX, or INDEX alone; a signed unit has two poles, + and -.

            Example: miclip describe norm:17+ norm:17- --top 3
            """)

    @Argument(help: "Units, as in norm:17+; none means every unit.") var units: [String] = []
    @Option(help: "How many concepts a unit.") var top = 5
    @Option(help: ArgumentHelp("Another concept list, one concept a line.", valueName: "file")) var concepts: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(top, "--top") }

    func run() throws {
        let study = try study.prepared(concepts: concepts)
        let wanted = units.isEmpty ? study.encoder.units : try units.map(study.unit)
        let qualities = output.json ? try study.qualities() : [:]
        let document = DescriptionDocument(
            units: wanted.map {
                .init(
                    study.describe($0, count: top), qualities[$0].map { UnitQualityDocument($0, study.classes.names) })
            })
        try output.print(document) { document in
            document.units.map { unit in
                let concepts = unit.concepts.map { "\($0.concept) \(number($0.score, 2))" }
                return unit.unit.padded(12) + concepts.joined(separator: ", ")
            }.joined(separator: "\n")
        }
    }
}

/// JSON of `describe`.
struct DescriptionDocument: Encodable {
    struct Unit: Encodable {
        var unit: String
        var concepts: [RankedConcept]
        /// In JSON only.
        var quality: UnitQualityDocument?

        init(_ description: UnitDescription, _ quality: UnitQualityDocument?) {
            unit = description.unit.description
            concepts = description.concepts
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
