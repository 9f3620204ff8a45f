import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the whole evaluation of a layer into one file.",
        discussion: """
            The file needs nothing beside it. Its ending says which form: .html with plots and pictures, .md, .tex, .csv or .json. \
            `miclip verify` computes .html and .json again. The layer's findings are in .html and .md. Every figure has its n, its seeds and its interval; the command and \
            the digests of all that it depends on are in it.

            Examples:
              miclip report --output report.html
              miclip report --output report.json && miclip verify report.json
            """)

    @Option(
        help: ArgumentHelp("The file to write: .html, .md, .tex, .json or .csv.", valueName: "file"),
        completion: .file())
    var output: String
    @OptionGroup var parts: EvaluationOptions
    @OptionGroup var study: StudyOptions

    func validate() throws {
        _ = try ReportFormat(file: output)
    }

    func run() throws {
        let format = try ReportFormat(file: output)
        let (layer, request, note) = try parts.prepared(study)
        let imported = try parts.imported(layer)
        let evaluation = try withProgress { work in
            try layer.evaluation(request, imported: imported, isResumed: !parts.fresh, work)
        }
        let command = parts.command(as: "report --output \(URL(filePath: output).lastPathComponent)", study)
        let report = try Self.report(evaluation, of: layer, withPictures: format == .html, command: command)
        let document = EvaluationDocument(evaluation, note: note, command: command)
        try UserFile.write(format.text(report, document), to: URL(filePath: output))
        let seconds = evaluation.seconds.values.reduce(0, +)
        print("\(output): \(evaluation.figures.count) figures in \(number(seconds, 0)) s")
    }

    /// The report with what the layer has beside the evaluation.
    static func report(
        _ evaluation: Evaluation, of layer: StudiedLayer, withPictures: Bool, command: String
    ) throws -> Report {
        var report = Report(evaluation, units: withPictures ? try units(of: layer) : [], command: command)
        report.findings = try layer.pages(
            of: layer.findings(), withPictures: withPictures, study: evaluation.facts.study)
        return report
    }

    /// The dozen units whose descriptions do best on held-out images, with their pictures.
    private static func units(of layer: StudiedLayer) throws -> [Report.Unit] {
        guard let scored = try layer.scoredDescriptions(.neuron) else { return [] }
        func pearson(_ explanation: ScoredExplanation) -> Float { explanation.scores?.pearson ?? -1 }
        let best = scored.sorted { (-pearson($0.value), $0.key) < (-pearson($1.value), $1.key) }.prefix(12)
        return try best.map { unit, explanation in
            let profile = try layer.profile(unit, images: 8, concepts: 3)
            return Report.Unit(
                name: unit.description, description: profile.concepts.map(\.concept).joined(separator: ", "),
                figures:
                    "Pearson \(number(pearson(explanation), 2)), AUPRC \(number(explanation.scores?.auprc ?? 0, 2)) "
                    + "(\(explanation.scores?.basis.rawValue ?? ""))",
                images: profile.mostActivating)
        }
    }
}
