import Analysis
import ArgumentParser
import Workbench

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a study holds.", discussion: "Example: miclip info --json")

    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let workbench = try study.open()
        let facts = try withProgress { try workbench.prepare($0).facts }
        let skipped = try workbench.skippedImages().map(SkippedDocument.init)
        let warnings = workbench.imageWarnings.map(ImageWording.words)
        var document = StudyDocument(facts, warnings: warnings, skipped: skipped)
        document.features = try workbench.autoencoderReport()
        try output.print(document) { document in
            let lines = """
                study     \(document.study)
                model     \(document.model)
                layer     \(document.layer)
                images    \(document.images) (\(document.probeImages) probe, \(document.heldOutImages) held out)
                units     \(document.units)\(document.isSigned ? ", each with two poles" : "")\(Self.features(document.features))
                concepts  \(document.concepts)
                classes   \(Wording.list(document.classes))
                accuracy  \(number(100 * document.accuracy, 2)) % on the held-out images
                """
            return ([lines] + ImageWording.lines(warnings: warnings, skipped: skipped)).joined(separator: "\n")
        }
    }

    private static func features(_ report: AutoencoderReport?) -> String {
        guard let report else { return "" }
        return
            "\nfeatures  \(report.features), \(number(100 * report.explainedVariance, 1)) % of the variance explained, "
            + "\(number(100 * report.deadShare, 1)) % dead"
    }
}

/// JSON of `info`.
struct StudyDocument: Encodable {
    var study: String
    var model: String
    var layer: String
    var images: Int
    var probeImages: Int
    var heldOutImages: Int
    var units: Int
    var isSigned: Bool
    /// Of the study's sparse autoencoder, where it has one.
    var features: AutoencoderReport?
    var concepts: Int
    var classes: [String]
    var accuracy: Double
    var warnings: [String]
    /// Images that could not be read.
    var skipped: [SkippedDocument]

    init(_ facts: StudyFacts, warnings: [String], skipped: [SkippedDocument]) {
        (self.warnings, self.skipped) = (warnings, skipped)
        study = facts.study
        model = facts.model
        layer = facts.layer
        images = facts.probeImages + facts.heldOutImages
        probeImages = facts.probeImages
        heldOutImages = facts.heldOutImages
        units = facts.units
        isSigned = facts.isSigned
        concepts = facts.concepts
        classes = facts.classes
        accuracy = facts.accuracy
    }
}
