import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute a report again and say which figures differ.",
        discussion: """
            Reads the JSON of `miclip report`, `evaluate`, `audit` or `compare`, computes the same of the study, \
            and compares every figure and every value of the tables. What they depend on may have changed since: other digests \
            are named first. Exit status 1 where anything differs, or a figure is left out.

            Examples:
              miclip verify report.json --study photos.study
              miclip compare --with norm --output both.json && miclip verify both.json
            """)

    @Argument(help: "The report, as JSON.", completion: .file()) var report: String
    @Option(help: "How far a figure may be off: absolute, or relative to the reported one where that is larger than 1.")
    var tolerance = 1e-6
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    struct Known: Decodable {
        /// Of a report, an audit, or a comparison.
        var request: EvaluationRequest?
        var audit: AuditRequest?
        var comparison: ComparisonRequest?
        var digests: [String: String]
        var figures: [EvaluationFigure]
    }

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance must be 0 or more.") }
    }

    func run() throws {
        let known: Known, reported: JSON
        do {
            let bytes = try WholeFile.bytes(of: URL(filePath: report))
            reported = try Self.json(bytes)
            known = try JSONDecoder().decode(Known.self, from: Data(bytes))
        } catch let error as JSON.SyntaxError {
            // No JSON at all: another form of a report, for one.
            if error.line == 1 && error.byte == 1 { throw notAReport("") }
            throw FileError.malformedJSON(
                file: report, line: error.line, byte: error.byte, path: error.path, expected: error.expected)
        } catch let error as DecodingError {
            throw notAReport(error.path)
        }
        let document = try again(known, reported)
        try output.print(document) { $0.text }
        if !document.isAsReported { throw ExitCode(1) }
    }

    private func notAReport(_ path: String) -> FileError {
        .malformedJSON(
            file: report, line: 0, byte: 0, path: path,
            expected: "the JSON of `miclip report`, `evaluate`, `audit` or `compare`")
    }

    private static func json(_ bytes: [UInt8]) throws -> JSON { try bytes.withUnsafeBytes { try JSON(parsing: $0) } }

    /// Computes what the report is of once more.
    private func again(_ known: Known, _ reported: JSON) throws -> VerificationDocument {
        func compared(
            _ figures: [EvaluationFigure], _ digests: [String: String], _ document: some Encodable
        ) throws -> VerificationDocument {
            VerificationDocument(
                known, reported, figures: figures, digests: digests,
                found: try Self.json([UInt8](documentText(of: document).utf8)), tolerance: tolerance)
        }
        if let request = known.audit {
            let layer = try study.layer(units: [request.kind])
            let audit = try withProgress { work in try layer.audit(request, work) }
            return try compared(audit.figures, audit.digests, AuditDocument(audit, command: ""))
        }
        if let request = known.comparison {
            let first = try study.layer(units: [request.units], at: request.first)
            let second = try study.layer(units: [request.units], at: request.second)
            let found = try withProgress { work in try first.comparison(with: second, request, work) }
            return try compared(found.figures, found.digests, ComparisonDocument(found, command: ""))
        }
        guard let request = known.request else { throw notAReport("request") }
        let layer = try study.layer(units: Set(request.kinds))
        let evaluation = try withProgress { work in try layer.evaluation(request, isResumed: false, work) }
        return try compared(evaluation.figures, evaluation.digests, EvaluationDocument(evaluation))
    }
}
