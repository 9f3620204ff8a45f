/// Comma-separated values (RFC 4180), for spreadsheets.
package enum CSV {
    /// Rows of cells, the first of them the columns' names. Lines end with CR LF.
    package static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// One cell: quoted where it must be; a text that a spreadsheet would take for a formula has an apostrophe before it.
    package static func cell(_ text: String) -> String {
        var text = text
        if isFormula(text) { text = "'" + text }
        // Bytes, not characters: CR LF is one character, which is neither.
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return printable(text) }
        let lines = text.unicodeScalars.split(separator: "\r", omittingEmptySubsequences: false)
            .map { printable(String($0), keepingLines: true) }
        // A mark with an accent on it is another character, but to a spreadsheet it is a mark.
        return "\"" + replacing(lines.joined(separator: "\r")) { scalar, _ in scalar == "\"" ? "\"\"" : nil } + "\""
    }

    /// Whether a spreadsheet would compute it: it begins with = + - @ or a tab, and is no plain number.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
        return Double(text) == nil
    }
}

/// Text as it may stand in a cell of a Markdown table.
package enum Markdown {
    /// On one line, with what Markdown or HTML would act on escaped.
    package static func cell(_ text: String) -> String {
        let line = text.unicodeScalars.split { $0.properties.isWhitespace && $0 != " " && $0 != "\u{A0}" }
            .map { printable(String($0)) }.joined(separator: " ")
        return replacing(line) { scalar, _ in
            switch scalar {
            case "\\", "|", "`", "*", "_", "[", "]": "\\\(scalar)"
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            default: nil
            }
        }
    }
}
