import Foundation

/// What different spellings of one class's name have in common.
enum ClassNameFolding {
    /// Letters, digits, `+` and `#`, without case, accents, spaces, hyphens, underscores and other marks, so that `T-shirt`,
    /// `t_shirt` and `TShirt` are one. A point between digits stays: 1.5 is not 15.
    static func folded(_ name: String) -> String {
        let plain = Array(
            name.folding(options: [.diacriticInsensitive, .caseInsensitive, .widthInsensitive], locale: nil))
        var result = ""
        for (place, character) in plain.enumerated() {
            let isDecimalPoint =
                character == "." && place > 0 && plain[place - 1].isNumber && place + 1 < plain.count
                && plain[place + 1].isNumber
            if character.isLetter || character.isNumber || character == "+" || character == "#" || isDecimalPoint {
                result.append(character)
            }
        }
        // Names of marks alone differ in these.
        return result.isEmpty ? name : result
    }

    /// English's simple plurals of a folded name: `boots`, `dresses`, `ponies`, `leaves`.
    static func plurals(_ name: String) -> [String] {
        guard let last = name.last, last.isLetter else { return [] }
        var plurals = [name + "s"]
        if ["s", "x", "z", "ch", "sh", "o"].contains(where: name.hasSuffix) { plurals.append(name + "es") }
        if last == "y", let before = name.dropLast().last, !"aeiou".contains(before) {
            plurals.append(name.dropLast() + "ies")
        }
        if last == "f" { plurals.append(name.dropLast() + "ves") }
        if name.hasSuffix("fe") { plurals.append(name.dropLast(2) + "ves") }
        return plurals
    }
}

/// The name of a folder or class, taken apart.
struct ClassName {
    let whole: String
    /// `n01440764`, where the name is one or begins with one.
    let identifier: String?
    /// What follows the identifier, or all.
    let words: String

    init(_ name: String) {
        whole = name
        let start = name.prefix(9)
        let rest = name.dropFirst(9)
        let isIdentifier =
            start.utf8.count == 9 && start.hasPrefix("n") && start.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
            && !(rest.first.map { $0.isLetter || $0.isNumber } ?? false)
        identifier = isIdentifier ? String(start) : nil
        words = isIdentifier ? String(rest.drop { !$0.isLetter && !$0.isNumber }) : name
    }

    /// Folded: the first of several names that commas separate, or the only one.
    static func firstLemma(_ words: String) -> String {
        ClassNameFolding.folded(words.split(separator: ",").first.map(String.init) ?? words)
    }

    /// Folded: every one of several names that commas separate.
    static func lemmas(_ words: String) -> [String] {
        words.split(separator: ",").map { ClassNameFolding.folded(String($0)) }
    }
}
