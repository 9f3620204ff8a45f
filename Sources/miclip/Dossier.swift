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
        try UserFile.write(format.text(report, document), to: URL(filePath: file))
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

    /// A report in this form.
    ///
    /// - Parameter document: the same for machines; a page has it in it.
    func text(_ report: Report, _ document: some Encodable) throws -> String {
        switch self {
        case .html:
            var report = report
            report.document = try documentText(of: document)
            return ReportHTML.text(report)
        case .json: return try documentText(of: document)
        case .md: return ReportText.markdown(report)
        case .tex: return ReportText.latex(report)
        case .csv: return ReportText.csv(report)
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
