import Analysis
import ArgumentParser
import Foundation
import Workbench

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the findings you marked, with your notes.",
        discussion: "Example: miclip export --format csv --output findings.csv")

    @Option(help: "json, csv or markdown.") var format: ExportFormat?
    @Option(help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
    var output: String?
    @Flag(help: "The same as --format json.") var json = false
    @OptionGroup var study: StudyOptions

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) disagree.")
        }
    }

    func run() throws {
        let text = try study.open().exportedFindings(as: json ? .json : format ?? .markdown)
        if let output {
            try UserFile.write(text, to: URL(filePath: output))
        } else {
            print(text, terminator: "")
        }
    }
}
