import ArgumentParser
import Cache
import Foundation
import Workbench

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the model and the image encoder over a study's images.",
        discussion: """
            Creates the study if there is none at --study; what is not given is taken from the bundled study. An \
            interrupted extraction goes on where it stopped. Images that cannot be read are left out and listed.

            Examples:
              miclip extract --study logits.study --layer logits
              miclip extract --study clip.study --model SampleData/clip --classes classes.txt --layer blocks.1
              miclip extract --study part1.study --shard 1/4 --layer blocks.2
            """)

    @Option(help: ArgumentHelp("The target model's folder.", valueName: "dir")) var model: String?
    @Option(help: "The target layer, a hook point of `miclip layers`.") var layer: String?
    @Option(help: "How tokens become one vector: cls, mean or max.") var pooling: String?
    @Option(help: ArgumentHelp("The folder of the CLIP that is the concept space.", valueName: "dir"))
    var conceptSpace: String?
    @Option(help: ArgumentHelp("Images to align on: a folder, a list or an IDX file.", valueName: "file"))
    var probeImages: String?
    @Option(
        help: ArgumentHelp(
            "Images to count accuracy on: a folder of class folders, a list with classes, or an IDX file with its labels beside it.",
            valueName: "file"))
    var heldOutImages: String?
    @Option(help: ArgumentHelp("The concept list, one concept a line.", valueName: "file")) var concepts: String?
    @Option(
        help: ArgumentHelp(
            "Classes, one a line: what a CLIP tells apart, or names for a classifier's own.", valueName: "file"))
    var classes: String?
    @Option(
        help: ArgumentHelp("Only this share of the images, as in 2/4; `miclip merge` joins them.", valueName: "i/n"))
    var shard: Shard?
    @OptionGroup var prompts: TemplateOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if study.study == nil, try plan() != StudyPlan.bundled {
            throw ValidationError("Name a folder for the new study with --study.")
        }
    }

    func run() throws {
        let workbench = try opened()
        try withProgress { try workbench.extract($0) }
        try output.print(try ExtractionDocument(workbench)) { document in
            (["\(document.study): layer \(document.layer), activations and embeddings are complete"]
                + ImageWording.lines(warnings: document.warnings, skipped: document.skipped)).joined(separator: "\n")
        }
    }

    private func opened() throws -> Workbench {
        guard let folder = study.study.map({ URL(filePath: $0) }) else { return try Workbench.bundled() }
        guard FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path) else {
            return try Workbench(creating: folder, plan: plan())
        }
        let workbench = try Workbench(opening: folder)
        let plan = try plan()
        if plan != StudyPlan.bundled, workbench.plan != plan {
            throw ValidationError(
                "\(folder.path) is a study of layer \(workbench.plan.layer) already; name another folder for a new one."
            )
        }
        return workbench
    }

    private func plan() throws -> StudyPlan {
        let sample = StudyPlan.bundled
        func path(_ given: String?, _ fallback: String) -> String {
            given.map { URL(filePath: $0).standardizedFileURL.path } ?? fallback
        }
        // What is no file may be `org/repo`.
        func location(_ given: String?, _ fallback: String) -> String {
            given.map { FileManager.default.fileExists(atPath: $0) ? path($0, fallback) : $0 } ?? fallback
        }
        return StudyPlan(
            model: location(model, sample.model), conceptSpace: location(conceptSpace, sample.conceptSpace),
            layer: layer ?? sample.layer, pooling: pooling ?? sample.pooling,
            probeImages: path(probeImages, sample.probeImages),
            heldOutImages: path(heldOutImages, sample.heldOutImages),
            concepts: path(concepts, sample.concepts),
            promptTemplate: try prompts.chosen()?.templates.joined(separator: "\n") ?? sample.promptTemplate,
            classes: classes.map { path($0, $0) }, shard: shard, precision: precision.precision)
    }
}

/// JSON of `extract`.
struct ExtractionDocument: Encodable {
    var study: String
    var model: String
    var layer: String
    var pooling: String
    var shard: String?
    var warnings: [String]
    var skipped: [SkippedDocument]

    init(_ workbench: Workbench) throws {
        study = workbench.folder.path
        model = workbench.plan.model
        layer = workbench.plan.layer
        pooling = workbench.plan.pooling
        shard = workbench.plan.shard?.description
        warnings = workbench.imageWarnings.map(ImageWording.words)
        skipped = try workbench.skippedImages().map(SkippedDocument.init)
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
