import Foundation

/// Which class of a model each class folder stands for.
public struct ClassMatching: Sendable, Equatable {
    /// For each folder, the index of a class.
    public var classes: [Int]
    /// Whether some names were not recognised, and folders were paired with classes in sorted order.
    public var isByOrder: Bool

    /// Folders whose names match no class, or more than one.
    public struct Mismatch: Error, Sendable, Equatable {
        public var folders: [String]
    }

    /// A folder's name is a class's name, its first lemma, or a WordNet identifier whose lemmas name a class. Where some
    /// are none of these and there are as many folders as classes, they pair up in order.
    ///
    /// - Parameters:
    ///   - folders: sorted.
    ///   - lemmas: of a WordNet identifier: `tench, Tinca tinca`.
    public init(
        folders: [String], classes names: [String], lemmas: (String) -> String? = { _ in nil }
    ) throws(Mismatch) {
        let byName = Dictionary(grouping: names.indices) { Self.normal(names[$0]) }
        let byLemma = Dictionary(grouping: names.indices) { Self.firstLemma(names[$0]) }
        var candidates: [[Int]] = folders.map { folder in
            let words = [folder, lemmas(folder)].compactMap { $0 }
            for word in words {
                if let found = byName[Self.normal(word)], found.count == 1 { return found }
            }
            return words.compactMap { byLemma[Self.firstLemma($0)] ?? byName[Self.normal($0)] }.first ?? []
        }
        // Two classes of ImageNet are called crane: its classes are in the order of their identifiers, so the
        // neighbours tell which is meant.
        let isOrdered = zip(candidates.filter { $0.count == 1 }, candidates.filter { $0.count == 1 }.dropFirst())
            .allSatisfy { $0[0] < $1[0] }
        for (place, found) in candidates.enumerated() where found.count > 1 && isOrdered {
            let before = candidates[..<place].last { $0.count == 1 }?[0] ?? -1
            let after = candidates[(place + 1)...].first { $0.count == 1 }?[0] ?? names.count
            candidates[place] = found.filter { $0 > before && $0 < after }
        }
        if candidates.allSatisfy({ $0.count == 1 }) {
            (classes, isByOrder) = (candidates.map { $0[0] }, false)
        } else if folders.count == names.count {
            (classes, isByOrder) = (Array(names.indices), true)
        } else {
            throw Mismatch(folders: zip(folders, candidates).filter { $0.1.count != 1 }.map(\.0))
        }
    }

    private static func normal(_ name: String) -> String {
        name.lowercased().replacingOccurrences(of: "_", with: " ").trimmingCharacters(in: .whitespaces)
    }

    private static func firstLemma(_ name: String) -> String {
        normal(name.split(separator: ",").first.map(String.init) ?? name)
    }
}

/// The lemmas of WordNet's nouns by identifier (`n01440764`: a letter and eight digits), from a file of words or from
/// WordNet's own database.
public struct WordNetLemmas: Sendable {
    private let words: [String: String]
    private let database: MappedFile?

    /// - Parameters:
    ///   - words: lines of an identifier, a tab and its lemmas.
    ///   - database: `data.noun`; where Debian has it by default.
    public init(
        words: URL?, database: URL = URL(filePath: "/usr/share/wordnet/data.noun")
    ) throws(VisionModelsError) {
        var table: [String: String] = [:]
        if let words {
            let text = try MappedFile(words).withBytes { String(decoding: $0, as: UTF8.self) }
            for line in text.split(whereSeparator: \.isNewline) {
                let fields = line.split(separator: "\t", maxSplits: 1)
                if fields.count == 2 { table[String(fields[0])] = fields[1].trimmingCharacters(in: .whitespaces) }
            }
        }
        self.words = table
        self.database = try? MappedFile(database)
    }

    /// The lemmas, separated by commas; nil for what is no identifier of a noun.
    public subscript(identifier: String) -> String? {
        if let found = words[identifier] { return found }
        let digits = identifier.dropFirst()
        guard identifier.hasPrefix("n"), digits.utf8.count == 8, let offset = Int(digits), let database,
            offset >= 0, offset < database.count
        else { return nil }
        // The digits are the place of the line in the file, which begins with them again; then two fields, the number of
        // lemmas in hexadecimal, and each lemma followed by a number.
        let fields = database.withBytes { bytes in
            let line = bytes[offset...].prefix(1 << 16).prefix { $0 != UInt8(ascii: "\n") }
            return String(decoding: line, as: UTF8.self).split(separator: " ")
        }
        guard fields.count > 4, fields[0] == digits, let count = Int(fields[3], radix: 16), count > 0,
            count <= (fields.count - 4) / 2
        else { return nil }
        return (0..<count).map { fields[4 + 2 * $0].replacingOccurrences(of: "_", with: " ") }.joined(separator: ", ")
    }
}
