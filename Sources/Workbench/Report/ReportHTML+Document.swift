import Foundation

/// The document that a page is of, for machines, in the page itself: so that one file can be read and verified.
extension ReportHTML {
    private static let opening = "<script type=\"application/json\" id=\"document\">\n"
    private static let closing = "</script>"

    /// Nothing in JSON but a string holds `<`, and there it may be escaped: so that no text in it ends the block.
    static func block(_ json: String) -> String { opening + json.replacing("<", with: "\\u003c") + closing }

    /// Whether a file is a page at all, by its first words.
    package static func isPage(_ text: some StringProtocol) -> Bool {
        text.drop(while: \.isWhitespace).prefix(9).lowercased() == "<!doctype"
    }

    /// The JSON in a page, as it stands there; nil where there is none.
    package static func document(in page: String) -> String? {
        guard let start = page.firstRange(of: opening)?.upperBound,
            let end = page[start...].firstRange(of: closing)?.lowerBound
        else { return nil }
        return String(page[start..<end])
    }
}
