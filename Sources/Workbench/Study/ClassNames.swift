import Files
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
            let lines = try TextList(file).texts
            let isTable = lines.allSatisfy { TextList.identified($0) != nil }
            guard isTable || lines.count == classes.count else {
                throw WorkbenchError.classNameCount(file: file.path, expected: classes.count, found: lines.count)
            }
            if !isTable {
                (names, unknown) = (lines, 0)
                return
            }
        }
        guard classes.contains(where: TextList.isIdentifier) else {
            (names, unknown) = (classes, 0)
            return
        }
        let words = try WordNetLemmas(words: file ?? images.lazy.compactMap(ClassPairing.wordsFile).first)
        let found = classes.map { TextList.isIdentifier($0) ? words[$0].map(Self.first) : $0 }
        names = zip(found, classes).map { $0 ?? $1 }
        unknown = found.count { $0 == nil }
    }

    /// `tench, Tinca tinca` -> `tench`
    private static func first(_ lemmas: String) -> String {
        lemmas.prefix { $0 != "," }.trimmingCharacters(in: .whitespaces)
    }
}
