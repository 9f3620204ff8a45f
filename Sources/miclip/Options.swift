import Analysis
import ArgumentParser
import Foundation
import Workbench

/// The study every command works on.
struct StudyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The study's folder (default: the bundled study).", valueName: "dir"))
    var study: String?

    /// Opens the study; the bundled one is created when first asked for.
    func open() throws -> Workbench {
        try study.map { try Workbench(opening: URL(filePath: $0)) } ?? Workbench.bundled()
    }

    /// Opens the study with other held-out images.
    func open(images: String?) throws -> Workbench {
        let workbench = try open()
        return try images.map { try workbench.evaluating(on: $0) } ?? workbench
    }

    /// Opens the study and computes what is missing, with progress on a terminal.
    func prepared(concepts: String? = nil) throws -> StudyAnalysis {
        let workbench = try open()
        let study = try withProgress { try workbench.prepare($0) }
        guard let concepts else { return study }
        return try workbench.analysis(concepts: ConceptList.read(URL(filePath: concepts)))
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for machines.")
    var json = false

    /// Prints `document` as JSON, or what `text` makes of it.
    func print<Document: Encodable>(_ document: Document, text: (Document) -> String) throws {
        guard json else { return Swift.print(text(document)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }
}

extension Ranking: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}
