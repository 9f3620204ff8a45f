import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute a report again and say which figures differ.",
        discussion: """
            Reads what `miclip report`, `evaluate`, `audit` or `compare` wrote as JSON or as a page (.html), computes the same of \
            the study, and compares every figure and every value of the tables; a page is made again too, and compared line by \
            line. What they depend on may have changed since: other digests are named first. The layer is the report's own \
            unless one is named. Exit status 1 where anything differs, or a figure is left out.

            Examples:
              miclip verify report.json --study photos.study
              miclip audit --output dossier.html && miclip verify dossier.html
            """)

    @Argument(help: "The report: .json or .html.", completion: .file()) var report: String
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
        /// Where it was made, of whose layer, by whose answers, and how.
        var study, model, layer, reader, command: String?
    }

    /// What is verified: JSON, and the page that it was found in, where it was.
    private struct Reported {
        var json: JSON
        var known: Known
        var page, document: String?
    }

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance must be 0 or more.") }
    }

    func run() throws {
        let document = try again(read())
        try output.print(document) { $0.text }
        if !document.isAsReported { throw ExitCode(1) }
    }

    private func read() throws -> Reported {
        do {
            var bytes = try WholeFile.bytes(of: URL(filePath: report))
            var (page, document): (String?, String?)
            if ReportHTML.isPage(String(decoding: bytes.prefix(64), as: UTF8.self)) {
                page = String(decoding: bytes, as: UTF8.self)
                document = page.flatMap(ReportHTML.document)
                guard let document else { throw notAReport("") }
                bytes = [UInt8](document.utf8)
            }
            return Reported(
                json: try Self.json(bytes), known: try JSONDecoder().decode(Known.self, from: Data(bytes)), page: page,
                document: document)
        } catch let error as JSON.SyntaxError {
            // No JSON at all: another form of a report, for one.
            if error.line == 1 && error.byte == 1 { throw notAReport("") }
            throw FileError.malformedJSON(
                file: report, line: error.line, byte: error.byte, path: error.path, expected: error.expected)
        } catch let error as DecodingError {
            throw notAReport(error.path)
        }
    }

    private func notAReport(_ path: String) -> FileError {
        .malformedJSON(
            file: report, line: 0, byte: 0, path: path,
            expected: "what `miclip report`, `evaluate`, `audit` or `compare` wrote as JSON or .html")
    }

    private static func json(_ bytes: [UInt8]) throws -> JSON { try bytes.withUnsafeBytes { try JSON(parsing: $0) } }

    /// Computes what the report is of once more.
    private func again(_ reported: Reported) throws -> VerificationDocument {
        let known = reported.known
        let study = try options(of: known)
        if study.study == nil { try refuseOtherImages(known, study.layer()) }
        /// - Parameter page: the report of what was found, as a page has it.
        func compared(
            _ figures: [EvaluationFigure], _ digests: [String: String], _ document: some Encodable,
            page: () throws -> Report
        ) throws -> VerificationDocument {
            let found = try Self.json([UInt8](documentText(of: document).utf8))
            var result = VerificationDocument(
                known, reported.json, figures: figures, digests: digests, found: found, tolerance: tolerance)
            if let own = reported.page {
                var report = try page()
                // What is no figure is told as it was: where the study lay, and what the figures depend on.
                report.document = reported.document
                report.digests = known.digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
                let isExact = VerificationDocument(
                    known, reported.json, figures: figures, digests: digests, found: found, tolerance: 0
                ).isAsReported
                result.otherLines = PageComparison.lines(own, ReportHTML.text(report), isExact: isExact)
            }
            return result
        }
        let command = known.command ?? ""
        if let request = known.audit {
            let layer = try study.layer(units: [request.kind])
            var audit = try withProgress { work in try layer.audit(request, work) }
            audit.facts.take(known)
            return try compared(audit.figures, audit.digests, AuditDocument(audit, command: command)) {
                Report(audit, command: command)
            }
        }
        if let request = known.comparison {
            let first = try study.layer(units: [request.units], at: request.first)
            let second = try study.layer(units: [request.units], at: request.second)
            var found = try withProgress { work in try first.comparison(with: second, request, work) }
            found.facts.take(known)
            return try compared(found.figures, found.digests, ComparisonDocument(found, command: command)) {
                Report(found, command: command)
            }
        }
        guard let request = known.request else { throw notAReport("request") }
        let layer = try study.layer(units: Set(request.kinds))
        var evaluation = try withProgress { work in try layer.evaluation(request, isResumed: false, work) }
        evaluation.facts.take(known)
        return try compared(evaluation.figures, evaluation.digests, EvaluationDocument(evaluation)) {
            try ReportCommand.report(evaluation, of: layer, withPictures: true, command: command)
        }
    }

    /// Of the study that is taken where none is named, all figures would be others.
    private func refuseOtherImages(_ known: Known, _ layer: StudiedLayer) throws {
        for (name, digest) in try layer.imageDigests where known.digests[name] ?? digest != digest {
            throw WorkbenchError.reportOfOtherImages(
                file: report, madeOf: known.study, study: try layer.facts.study)
        }
    }

    /// Where to look: the report's layer, unless one is named or the study has none of that name.
    private func options(of known: Known) throws -> StudyOptions {
        guard let layer = known.layer, !study.namesLayer else { return study }
        let named = try study.openStudy().layerFacts().map(\.reference).filter { $0.layer == layer }
        guard !named.isEmpty else { return study }
        var options = study
        (options.layer, options.probeHead) = (layer, known.reader == LayerReader.probe.title)
        if let model = known.model, named.contains(where: { $0.model == model }) { options.model = model }
        return options
    }
}

extension StudyFacts {
    /// Takes over where a report says it was made.
    fileprivate mutating func take(_ known: Verify.Known) {
        study = known.study ?? study
        model = known.model ?? model
    }
}
