import Analysis
import ArgumentParser
import Workbench

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two layers or two checkpoints of a study: units, concepts, and what steering does.",
        discussion: """
            Units are paired where each goes with no other unit of the other layer more, over the probe images. Concepts are \
            gained, lost, moved or kept by the units that they describe best, beside what the same layer aligned from another \
            seed gains and loses. Of the concepts named (by default the classes, where they are few) each layer's units are \
            scaled, and the accuracies compared image by image.

            --output writes a dossier, which `miclip verify` computes again.

            Examples:
              miclip compare --study vit.study --layer blocks.2 --with norm
              miclip extract --study vit.study --model vit/ --precision bfloat16
              miclip compare shirt --study vit.study --with-model vit-2
              miclip compare --study vit.study --with-model vit-2 --output both.html
            """)

    @Argument(help: "Concepts whose units are scaled.") var concepts: [String] = []
    @Option(name: .customLong("with"), help: "The other layer, by its hook point (default: the same).")
    var otherLayer: String?
    @Option(
        name: .customLong("with-model"),
        help: ArgumentHelp("The other target model: its name or place (default: the same).", valueName: "name"))
    var otherModel: String?
    @Option(help: "τ, how many units of a concept.") var top = 20
    @Option(parsing: .upToNextOption, help: "Values of β.") var scale = ComparisonRequest.betas
    @OptionGroup var units: UnitOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var dossier: DossierOptions

    func validate() throws {
        try requirePositive(top, "--top")
        guard !scale.isEmpty, scale.allSatisfy(\.isFinite) else {
            throw ValidationError("--scale must be finite numbers.")
        }
        guard otherLayer != nil || otherModel != nil else {
            throw ValidationError("Name the other layer by --with, the other model by --with-model, or both.")
        }
    }

    func run() throws {
        let place = try study.open().reference
        let first = try study.layer(units: [units.kind])
        var options = study
        (options.layer, options.model) = (otherLayer ?? place.layer, otherModel ?? place.model)
        let second = try options.layer(units: [units.kind])
        let request = ComparisonRequest(
            first: first.place, second: second.place, units: units.kind,
            concepts: concepts.isEmpty ? first.comparedConcepts : concepts, top: top, betas: scale)
        let found = try withProgress { work in try first.comparison(with: second, request, work) }
        try dossier.give(
            Report(found, command: command), ComparisonDocument(found, command: command), figures: found.figures.count)
    }

    /// The command that makes the same, without what is as it is by default.
    private var command: String {
        var words = ["miclip", "compare"] + concepts.map { "'\($0)'" }
        if let otherLayer { words.append("--with '\(otherLayer)'") }
        if let otherModel { words.append("--with-model '\(otherModel)'") }
        if top != 20 { words.append("--top \(top)") }
        if scale != ComparisonRequest.betas { words.append("--scale " + scale.map { "\($0)" }.joined(separator: " ")) }
        if units.kind != .neuron { words.append("--units \(units.units.rawValue)") }
        return (words + study.words).joined(separator: " ")
    }
}
