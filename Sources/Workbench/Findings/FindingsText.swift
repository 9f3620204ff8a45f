import Analysis
import Files
import Foundation

/// Findings as Markdown that reads as prose, and as one page of HTML.
package enum FindingsText {
    static func markdown(_ pages: [FindingPage], study: String) -> String {
        let count = pages.count == 1 ? "1 finding" : "\(pages.count) findings"
        let head = [
            "# Findings", "\(pages.isEmpty ? "No findings" : count) in the study `\(study.replacing("`", with: "'"))`.",
        ]
        return (head + sections(pages)).joined(separator: "\n\n") + "\n"
    }

    /// A section for each, and the digests that they depend on.
    static func sections(_ pages: [FindingPage]) -> [String] {
        pages.enumerated().flatMap { place, page -> [String] in
            let tags = page.tags.isEmpty ? [] : ["Tags: " + page.tags.map(Markdown.cell).joined(separator: ", ")]
            let note = page.note.isEmpty ? [] : ["> " + Markdown.cell(page.note)]
            let rows = ([page.columns, page.columns.map { _ in "---" }] + page.rows.map { $0.map(Markdown.cell) })
                .map { "| " + $0.joined(separator: " | ") + " |" }
            return ["## \(place + 1). \(Markdown.cell(page.title))"] + note + tags
                + page.sentences.map(Markdown.cell) + (page.rows.isEmpty ? [] : [rows.joined(separator: "\n")])
                + [Markdown.cell(page.origin)] + (page.command.map { ["```\n\($0)\n```"] } ?? [])
        } + digests(pages)
    }

    private static func digests(_ pages: [FindingPage]) -> [String] {
        let rows = kept(pages)
        guard !rows.isEmpty else { return [] }
        let lines = ([["digest of", "", "findings"], ["---", "---", "---"]] + rows).map {
            "| " + $0.joined(separator: " | ") + " |"
        }
        return ["## What they were made with", lines.joined(separator: "\n")]
    }

    /// Every digest once, with the numbers of the findings that depend on it.
    private static func kept(_ pages: [FindingPage]) -> [[String]] {
        var numbers: [String: [Int]] = [:]
        for (place, page) in pages.enumerated() {
            for (name, digest) in page.digests { numbers["\(name)\n\(digest)", default: []].append(place + 1) }
        }
        return numbers.sorted { $0.key < $1.key }.map { key, places in
            key.split(separator: "\n").map(String.init)
                + [places.count == pages.count ? "all" : places.map(String.init).joined(separator: ", ")]
        }
    }

    static func html(_ pages: [FindingPage], study: String) -> String {
        let table = ReportHTML.table(["digest of", "", "findings"], kept(pages))
        let parts =
            [
                ReportHTML.head("Findings"),
                "<p>\(pages.count) in the study <code>\(ReportHTML.escaped(study))</code></p>",
            ]
            + sections(html: pages) + (kept(pages).isEmpty ? [] : ["<h2>What they were made with</h2>", table])
        return (parts + ["</body>", "</html>"]).joined(separator: "\n") + "\n"
    }

    static func sections(html pages: [FindingPage]) -> [String] {
        pages.enumerated().flatMap { place, page -> [String] in
            let escaped = ReportHTML.escaped
            return ["<h2>\(place + 1). \(escaped(page.title))</h2>"]
                + (page.note.isEmpty ? [] : ["<blockquote>\(escaped(page.note))</blockquote>"])
                + page.sentences.map { "<p>\(escaped($0))</p>" }
                + (page.images.isEmpty
                    ? [] : ["<p>Its most activating probe images:</p>", page.images.map(ReportHTML.picture).joined()])
                + [page.curve?.svg ?? page.plot?.svg ?? "", ReportHTML.table(page.columns, page.rows)]
                + ["<p><small>\(escaped(page.origin))</small></p>"]
                + (page.command.map { ["<p><code>\(escaped($0))</code></p>"] } ?? [])
        }
    }
}
