import ArgumentParser
import Files
import Foundation
import Workbench

/// Printing something that `verify` computes again, or writing it to a file.
struct DossierOptions: ParsableArguments {
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("Write a dossier: .html, .md, .tex, .json or .csv.", valueName: "file"), completion: .file())
    var file: String?
    @OptionGroup var output: OutputOptions

    func validate() throws { _ = try format }

    private var format: ReportFormat? { get throws { try file.map { try ReportFormat(file: $0) } } }

    /// - Parameters:
    ///   - document: the same for machines.
    ///   - figures: how many there are to verify.
    func give(_ report: Report, _ document: some Encodable, figures: Int) throws {
        guard let file, let format = try format else {
            return try output.print(document) { _ in report.sections.map(\.text).joined(separator: "\n\n") }
        }
        let text = try format == .json ? documentText(of: document) : format.text(report)
        try UserFile.write(text, to: URL(filePath: file))
        print("\(file): \(figures) figures")
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

extension StudyOptions {
    /// The options that name the layer, as they are written.
    var words: [String] {
        let named = [("--study", study), ("--layer", layer), ("--model", model), ("--concepts", concepts)]
        return (probeHead ? ["--probe-head"] : []) + named.compactMap { name, value in value.map { "\(name) '\($0)'" } }
    }
}
