import Analysis
import ArgumentParser
import Files
import Foundation
import LinearAlgebra
import Workbench

/// The study every command works on.
struct StudyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The study's folder (default: the bundled study).", valueName: "dir"), completion: .directory
    )
    var study: String?

    @Option(help: "The layer, by its hook point (default: the study's first).") var layer: String?
    @Option(help: ArgumentHelp("The target model, where the study has several: its name or place.", valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The concept set, where not the study's chosen one: a name in the study, or a file of one concept a line.",
            valueName: "set"))
    var concepts: String?

    @Flag(
        help:
            "Read the layer by a probe head, a linear classifier fitted on the labels of the probe images, instead of the model's own answers."
    )
    var probeHead = false

    /// Opens the study; the bundled one is created when first asked for.
    func openStudy() throws -> Study {
        try study.map { try Study(opening: URL(filePath: $0)) } ?? Study.bundled()
    }

    /// Whether another layer may be wanted than the one to begin with.
    var namesLayer: Bool { layer != nil || model != nil || probeHead }

    /// Opens the study's layer.
    func open() throws -> TargetLayer {
        let layer = try openStudy().layer(layer, model: model)
        return probeHead ? try layer.reading(by: .probe) : layer
    }

    /// Opens the study's layer and computes what is missing, with progress on a terminal.
    ///
    /// - Parameters:
    ///   - counting: what accuracy is to be counted on.
    ///   - units: those that are needed.
    ///   - place: another layer of the study than the one that is named.
    func layer(
        counting: CountingOptions? = nil, units: Set<UnitKind> = [.neuron], at place: LayerReference? = nil
    ) throws -> StudiedLayer {
        let target = try place.map { try openStudy().layer($0) } ?? open()
        try warn(ofAssumptionsIn: target)
        let words = try counting?.words(instead: target.classWords)
        let concepts = try concepts.map { try target.study.concepts(named: $0) }
        return try withProgress { work in
            var layer = try target.prepare(work, features: units.contains(.feature))
            for kind in units { _ = try layer.space(kind) }
            if let concepts { layer = try layer.describing(with: concepts) }
            guard let counting, counting.isOther else { return layer }
            return try layer.counting(on: counting.images, words: words, work)
        }
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for machines.")
    var json = false

    /// Prints `document` as JSON, or what `text` makes of it.
    func print<Document: Encodable>(_ document: Document, text: (Document) -> String) throws {
        guard json else { return miclip.print(text(document)) }
        printUnchanged(try documentText(of: document))
    }
}

/// What a model's products are rounded to.
struct PrecisionOptions: ParsableArguments {
    @Option(help: Self.help) var precision = Precision.float32

    static let help: ArgumentHelp =
        "float32, or bfloat16 where the processor has it: about twice as fast, to three digits."
}

/// What accuracy is counted on, where that is not the study's own.
struct CountingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Count on these labelled images instead of the study's.", valueName: "file"),
        completion: .file())
    var images: String?
    @Option(
        help: ArgumentHelp(
            "Other classes for a CLIP as target model, a line for each label; equal lines are one class.",
            valueName: "file"), completion: .file())
    var classes: String?
    @OptionGroup var prompts: TemplateOptions

    var isOther: Bool { images != nil || classes != nil || prompts.isGiven }

    /// The class words, where either classes or templates are given; what is not is `own`.
    func words(instead own: ClassWords?) throws -> ClassWords? {
        guard classes != nil || prompts.isGiven else { return nil }
        var words = own ?? ClassWords(lines: [])
        if let classes { words.lines = try ConceptList.readClasses(URL(filePath: classes)) }
        if let templates = try prompts.chosen() { words.templates = templates.templates }
        return words
    }
}

/// Which units a command works on.
struct UnitOptions: ParsableArguments {
    @Option(help: "Which units: neurons, or the features of the study's sparse autoencoder.")
    var units = UnitChoice.neurons

    var kind: UnitKind { units.kind }
}

enum UnitChoice: String, ExpressibleByArgument, CaseIterable {
    case neurons, features

    var kind: UnitKind {
        switch self {
        case .neurons: .neuron
        case .features: .feature
        }
    }
}

extension Precision: ExpressibleByArgument {}
extension AlignmentMethod: ExpressibleByArgument {}

extension Ranking: ExpressibleByArgument {
    static var help: ArgumentHelp { "How units are ranked, rivals by default (see `miclip help locate`)." }

    /// One line each.
    static var explanations: String {
        allCases.map { "- \($0.rawValue): \($0.explanation)" }.joined(separator: "\n")
    }
}
extension ExportFormat: ExpressibleByArgument {}
