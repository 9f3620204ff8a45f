import Files
import Foundation

/// What a tokenizer.json of T5's kind makes of a text before its words are cut into pieces: `normalizer` and
/// `pre_tokenizer`. What is not followed is refused by its name.
struct UnigramSteps: Sendable {
    private enum Step: Sendable {
        case rules(CharacterRules)
        case lowercase
        case composed, compatible
        case strip(left: Bool, right: Bool)
        case replace(ByteTrie, by: [UInt8])
        /// Two spaces or more.
        case replaceSpaces(by: [UInt8])
        /// Spaces at the ends.
        case trimSpaces
    }

    /// When a mark stands before a word that has none.
    private enum Prefix: String { case always, first, never }

    private let steps: [Step]
    private let cutsAtSpaces: Bool
    /// Nil where spaces stay what they are.
    private let prefix: Prefix?
    /// Whether words end where a mark begins.
    private let splits: Bool
    private static let mark = SentencePieceNormalizer.space
    private static let blank = UInt8(ascii: " ")

    init(_ tokenizer: TokenizerFile) throws(VisionModelsError) {
        steps = try Self.steps(tokenizer.members["normalizer"] ?? .null, tokenizer)
        var (cutsAtSpaces, prefix, splits): (Bool, Prefix?, Bool) = (false, nil, true)
        for (type, members) in try Self.list(tokenizer.members["pre_tokenizer"] ?? .null, "pretokenizers", tokenizer) {
            switch type {
            case "WhitespaceSplit" where prefix == nil: cutsAtSpaces = true
            case "Metaspace" where prefix == nil:
                guard [nil, .string("\u{2581}")].contains(members["replacement"]) else {
                    throw tokenizer.fault("pre_tokenizer.replacement", "\"\u{2581}\"")
                }
                // Older files have a flag, and it wins where it is false.
                let isBare = members["add_prefix_space"] == .boolean(false)
                prefix = isBare ? .never : .always
                if case .string(let said)? = members["prepend_scheme"], !isBare {
                    guard let known = Prefix(rawValue: said) else {
                        throw tokenizer.fault("pre_tokenizer.prepend_scheme", "always, first or never")
                    }
                    prefix = known
                }
                splits = members["split"] != .boolean(false)
            default:
                throw tokenizer.fault("pre_tokenizer.type", "WhitespaceSplit, then Metaspace, not \(type)")
            }
        }
        (self.cutsAtSpaces, self.prefix, self.splits) = (cutsAtSpaces, prefix, splits)
    }

    /// The elements of a Sequence of them, or the one.
    private static func list(
        _ value: JSON, _ key: String, _ tokenizer: TokenizerFile
    ) throws(VisionModelsError) -> [(type: String, members: [String: JSON])] {
        guard value != .null else { return [] }
        guard case .object(let members) = value, case .string(let type)? = members["type"] else {
            throw tokenizer.fault(key, "objects with a type")
        }
        guard type == "Sequence" else { return [(type, members)] }
        guard case .array(let elements)? = members[key] else { throw tokenizer.fault(key, "a list") }
        var all: [(String, [String: JSON])] = []
        for element in elements { all += try list(element, key, tokenizer) }
        return all
    }

    private static func steps(_ value: JSON, _ tokenizer: TokenizerFile) throws(VisionModelsError) -> [Step] {
        try list(value, "normalizers", tokenizer).map { type, members throws(VisionModelsError) in
            switch type {
            case "Precompiled":
                guard case .string(let text)? = members["precompiled_charsmap"], let data = Data(base64Encoded: text)
                else {
                    throw tokenizer.fault("normalizer.precompiled_charsmap", "a map in base 64")
                }
                return try data.withUnsafeBytes { bytes in
                    Result { () throws(VisionModelsError) in
                        Step.rules(
                            try CharacterRules(bytes, key: "normalizer.precompiled_charsmap", file: tokenizer.file))
                    }
                }.get()
            case "Lowercase": return .lowercase
            case "NFC": return .composed
            case "NFKC": return .compatible
            case "Strip":
                return .strip(
                    left: members["strip_left"] != .boolean(false), right: members["strip_right"] != .boolean(false))
            case "Replace":
                guard case .object(let pattern)? = members["pattern"], case .string(let content)? = members["content"]
                else { throw tokenizer.fault("normalizer.pattern", "a String or a Regex, and a content") }
                if case .string(let text)? = pattern["String"], !text.isEmpty {
                    var trie = ByteTrie()
                    trie.insert(text.utf8, 0)
                    return .replace(trie, by: Array(content.utf8))
                }
                switch pattern["Regex"] {
                case .string(" {2,}")?: return .replaceSpaces(by: Array(content.utf8))
                case .string(#"\A +| +\z"#)? where content.isEmpty: return .trimSpaces
                default:
                    throw tokenizer.fault("normalizer.pattern", "a String, or spaces; no other expression is followed")
                }
            default:
                throw tokenizer.fault(
                    "normalizer.type", "Precompiled, Lowercase, NFC, NFKC, Strip or Replace, not \(type)")
            }
        }
    }

    func normalized(_ text: [UInt8]) -> [UInt8] {
        steps.reduce(text) { text, step in
            switch step {
            case .rules(let rules): return Self.replaced(text, by: rules)
            case .lowercase:
                return String(decoding: text, as: UTF8.self).unicodeScalars.flatMap {
                    Array($0.properties.lowercaseMapping.utf8)
                }
            case .composed:
                return Array(String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
            case .compatible:
                return Array(String(decoding: text, as: UTF8.self).precomposedStringWithCompatibilityMapping.utf8)
            case .strip(let left, let right):
                var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)[...]
                if left { scalars = scalars.drop { $0.properties.isWhitespace } }
                if right { while scalars.last?.properties.isWhitespace ?? false { scalars.removeLast() } }
                return Array(PythonText.string(scalars).utf8)
            case .replace(let trie, let new):
                return trie.cut(text).flatMap { part in if case .text(let text) = part { text } else { new } }
            case .trimSpaces:
                let last = text.lastIndex { $0 != Self.blank } ?? -1
                return Array(text[...last].drop { $0 == Self.blank })
            case .replaceSpaces(let new): return Self.replacedSpaces(text, by: new)
            }
        }
    }

    /// Letter by letter: as the reference has it, a letter with its marks is looked up as one where that is short, by its
    /// shortest beginning, else each of its characters.
    private static func replaced(_ text: [UInt8], by rules: CharacterRules) -> [UInt8] {
        var result: [UInt8] = []
        for letter in String(decoding: text, as: UTF8.self) {
            let bytes = Array(letter.utf8)
            if bytes.count < 6, let new = rules.shortest(of: bytes[...]) {
                result += new
                continue
            }
            for scalar in letter.unicodeScalars {
                let part = Array(String(scalar).utf8)
                result += rules.shortest(of: part[...]) ?? part[...]
            }
        }
        return result
    }

    private static func replacedSpaces(_ text: [UInt8], by new: [UInt8]) -> [UInt8] {
        var (result, position): ([UInt8], Int) = ([], 0)
        while position < text.count {
            let count = text[position...].prefix { $0 == blank }.count
            if count >= 2 { result += new } else { result.append(text[position]) }
            position += max(count, 1)
        }
        return result
    }

    /// A normalised text's words.
    func words(_ text: [UInt8], isFirst: Bool) -> [[UInt8]] {
        guard !text.isEmpty else { return [] }
        var parts = [text]
        if cutsAtSpaces {
            parts = String(decoding: text, as: UTF8.self).unicodeScalars
                .split { $0.properties.isWhitespace }.map { Array(String($0).utf8) }
        }
        guard let prefix else { return parts }
        // Of several words the first is at the text's beginning, unless spaces were there.
        let startsBare =
            !cutsAtSpaces
            || !(String(decoding: text, as: UTF8.self).unicodeScalars.first?.properties.isWhitespace ?? false)
        return parts.enumerated().flatMap { index, part in
            var word = part.flatMap { $0 == Self.blank ? Self.mark : [$0] }
            let isAtStart = isFirst && index == 0 && startsBare
            if prefix == .always || prefix == .first && isAtStart, !word.starts(with: Self.mark) {
                word = Self.mark + word
            }
            return splits ? Self.cutBeforeMarks(word) : [word]
        }
    }

    private static func cutBeforeMarks(_ word: [UInt8]) -> [[UInt8]] {
        var (words, start): ([[UInt8]], Int) = ([], 0)
        for place in word.indices.dropFirst() where word[place...].starts(with: mark) {
            words.append(Array(word[start..<place]))
            start = place
        }
        return words + [Array(word[start...])]
    }
}
