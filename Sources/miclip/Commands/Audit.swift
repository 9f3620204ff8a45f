import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what classes lean on that is not of them, and what mends their worst groups.",
        discussion: """
            Of every class the concepts that are far from it in the concept space and whose units, removed, take most off its \
            logit; beside random unit sets, corrected for the number of tests, and random concepts. One half of the held-out \
            images chooses, the other reports. Beside the words of the concept set stands what images have in common that are \
            taken for the class by mistake.

            --groups names the group of each held-out image, an image (as `t10k #17` or by its path), a tab and the group a line; \
            or `folders`, by the folder each lies in. Then each class's worst group is told, with the smallest unit set and the \
            β that mend it while the other classes lose no more than --damage points.

            The rest of the network must be linear in the layer (norm, projection, logits), or be read by --probe-head.

            Examples:
              miclip audit --study photos.study
              miclip audit --groups groups.txt --damage 1 --output dossier.html
              miclip audit --output audit.json && miclip verify audit.json
            """)

    @Option(help: ArgumentHelp("The group of each held-out image, or `folders`.", valueName: "file"))
    var groups: String?
    @Option(help: "Points of accuracy that other classes may lose where a class is mended.") var damage = 0.5
    @Option(help: "τ, how many units of a concept.") var top = 20
    @Option(help: "How many concepts to tell of each class.") var list = 5
    @Option(help: "How many concepts to ask at most: those that describe most units.") var ask = 500
    @Option(help: Ranking.help) var ranking: Ranking?
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("Write a dossier: .html, .md, .tex, .json or .csv.", valueName: "file"))
    var file: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (value, name) in [(top, "--top"), (list, "--list"), (ask, "--ask")] { try requirePositive(value, name) }
        guard damage >= 0, damage.isFinite else { throw ValidationError("--damage must be 0 or more points.") }
        if let file { _ = try ReportFormat(file: file) }
    }

    func run() throws {
        let format = try file.map { try ReportFormat(file: $0) }
        var request = AuditRequest()
        (request.units, request.listed, request.concepts) = (top, list, ask)
        (request.damage, request.groups) = (damage / 100, groups)
        let layer = try study.layer()
        try warn(ofDoubtIn: layer)
        request.ranking = ranking ?? layer.reader.standardRanking
        let audit = try withProgress { work in try layer.audit(request, work) }
        let document = AuditDocument(audit, command: command)
        if let file, let format {
            let report = Report(audit, command: command)
            let text = try format == .json ? documentText(of: document) : format.text(report)
            try UserFile.write(text, to: URL(filePath: file))
            return print("\(file): \(audit.figures.count) figures")
        }
        try output.print(document) { _ in
            Report(audit, command: command).sections.map(\.text).joined(separator: "\n\n")
        }
    }

    /// The command that makes the same, without what is as it is by default.
    private var command: String {
        var words = ["miclip", "audit"]
        if top != 20 { words.append("--top \(top)") }
        if list != 5 { words.append("--list \(list)") }
        if ask != 500 { words.append("--ask \(ask)") }
        if damage != 0.5 { words.append("--damage \(damage)") }
        if let ranking { words.append("--ranking \(ranking.rawValue)") }
        if study.probeHead { words.append("--probe-head") }
        let named = [
            ("--groups", groups), ("--study", study.study), ("--layer", study.layer), ("--model", study.model),
            ("--concepts", study.concepts),
        ]
        words += named.compactMap { name, value in value.map { "\(name) '\($0)'" } }
        return words.joined(separator: " ")
    }
}

/// The forms of a report, by a file's ending.
enum ReportFormat: String, CaseIterable {
    case html, md, tex, json, csv

    /// - Throws: `ValidationError` for any other ending.
    init(file: String) throws {
        guard let format = Self(rawValue: URL(filePath: file).pathExtension.lowercased()) else {
            let known = Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
            throw ValidationError("--output must end with one of \(known); found \(file).")
        }
        self = format
    }

    /// A report in this form; JSON is the document's own.
    func text(_ report: Report) -> String {
        switch self {
        case .html: ReportHTML.text(report)
        case .md, .json: ReportText.markdown(report)
        case .tex: ReportText.latex(report)
        case .csv: ReportText.csv(report)
        }
    }
}
