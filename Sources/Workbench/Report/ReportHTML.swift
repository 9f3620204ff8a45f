import Analysis
import Foundation
import Pictures

/// A report as one page that needs nothing beside it: styles, plots and pictures are in it, and what verifies it.
package enum ReportHTML {
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// The beginning of a page, down to its title.
    static func head(_ title: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title>
        <style>
        body { font: 15px/1.5 Helvetica, Arial, sans-serif; color: #20242c; max-width: 62em; margin: 2em auto; padding: 0 1em }
        h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em }
        table { border-collapse: collapse; font-size: 13px; margin: 1em 0; display: block; overflow-x: auto }
        th { text-align: left; border-bottom: 1px solid #9aa0a8 } th, td { padding: 2px 12px 2px 0; white-space: nowrap }
        td:not(:first-child) { font-variant-numeric: tabular-nums }
        svg { width: 100%; height: auto; margin: 1em 0 } code { background: #f0f1f3; padding: 1px 4px; overflow-wrap: anywhere }
        figure { margin: 1em 0 } img { width: 56px; height: auto; image-rendering: pixelated; margin-right: 4px }
        </style>
        </head>
        <body>
        <h1>\(escaped(title))</h1>
        """
    }

    package static func text(_ report: Report) -> String {
        var parts = [
            head(report.title),
            table(["", ""], report.facts.map { [$0.name, $0.value] }),
        ]
        for section in report.sections {
            parts.append("<h2>\(escaped(section.title))</h2>")
            parts += section.sentences.map { "<p>\(escaped($0))</p>" }
            if let plot = section.plot { parts.append(plot.svg) }
            parts.append(table(section.columns, section.rows))
        }
        if !report.units.isEmpty { parts.append("<h2>Units</h2>") }
        parts += report.units.map(figure)
        if !report.findings.isEmpty {
            parts.append("<h2>Findings</h2>")
            parts += FindingsText.sections(html: report.findings).map { $0.replacing("h2>", with: "h3>") }
        }
        parts.append("<h2>How it was made</h2>\n<p><code>\(escaped(report.command))</code></p>")
        parts.append(table(["digest of", ""], report.digests.map { [$0.name, $0.value] }))
        if let document = report.document { parts.append(block(document)) }
        return (parts + ["</body>", "</html>"]).joined(separator: "\n") + "\n"
    }

    static func table(_ columns: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        let header = columns.allSatisfy(\.isEmpty) ? [] : [line(columns, "th")]
        return (["<table>"] + header + rows.map { line($0, "td") } + ["</table>"]).joined(separator: "\n")
    }

    private static func figure(_ unit: Report.Unit) -> String {
        return "<figure>\n<figcaption><b>\(escaped(unit.name))</b> \(escaped(unit.description)) "
            + "<small>\(escaped(unit.figures))</small></figcaption>\n\(unit.images.map(picture).joined())\n</figure>"
    }

    /// An image with its name, its prediction and the unit's activation as a title.
    static func picture(_ image: ActivatingImage) -> String {
        let thumbnail = image.thumbnail
        guard thumbnail.width > 0, thumbnail.height > 0, !thumbnail.isMissing else { return "" }
        let png = PNG.encode(width: thumbnail.width, height: thumbnail.height, pixels: thumbnail.pixels)
        let name =
            "\(image.name), predicted \(image.predictedClass), activation \(Report.plain(Double(image.activation)))"
        return "<img src=\"data:image/png;base64,\(Data(png).base64EncodedString())\" alt=\"\(escaped(name))\" "
            + "title=\"\(escaped(name))\">"
    }
}
