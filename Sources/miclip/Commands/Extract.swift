import ArgumentParser
import Foundation
import Workbench

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the model and the image encoder over a study's images.",
        discussion: """
            Creates the study if there is none at --study; what is not given is taken from the bundled study. An \
            interrupted extraction goes on where it stopped.

            Example: miclip extract --study logits.study --layer logits
            """)

    @Option(help: ArgumentHelp("The target model's folder.", valueName: "dir")) var model: String?
    @Option(help: "The target layer, a hook point of `miclip layers`.") var layer: String?
    @Option(help: "How tokens become one vector: cls, mean or max.") var pooling: String?
    @Option(help: ArgumentHelp("The folder of the CLIP that is the concept space.", valueName: "dir"))
    var conceptSpace: String?
    @Option(help: ArgumentHelp("Images to align on, an IDX file.", valueName: "file")) var probeImages: String?
    @Option(
        help: ArgumentHelp("Images to count accuracy on, an IDX file with its labels beside it.", valueName: "file"))
    var heldOutImages: String?
    @Option(help: ArgumentHelp("The concept list, one concept a line.", valueName: "file")) var concepts: String?
    @Option(help: "A text to place concepts in; {} stands for the concept.") var template: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let template, !template.contains("{}") { throw ValidationError("--template has no {} for the concept.") }
        if study.study == nil, plan != StudyPlan.bundled {
            throw ValidationError("Name a folder for the new study with --study.")
        }
    }

    func run() throws {
        let workbench = try opened()
        try withProgress { try workbench.extract($0) }
        try output.print(ExtractionDocument(workbench)) { document in
            "\(document.study): layer \(document.layer), activations and embeddings are complete"
        }
    }

    private func opened() throws -> Workbench {
        guard let folder = study.study.map({ URL(filePath: $0) }) else { return try Workbench.bundled() }
        guard FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path) else {
            return try Workbench(creating: folder, plan: plan)
        }
        let workbench = try Workbench(opening: folder)
        if plan != StudyPlan.bundled, workbench.plan != plan {
            throw ValidationError(
                "\(folder.path) is a study of layer \(workbench.plan.layer) already; name another folder for a new one."
            )
        }
        return workbench
    }

    private var plan: StudyPlan {
        let sample = StudyPlan.bundled
        func path(_ given: String?, _ fallback: String) -> String {
            given.map { URL(filePath: $0).standardizedFileURL.path } ?? fallback
        }
        return StudyPlan(
            model: path(model, sample.model), conceptSpace: path(conceptSpace, sample.conceptSpace),
            layer: layer ?? sample.layer, pooling: pooling ?? sample.pooling,
            probeImages: path(probeImages, sample.probeImages),
            heldOutImages: path(heldOutImages, sample.heldOutImages),
            concepts: path(concepts, sample.concepts), promptTemplate: template ?? sample.promptTemplate)
    }
}

/// JSON of `extract`.
struct ExtractionDocument: Encodable {
    var study: String
    var model: String
    var layer: String
    var pooling: String

    init(_ workbench: Workbench) {
        study = workbench.folder.path
        model = workbench.plan.model
        layer = workbench.plan.layer
        pooling = workbench.plan.pooling
    }
}
