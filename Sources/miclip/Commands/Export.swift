import Analysis
import ArgumentParser
import Foundation
import Workbench

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the findings you marked, with your notes.",
        discussion: """
            Markdown reads as prose with small tables; html is one page with pictures and plots; csv has a row a finding; json \
            has all of it, and `miclip import findings` takes it into another study.

            Example: miclip export --format csv --output findings.csv
            """)

    @Option(help: "markdown, html, csv or json.") var format: ExportFormat?
    @Option(help: "Only those with this tag: a word with # in the note.") var tag: String?
    @Option(
        help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"), completion: .file())
    var output: String?
    @Flag(help: "The same as --format json.") var json = false
    @OptionGroup var study: StudyOptions

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) disagree.")
        }
    }

    func run() throws {
        let layer = try study.open()
        let wanted = tag.map { ($0.hasPrefix("#") ? String($0.dropFirst()) : $0).lowercased() }
        let findings = try layer.findings().filter { finding in wanted.map(finding.tags.contains) ?? true }
        let text = try layer.exportedFindings(findings, as: json ? .json : format ?? .markdown)
        if let output {
            try UserFile.write(text, to: URL(filePath: output))
        } else {
            print(text, terminator: "")
        }
    }
}
