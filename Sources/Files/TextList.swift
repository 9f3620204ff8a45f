import Foundation

/// A list that people write: concepts, classes, prompt templates, images, labels, words. The one reader of them all.
///
/// Text in UTF-8 (or in UTF-16, where a byte-order mark says so), an entry a line; a line ends with LF, CR or both, or,
/// where there are none of these, with NUL, as `find -print0` writes it. Blanks around an entry do not count; blank lines
/// and lines that begin with # are skipped. A list of quoted texts in brackets, as JSON and Python write it, is read
/// likewise.
package struct TextList: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let text: String
        /// Counted from 1.
        package let line: Int

        package init(text: String, line: Int) { (self.text, self.line) = (text, line) }
    }

    /// What errors name.
    package let file: String
    /// In order; none is empty.
    package let entries: [Entry]

    /// Reads a file or a pipe.
    ///
    /// - Throws: `unreadable`, `malformedList`; a list without an entry is `.empty`.
    package init(_ url: URL) throws(FileError) {
        try self.init(try WholeFile.bytes(of: url), file: url.path)
    }

    /// - Parameter file: what errors name.
    package init(_ bytes: [UInt8], file: String) throws(FileError) {
        self.file = file
        do throws(TextDecoding.Failure) {
            let text = try TextDecoding.text(of: bytes)
            entries = try BracketedList.entries(of: text) ?? Self.lines(of: text)
        } catch {
            throw .malformedList(file: file, line: error.line, error.fault)
        }
        if entries.isEmpty { throw .malformedList(file: file, line: 0, .empty) }
    }

    package var texts: [String] { entries.map(\.text) }

    /// An error at an entry.
    package func fault(_ entry: Entry, expected: String) -> FileError {
        .malformedList(file: file, line: entry.line, .line(expected: expected, found: entry.text))
    }

    private static func lines(of text: String) -> [Entry] {
        var entries: [Entry] = []
        // Scalars, not characters: CR LF is one character, and a combining mark at a line's start is none of the end's.
        let scalars = text.unicodeScalars
        var (start, line) = (scalars.startIndex, 1)
        func close(at end: String.Index) {
            let content = TextDecoding.trimmed(scalars[start..<end])
            if let first = content.first, first != "#" { entries.append(Entry(text: String(content), line: line)) }
        }
        var at = start
        while at < scalars.endIndex {
            let scalar = scalars[at]
            var next = scalars.index(after: at)
            if TextDecoding.isLineEnd(scalar) {
                close(at: at)
                if scalar == "\r", next < scalars.endIndex, scalars[next] == "\n" { next = scalars.index(after: next) }
                (start, line) = (next, line + 1)
            }
            at = next
        }
        close(at: scalars.endIndex)
        return entries
    }
}

extension TextList {
    /// The identifier of WordNet's that begins an entry, and what follows it: `n01440764 tench, Tinca tinca`.
    package static func identified(_ text: String) -> (identifier: String, words: String)? {
        let bytes = text.utf8
        guard bytes.count > 10, isIdentifier(text.prefix(9)), let gap = text.dropFirst(9).first,
            gap == " " || gap == "\t"
        else { return nil }
        return (String(text.prefix(9)), text.dropFirst(10).trimmingCharacters(in: .whitespaces))
    }

    /// The letter of WordNet's nouns and eight digits.
    package static func isIdentifier(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 9 && text.utf8.first == UInt8(ascii: "n")
            && text.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Names of things (concepts, classes): where each entry begins with an identifier of WordNet's, what follows it.
    ///
    /// - Throws: `malformedList` where only some do.
    package func names() throws(FileError) -> [(name: String, identifier: String?)] {
        let found = entries.map { Self.identified($0.text) }
        guard found.contains(where: { $0 != nil }) else { return entries.map { ($0.text, nil) } }
        var names: [(String, String?)] = []
        for (entry, found) in zip(entries, found) {
            guard let found else {
                throw fault(entry, expected: "an identifier of WordNet's at the start of every line or of none")
            }
            names.append((found.words, found.identifier))
        }
        return names
    }
}
