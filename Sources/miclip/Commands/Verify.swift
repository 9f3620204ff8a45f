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
            and compares every figure. What the figures depend on may have changed since: other digests are named first. Exit status 1 \
            where a figure differs.

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
        let known: Known
        do {
            let bytes = try WholeFile.bytes(of: URL(filePath: report))
            known = try JSONDecoder().decode(Known.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw FileError.malformedJSON(
                file: report, line: 0, byte: 0, path: error.path, expected: "a report of `miclip report`")
        }
        let document = try again(known)
        try output.print(document) { $0.text }
        if !document.differing.isEmpty || !document.missing.isEmpty { throw ExitCode(1) }
    }

    /// Computes what the report is of once more.
    private func again(_ known: Known) throws -> VerificationDocument {
        if let request = known.audit {
            let layer = try study.layer(units: [request.kind])
            let audit = try withProgress { work in try layer.audit(request, work) }
            return VerificationDocument(known, audit.figures, digests: audit.digests, tolerance: tolerance)
        }
        if let request = known.comparison {
            let first = try study.layer(units: [request.units], at: request.first)
            let second = try study.layer(units: [request.units], at: request.second)
            let found = try withProgress { work in try first.comparison(with: second, request, work) }
            return VerificationDocument(known, found.figures, digests: found.digests, tolerance: tolerance)
        }
        guard let request = known.request else {
            throw FileError.malformedJSON(
                file: report, line: 0, byte: 0, path: "request", expected: "a report of `miclip report`")
        }
        let layer = try study.layer(units: Set(request.kinds))
        let evaluation = try withProgress { work in try layer.evaluation(request, isResumed: false, work) }
        return VerificationDocument(known, evaluation.figures, digests: evaluation.digests, tolerance: tolerance)
    }
}

/// JSON of `verify`.
struct VerificationDocument: Encodable {
    struct Difference: Encodable {
        var name: String
        var reported, found: Double
    }

    /// Figures compared.
    var compared: Int
    var differing: [Difference]
    /// Figures of the report that the evaluation does not have.
    var missing: [String]
    /// What the figures depend on and that is another now.
    var otherDigests: [String]

    init(_ known: Verify.Known, _ figures: [EvaluationFigure], digests: [String: String], tolerance: Double) {
        let found = Dictionary(figures.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        missing = known.figures.filter { found[$0.name] == nil }.map(\.name)
        let both = known.figures.compactMap { figure in found[figure.name].map { (figure, $0) } }
        compared = both.count
        differing = both.filter { !(abs($0.value - $1) <= tolerance * max(1, abs($0.value))) }
            .map { Difference(name: $0.name, reported: $0.value, found: $1) }
        otherDigests = known.digests.filter { digests[$0.key] != $0.value }.keys.sorted()
    }

    var text: String {
        let others = otherDigests.isEmpty ? [] : ["other than in the report: \(otherDigests.joined(separator: ", "))"]
        let lines = differing.map {
            "differs: \($0.name): \(number($0.reported, 6)) reported, \(number($0.found, 6)) found"
        }
        let absent = missing.map { "not there: \($0)" }
        let result =
            differing.isEmpty && missing.isEmpty
            ? "all \(compared) figures are as reported"
            : "\(differing.count) of \(compared) figures differ, \(missing.count) are not there"
        return (others + lines + absent + [result]).joined(separator: "\n")
    }
}
