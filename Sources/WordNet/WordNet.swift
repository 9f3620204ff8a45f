import Files
import Foundation

/// The nouns of WordNet, read from its database files (wndb(5WN)): `index.noun`, `data.noun`, and where they are there
/// `noun.exc` for irregular plurals and `cntlist.rev` for how often a word is an adjective.
///
/// The files are mapped; a lookup is a binary search over their sorted lines.
package struct WordNet: Sendable {
    private let index: SortedLines
    private let synsets: MappedFile
    private let exceptions: SortedLines?
    private let counts: SortedLines?

    /// A set of synonyms, by its byte offset in `data.noun`.
    package struct Synset: Sendable, Hashable {
        package let offset: Int

        package init(offset: Int) { self.offset = offset }
    }

    /// Where the database is looked for: `$WNSEARCHDIR` (else `$WNHOME/dict`), then the places of Debian and of Princeton's
    /// own installation.
    package static func folders(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [URL] {
        if let named = environment["WNSEARCHDIR"], !named.isEmpty { return [URL(filePath: named)] }
        let home = environment["WNHOME"].map { URL(filePath: $0).appending(path: "dict") }
        return [home].compactMap { $0 }
            + ["/usr/share/wordnet", "/usr/local/WordNet-3.0/dict"].map { URL(filePath: $0) }
    }

    /// The installed database; nil where there is none.
    package static func installed() throws(FileError) -> WordNet? {
        for folder in folders()
        where FileManager.default.fileExists(atPath: folder.appending(path: "data.noun").path) {
            return try WordNet(folder)
        }
        return nil
    }

    /// Reads the database in a folder.
    package init(_ folder: URL) throws(FileError) {
        func map(_ name: String) throws(FileError) -> MappedFile { try MappedFile(folder.appending(path: name)) }
        index = SortedLines(try map("index.noun"))
        synsets = try map("data.noun")
        exceptions = (try? map("noun.exc")).map(SortedLines.init)
        counts = (try? map("cntlist.rev")).map(SortedLines.init)
    }

    /// The senses of a noun, the most frequent first: of the lemma as it is, else of the base forms of a plural.
    ///
    /// - Parameter noun: words parted by blanks or underscores, in any case.
    package func senses(of noun: String) -> [Synset] {
        let lemma = noun.lowercased().split(whereSeparator: { $0 == " " || $0 == "_" }).joined(separator: "_")
        for form in [lemma] + baseForms(of: lemma) {
            // lemma pos synset_cnt p_cnt [symbol…] sense_cnt tagsense_cnt offset…
            guard let line = index.line(startingWith: form + " ") else { continue }
            let fields = line.split(separator: " ")
            guard fields.count > 3, let count = Int(fields[2]), (1..<fields.count).contains(count) else { continue }
            let offsets = fields.suffix(count).compactMap { Int($0) }
            if offsets.count == count { return offsets.map { Synset(offset: $0) } }
        }
        return []
    }

    /// WordNet's rules of detachment for nouns (morphy(7WN)), and its list of exceptions.
    private func baseForms(of lemma: String) -> [String] {
        if let line = exceptions?.line(startingWith: lemma + " ") {
            return line.split(separator: " ").dropFirst().map(String.init)
        }
        let rules = [
            ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y"),
            ("s", ""),
        ]
        return rules.compactMap { ending, base in
            lemma.hasSuffix(ending) && !lemma.hasSuffix("ss") ? lemma.dropLast(ending.count) + base : nil
        }
    }

    /// The synsets directly above, of which this one is a kind (`@`) or an instance (`@i`).
    ///
    /// - Throws: `FileError.damagedDatabase` where the file does not hold a synset there.
    package func hypernyms(of synset: Synset) throws(FileError) -> [Synset] {
        guard let fields = fields(of: synset), let words = wordCount(fields),
            let pointers = Int(fields[4 + 2 * words]), (0...(fields.count - 5 - 2 * words) / 4).contains(pointers)
        else { throw damaged(synset) }
        return (0..<pointers).compactMap { pointer in
            let at = 5 + 2 * words + 4 * pointer
            guard fields[at] == "@" || fields[at] == "@i", fields[at + 2] == "n" else { return nil }
            return Int(fields[at + 1]).map { Synset(offset: $0) }
        }
    }

    /// The words of a synset, the most frequent first, blanks for underscores; none where the file has no such synset.
    package func lemmas(of synset: Synset) -> [String] {
        guard let fields = fields(of: synset), let words = wordCount(fields) else { return [] }
        return (0..<words).map { fields[4 + 2 * $0].replacingOccurrences(of: "_", with: " ") }
    }

    /// offset lex_filenum ss_type w_cnt(hex) [word lex_id]… p_cnt [symbol offset pos source/target]… | gloss
    ///
    /// - Returns: w_cnt, where all its words and p_cnt are there.
    private func wordCount(_ fields: [Substring]) -> Int? {
        guard fields.count > 4, let words = Int(fields[3], radix: 16), (1...999).contains(words),
            fields.count > 4 + 2 * words
        else { return nil }
        return words
    }

    private func damaged(_ synset: Synset) -> FileError {
        .damagedDatabase(file: synsets.path, byte: synset.offset, expected: "a synset")
    }

    private func fields(of synset: Synset) -> [Substring]? {
        guard synset.offset >= 0, synset.offset < synsets.count else { return nil }
        let line = synsets.withBytes { bytes in
            // Longer than any, so that a damaged file is not read to its end.
            String(decoding: bytes[synset.offset...].prefix(1 << 16).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
        let fields = line.prefix { $0 != "|" }.split(separator: " ")
        return fields.first.flatMap { Int($0) } == synset.offset ? fields : nil
    }

    /// What tagged text can have; the sum of a file's lines fits.
    private static let counts = 0...1_000_000_000

    /// Whether tagged text has the word more often as an adjective than as a noun; false where nothing is known.
    package func isMostlyAdjective(_ word: String) -> Bool {
        guard let counts else { return false }
        var (nouns, adjectives) = (0, 0)
        for line in counts.lines(startingWith: word.lowercased() + "%") {
            // lemma%ss_type:… sense_number tag_cnt, of types 1 noun, 3 adjective, 5 satellite adjective
            let fields = line.split(separator: " ")
            guard fields.count == 3, let count = Int(fields[2]), Self.counts.contains(count),
                let kind = fields[0].split(separator: "%").last?.first
            else { continue }
            if kind == "1" { nouns += count }
            if kind == "3" || kind == "5" { adjectives += count }
        }
        return adjectives > nouns
    }
}
