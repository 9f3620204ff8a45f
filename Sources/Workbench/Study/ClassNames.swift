import Foundation
import VisionModels
import WordNet

/// Words for classes whose names are identifiers of WordNet, as ImageNet's are: `n01440764` is a tench.
struct ClassNames {
    /// A name for each class.
    var names: [String]
    /// Identifiers that no words are known for.
    var unknown: Int

    /// - Parameters:
    ///   - classes: a model's own names.
    ///   - file: words that a user gave; `n01440764<TAB>tench, Tinca tinca` a line, or a name a line in the classes' order.
    ///   - images: where `words.txt` may lie.
    /// - Throws: `classNameCount` where the file has neither identifiers nor a name for each class.
    init(_ classes: [String], file: URL?, near images: [String]) throws {
        if let file {
            let lines = try ConceptList.read(file)
            let isTable = lines.allSatisfy { line in
                line.split(separator: "\t", maxSplits: 1).first.map { Self.isIdentifier(String($0)) } == true
            }
            guard isTable || lines.count == classes.count else {
                throw WorkbenchError.classNameCount(file: file.path, expected: classes.count, found: lines.count)
            }
            if !isTable {
                (names, unknown) = (lines, 0)
                return
            }
        }
        guard classes.contains(where: Self.isIdentifier) else {
            (names, unknown) = (classes, 0)
            return
        }
        let words = try WordNetLemmas(words: file ?? images.lazy.compactMap(ClassPairing.wordsFile).first)
        let found = classes.map { Self.isIdentifier($0) ? words[$0].map(Self.first) : $0 }
        names = zip(found, classes).map { $0 ?? $1 }
        unknown = found.count { $0 == nil }
    }

    /// A letter of WordNet's parts of speech and eight digits.
    static func isIdentifier(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return bytes.count == 9 && bytes[0] == UInt8(ascii: "n")
            && bytes[1...].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// `tench, Tinca tinca` -> `tench`
    private static func first(_ lemmas: String) -> String {
        lemmas.prefix { $0 != "," }.trimmingCharacters(in: .whitespaces)
    }
}
