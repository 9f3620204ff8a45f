import Files
import Foundation

/// A report as Markdown, LaTeX or comma-separated values.
package enum ReportText {
    package static func markdown(_ report: Report) -> String {
        func table(_ columns: [String], _ rows: [[String]]) -> String {
            ([columns, columns.map { _ in "---" }] + rows.map { $0.map(Markdown.cell) })
                .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
        }
        var parts = [
            "# \(Markdown.cell(report.title))", table(["", ""], report.facts.map { [$0.name, $0.value] }),
        ]
        for section in report.sections {
            parts +=
                ["## \(section.title)"] + section.sentences.map(Markdown.cell) + [table(section.columns, section.rows)]
        }
        if !report.findings.isEmpty {
            parts +=
                ["## Findings"] + FindingsText.sections(report.findings).map { $0.hasPrefix("## ") ? "#" + $0 : $0 }
        }
        parts += ["## How it was made", "`\(report.command)`"]
        parts.append(table(["digest of", ""], report.digests.map { [$0.name, $0.value] }))
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// Tables for a paper: `booktabs` rules, one table a section.
    package static func latex(_ report: Report) -> String {
        let tables = report.sections.map { section in
            let rows = section.rows.map { $0.map(escaped).joined(separator: " & ") + " \\\\" }
            return """
                \\begin{table}
                \\caption{\(escaped(section.title)). \(section.sentences.map(escaped).joined(separator: " "))}
                \\begin{tabular}{\(section.columns.map { _ in "l" }.joined())}
                \\toprule
                \(section.columns.map(escaped).joined(separator: " & ")) \\\\
                \\midrule
                \(rows.joined(separator: "\n"))
                \\bottomrule
                \\end{tabular}
                \\end{table}
                """
        }
        let note = "% \(report.title), made by: \(report.command)\n% \\usepackage{booktabs}"
        return ([note] + tables).joined(separator: "\n\n") + "\n"
    }

    /// Every table below the other, each row with its section.
    package static func csv(_ report: Report) -> String {
        CSV.text(
            report.sections.flatMap { section in
                [["table"] + section.columns] + section.rows.map { [section.title] + $0 }
            })
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "±": result += "$\\pm$"
            case "×": result += "$\\times$"
            case "β": result += "$\\beta$"
            case "τ": result += "$\\tau$"
            case "<": result += "$<$"
            case ">": result += "$>$"
            default: result.append(character)
            }
        }
        return result
    }
}
