import Analysis
import ArgumentParser
import Foundation
import Workbench

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in what was computed elsewhere.",
        discussion: """
            Example: miclip import layer --study dino.study --name blocks.8 train-*.npz --held-out val.npz
            """,
        subcommands: [ImportLayer.self, ImportFindings.self])
}

struct ImportLayer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Make activations from elsewhere a layer of a study.",
        discussion: """
            Files are safetensors, .npy or .npz, in any number of shards, with arrays named activations ([images, units], or \
            [images, tokens, units] with --pooling) and, where they are there, logits, predictions, gradients, labels, image_embeddings, \
            paths, head_weight, head_bias, classes, concepts, class_embeddings and concept_embeddings; names may end so, as in \
            train_labels. An .npy alone is activations. Tools/miclip_extract.py writes such files.

            Into a study that is there, rows are its images in their order. A new study needs image_embeddings, and either \
            --concept-space, a CLIP of that width, or concept_embeddings with names. Where no head and no logits are there, \
            labels give a probe head. Of predictions without logits each is taken as 99 % sure. gradients ([images, units]: of the \
            log-probability of the model's own answer) rank units by attribution where no head follows. Single texts called layer, \
            model and digest, or a safetensors file's metadata, name what it is. What was interrupted goes on when it is run \
            again.

            Examples:
              miclip import layer --study dino.study --name blocks.8 train-*.npz --held-out val.npz
              miclip import layer --study new.study --name layer4 all.safetensors --concept-space org/clip-vit-base-patch16
            """)

    @Option(
        help: ArgumentHelp("The study's folder; made where there is none.", valueName: "dir"), completion: .directory)
    var study: String
    @Option(help: "What the layer is called (default: what the files say).") var name: String?
    @Argument(help: ArgumentHelp("Files of the probe images.", valueName: "file"), completion: .file()) var files:
        [String]
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Files of the held-out images; without them a new study holds out a third of the images.", valueName: "file"
        ), completion: .file())
    var heldOut: [String] = []
    @Option(help: "The target model's name (default: what the files say, or imported).") var model: String?
    @Option(help: "How tokens become one vector: cls, mean or max.") var pooling: String?
    @Flag(help: "Keep every token of an image beside that vector, for features of tokens.") var keepTokens = false
    @Option(
        help: ArgumentHelp("A head: weight [classes, units], bias [classes].", valueName: "file"), completion: .file())
    var head: String?
    @Option(help: ArgumentHelp("Names of the classes, one a line.", valueName: "file"), completion: .file())
    var classes: String?
    @Option(
        help: ArgumentHelp(
            "Concepts, one a line, in the order of concept_embeddings where these are there.", valueName: "file"),
        completion: .file())
    var concepts: String?
    @Option(help: ArgumentHelp("The CLIP in whose space image_embeddings lie.", valueName: "dir"), completion: .file())
    var conceptSpace: String?
    @Option(
        help: ArgumentHelp("The folder that paths start from (default: the files').", valueName: "dir"),
        completion: .file())
    var images: String?
    @Flag(inversion: .prefixedNo, help: "Whether units have two poles (default: where any activation is negative).")
    var signed: Bool?
    @OptionGroup var output: OutputOptions

    func run() throws {
        var plan = ImportPlan(
            layer: name, files: files.map { URL(filePath: $0) }, heldOut: heldOut.map { URL(filePath: $0) })
        (plan.model, plan.pooling, plan.isSigned) = (model, pooling, signed)
        (plan.head, plan.classes, plan.concepts) = (head.map { URL(filePath: $0) }, classes, concepts)
        plan.keepsTokens = keepTokens
        plan.conceptSpace = conceptSpace
        plan.images = images.map { URL(filePath: $0).standardizedFileURL.path }
        let report = try withProgress { try Study.importLayer(plan, into: URL(filePath: study), $0) }
        try output.print(report) { report in
            "\(study): \(report.model) \(report.layer): \(grouped(report.units)) units of \(grouped(report.probeImages)) probe and "
                + "\(grouped(report.heldOutImages)) held-out images"
                + (report.reader == LayerReader.none.rawValue
                    ? "; \(ErrorWording.remedyOfClasses)" : "; classes by the \(report.reader)")
                + (report.hasGradients ? "; gradients give attribution" : "")
                + (report.compared.map { "; head and logits agree on \($0) rows" } ?? "")
        }
    }
}

struct ImportFindings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "Take findings of another study into this one.",
        discussion: """
            The file is one of `miclip export --json`. Notes, tags, figures and what they were made with stay as they are; \
            what the study has already is not taken twice. A finding whose layer is not in the study is kept, and says so.

            Example: miclip export --json --study a.study --output a.json && miclip import findings a.json --study b.study
            """)

    @Argument(help: ArgumentHelp("Findings that were exported as JSON.", valueName: "file"), completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp("The study's folder (default: the bundled study).", valueName: "dir"), completion: .directory
    ) var study: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        let study = try study.map { try Study(opening: URL(filePath: $0)) } ?? Study.bundled()
        try output.print(try study.importFindings(from: URL(filePath: file))) { report in
            func findings(_ count: Int) -> String { count == 1 ? "1 finding" : "\(count) findings" }
            return
                (["\(findings(report.imported)) taken in"]
                + (report.known > 0 ? ["\(findings(report.known)) the study has already"] : [])
                + (report.madeWithOther > 0
                    ? [
                        "\(findings(report.madeWithOther)) made with other images, another model or alignment than this study's"
                    ]
                    : [])
                + report.withoutLayer.map { "\($0) is not in this study: its findings cannot be applied here" })
                .joined(separator: "\n")
        }
    }
}
