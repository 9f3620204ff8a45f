import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute a report again and say which figures differ.",
        discussion: """
            Reads a report.json of `miclip report` or `miclip evaluate --json`, evaluates the study likewise, and compares \
            every figure. What the figures depend on may have changed since: other digests are named first. Exit status 1 \
            where a figure differs.

            Example: miclip verify report.json --study photos.study
            """)

    @Argument(help: "The report, as JSON.") var report: String
    @Option(help: "How far a figure may be off: absolute, or relative to the reported one where that is larger than 1.")
    var tolerance = 1e-6
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    struct Known: Decodable {
        var request: EvaluationRequest
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
        let layer = try study.layer(units: Set(known.request.kinds))
        let evaluation = try withProgress { work in try layer.evaluation(known.request, isResumed: false, work) }
        let document = VerificationDocument(known, evaluation, tolerance: tolerance)
        try output.print(document) { $0.text }
        if !document.differing.isEmpty || !document.missing.isEmpty { throw ExitCode(1) }
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

    init(_ known: Verify.Known, _ evaluation: Evaluation, tolerance: Double) {
        let found = Dictionary(evaluation.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        missing = known.figures.filter { found[$0.name] == nil }.map(\.name)
        let both = known.figures.compactMap { figure in found[figure.name].map { (figure, $0) } }
        compared = both.count
        differing = both.filter { !(abs($0.value - $1) <= tolerance * max(1, abs($0.value))) }
            .map { Difference(name: $0.name, reported: $0.value, found: $1) }
        otherDigests = known.digests.filter { evaluation.digests[$0.key] != $0.value }.keys.sorted()
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
