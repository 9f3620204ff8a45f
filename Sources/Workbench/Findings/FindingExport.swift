import Analysis
import Files
import Foundation

/// Findings as JSON, CSV (RFC 4180) or Markdown, notes included.
struct FindingExport {
    let findings: [Finding]
    let study: String

    func text(as format: ExportFormat) throws -> String {
        let rows = findings.map(FindingRow.init)
        switch format {
        case .json: return try documentText(of: FindingsDocument(study: study, findings: rows))
        case .csv: return csv(rows)
        case .markdown: return markdown(rows)
        }
    }

    private func csv(_ rows: [FindingRow]) -> String {
        CSV.text([FindingRow.columns] + rows.map(\.cells))
    }

    private func markdown(_ rows: [FindingRow]) -> String {
        let lines =
            [FindingRow.columns, FindingRow.columns.map { _ in "---" }] + rows.map { $0.cells.map(Markdown.cell) }
        let table = lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
        return "# Findings\n\nStudy: \(Markdown.cell(study))\n\n\(table)\n"
    }
}
