import Analysis
import ArgumentParser
import Foundation
import LinearAlgebra
import Workbench

/// The study every command works on.
struct StudyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The study's folder (default: the bundled study).", valueName: "dir"))
    var study: String?

    @Option(help: "The layer, by its hook point (default: the study's first).") var layer: String?
    @Option(help: ArgumentHelp("The target model, where the study has several: its name or place.", valueName: "name"))
    var model: String?

    /// Opens the study; the bundled one is created when first asked for.
    func openStudy() throws -> Study {
        try study.map { try Study(opening: URL(filePath: $0)) } ?? Study.bundled()
    }

    /// Opens the study's layer.
    func open() throws -> TargetLayer { try openStudy().layer(layer, model: model) }

    /// Opens the layer with what accuracy is to be counted on.
    func open(counting: CountingOptions) throws -> TargetLayer {
        let layer = try open()
        guard counting.isOther else { return layer }
        return try layer.evaluating(on: counting.images, words: counting.words(instead: layer.classWords))
    }

    /// Opens the study and computes what is missing, with progress on a terminal.
    ///
    /// - Parameter features: whether its features are needed too.
    func prepared(concepts: String? = nil, features: Bool = false) throws -> StudyAnalysis {
        let workbench = try open()
        let study = try withProgress { try workbench.prepare($0, features: features) }
        if features, study.features == nil { throw WorkbenchError.noAutoencoder(study: workbench.folder.path) }
        guard let concepts else { return study }
        var other = try workbench.analysis(concepts: workbench.study.concepts(named: concepts))
        if features { try workbench.addFeatures(to: &other) }
        return other
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for machines.")
    var json = false

    /// Prints `document` as JSON, or what `text` makes of it.
    func print<Document: Encodable>(_ document: Document, text: (Document) -> String) throws {
        guard json else { return Swift.print(text(document)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }
}

/// What a model's products are rounded to.
struct PrecisionOptions: ParsableArguments {
    @Option(help: "float32, or bfloat16 where the processor has it: about twice as fast, to three digits.")
    var precision = Precision.float32
}

/// What accuracy is counted on, where that is not the study's own.
struct CountingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Count on these labelled images instead of the study's.", valueName: "file"))
    var images: String?
    @Option(
        help: ArgumentHelp(
            "Other classes for a CLIP as target model, a line for each label; equal lines are one class.",
            valueName: "file"))
    var classes: String?
    @OptionGroup var prompts: TemplateOptions

    var isOther: Bool { images != nil || classes != nil || prompts.isGiven }

    /// The class words, where either classes or templates are given; what is not is `own`.
    func words(instead own: ClassWords?) throws -> ClassWords? {
        guard classes != nil || prompts.isGiven else { return nil }
        var words = own ?? ClassWords(lines: [])
        if let classes { words.lines = try ConceptList.read(URL(filePath: classes)) }
        if let templates = try prompts.chosen() { words.templates = templates.templates }
        return words
    }
}

/// Which units a command works on.
struct UnitOptions: ParsableArguments {
    @Option(help: "Which units: neurons, or the features of the study's sparse autoencoder.")
    var units = UnitChoice.neurons

    var kind: UnitKind { units == .features ? .feature : .neuron }
}

enum UnitChoice: String, ExpressibleByArgument, CaseIterable {
    case neurons, features
}

extension Precision: ExpressibleByArgument {}
extension Ranking: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}
