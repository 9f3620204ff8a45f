import ArgumentParser
import Foundation
import VisionModels
import Workbench

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a model takes images for.",
        discussion: """
            Examples:
              miclip predict SampleData/target-vit cat.jpg photos/ --top 3 --json
              miclip predict SampleData/clip photos/ --classes animals.txt --template "a photo of a {}"
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var images: ImageOptions
    @Option(help: "How many classes of each image.") var top = 5
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(top, "--top") }

    func run() throws {
        let run = try ModelRun(model.choice())
        warn(of: run.assumptions, in: model.model)
        let images = try images.open()
        let predictions = try withProgress { try run.predictions(of: images, top: top, $0) }
        try output.print(PredictionDocument(predictions)) { document in
            document.predictions.map { prediction in
                ([prediction.image]
                    + prediction.classes.map {
                        "  " + $0.class.padded(28) + number(100 * $0.probability, 2).leftPadded(7) + " %"
                            + number($0.logit, 3).leftPadded(10)
                    }).joined(separator: "\n")
            }.joined(separator: "\n")
        }
    }
}

/// A model named on the command line, with what it is to tell apart.
struct ModelOptions: ParsableArguments {
    @Argument(help: "The model.", completion: .file()) var model: String
    @Option(
        help: ArgumentHelp(
            "Classes, one a line: what a CLIP tells apart, or names for a classifier's own.", valueName: "file"),
        completion: .file())
    var classes: String?
    @OptionGroup var prompts: TemplateOptions
    @OptionGroup var precision: PrecisionOptions

    func choice() throws -> TargetModelChoice {
        TargetModelChoice(
            model, classes: classes, templates: try prompts.chosen() ?? .plain, precision: precision.precision)
    }
}

/// Images named on the command line.
struct ImageOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Images: files, folders, tars, lists of files, IDX files, in any mix.", valueName: "image"),
        completion: .file())
    var images: [String]
    @Flag(help: "Leave out images that cannot be read, with a warning, instead of stopping at the first.")
    var skipUnreadable = false

    func open() throws -> ImageArguments { try openImages(images, skipsUnreadable: skipUnreadable) }
}

/// Opens images; a warning for each that is left out, and how many they were, go to standard error.
func openImages(_ paths: [String], skipsUnreadable: Bool) throws -> ImageArguments {
    let skips = ImageArguments.Skips(
        image: { name, error in warn("left out \(name): \(ErrorWording.words(for: error))") },
        total: { count, all in warn("left out \(count) of \(all) images") })
    let images = try ImageArguments(paths, skips: skipsUnreadable ? skips : nil)
    for (path, kinds) in images.passedOver { warn(ImageWording.words(.passedOver(images: path, kinds: kinds))) }
    return images
}

/// A line on standard error beside the work.
@Sendable func warn(_ text: String) { printError("miclip: \(text)") }

/// The same of a study's models, each once.
func warn(ofAssumptionsIn layers: [TargetLayer]) throws {
    var told: Set<String> = []
    for (model, assumptions) in try layers.flatMap({ try $0.assumptions }) where told.insert(model).inserted {
        warn(of: assumptions, in: model)
    }
}

func warn(ofAssumptionsIn layer: TargetLayer) throws { try warn(ofAssumptionsIn: [layer]) }

/// One line on what makes a layer's accuracy doubtful, where something does.
func warn(ofDoubtIn layer: StudiedLayer) throws {
    if let doubt = try layer.doubt { warn("every accuracy is doubtful: \(doubt) (see `miclip info`)") }
}

/// One line on what a model takes for granted, where it does.
func warn(of assumptions: [ModelAssumption], in model: String) {
    if let words = AssumptionWording.line(assumptions) { warn("\(model): \(words)") }
}

/// What concepts and classes are placed into.
struct TemplateOptions: ParsableArguments {
    @Option(help: "A text to place concepts in; {} stands for the concept.") var template: String?
    @Option(
        help: ArgumentHelp(
            "Several such texts, one a line: the mean of the embeddings is used.", valueName: "file"),
        completion: .file())
    var templates: String?

    func validate() throws {
        if let template, !template.contains(PromptTemplates.placeholder) {
            throw ValidationError("--template has no {} for the concept.")
        }
        guard template == nil || templates == nil else {
            throw ValidationError("Give either --template or --templates.")
        }
    }

    var isGiven: Bool { template != nil || templates != nil }

    /// Nil where none were given.
    func chosen() throws -> PromptTemplates? {
        if let templates { return try ConceptList.readTemplates(URL(filePath: templates)) }
        return template.map { PromptTemplates([$0]) }
    }
}
