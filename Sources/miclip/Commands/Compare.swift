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

            Examples:
              miclip compare --study vit.study --layer blocks.2 --with norm
              miclip extract --study vit.study --model vit/ --precision bfloat16
              miclip compare shirt --study vit.study --model vit --with-model vit-2
            """)

    @Argument(help: "Concepts whose units are scaled.") var concepts: [String] = []
    @Option(name: .customLong("with"), help: "The other layer, by its hook point (default: the same).")
    var otherLayer: String?
    @Option(
        name: .customLong("with-model"),
        help: ArgumentHelp("The other target model: its name or place (default: the same).", valueName: "name"))
    var otherModel: String?
    @Option(help: "τ, how many units of a concept.") var top = 20
    @Option(parsing: .upToNextOption, help: "Values of β.") var scale: [Double] = [0, 0.5, 1, 1.5, 2]
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

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
        let first = try study.layer()
        var options = study
        (options.layer, options.model) = (otherLayer ?? place.layer, otherModel ?? place.model)
        let second = try options.layer()
        let few = first.reader != .none && first.classes.names.count <= 20
        let asked = concepts.isEmpty && few ? first.classes.names : concepts
        let found = try withProgress { work in
            try first.comparison(with: second, concepts: asked, units: top, betas: scale, work)
        }
        try output.print(ComparisonDocument(found)) { _ in
            found.sections.map(\.text).joined(separator: "\n\n")
        }
    }
}
