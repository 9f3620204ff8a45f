import Files
import Foundation

/// The lemmas of WordNet's nouns by identifier (`n01440764`: a letter and eight digits), from a file of words or from
/// WordNet's own database, wherever that is installed.
package struct WordNetLemmas: Sendable {
    private let words: [String: String]
    private let database: WordNet?

    /// - Parameters:
    ///   - words: a list of lines of an identifier, a tab or a blank, and its lemmas; others are passed over.
    ///   - database: nil where none is installed.
    package init(words: URL?, database: WordNet? = try? WordNet.installed()) throws(FileError) {
        var table: [String: String] = [:]
        if let words {
            for entry in try TextList(words).entries {
                guard let found = TextList.identified(entry.text) else { continue }
                table[found.identifier] = found.words
            }
        }
        self.words = table
        self.database = database
    }

    /// The lemmas, separated by commas; nil for what is no identifier of a noun.
    package subscript(identifier: String) -> String? {
        if let found = words[identifier] { return found }
        guard TextList.isIdentifier(identifier), let offset = Int(identifier.dropFirst()) else { return nil }
        let lemmas = database?.lemmas(of: WordNet.Synset(offset: offset)) ?? []
        return lemmas.isEmpty ? nil : lemmas.joined(separator: ", ")
    }
}
