import Digests
import Foundation

/// What open_clip does to a text before a tokenizer cuts it, but for repairs of broken encodings: letters composed, quotes
/// straightened, ligatures and wide letters as plain ones, control characters left out (ftfy's rules).
package enum TextCleaning: String, Sendable, CaseIterable {
    /// Lower case, without ASCII's punctuation.
    case canonical = "canonicalize"
    case lower
    case whitespace

    func callAsFunction(_ text: String) -> String {
        var scalars = Self.plain(text)
        if self == .canonical {
            // An underscore parts words.
            scalars = scalars.map { $0 == "_" ? " " : $0 }.filter { !PythonText.isPunctuation($0) }
            scalars = PythonText.lowercased(scalars)
        }
        let words = scalars.split(whereSeparator: PythonText.isSpace)
        let joined = Array(words.joined(separator: [" "]))
        return PythonText.string(self == .lower ? PythonText.lowercased(joined) : joined)
    }

    private static let quotes: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2BC}": "'", "\u{2018}": "'", "\u{2019}": "'", "\u{201A}": "'", "\u{201B}": "'", "\u{201C}": "\"",
        "\u{201D}": "\"", "\u{201E}": "\"", "\u{201F}": "\"",
    ]
    private static let ligatures: [Unicode.Scalar: String] = [
        "Ĳ": "IJ", "ĳ": "ij", "ŉ": "ʼn", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "Ǆ": "DŽ", "ǅ": "Dž", "ǆ": "dž", "Ǉ": "LJ",
        "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl",
        "ﬅ": "ſt", "ﬆ": "st",
    ]

    private static func plain(_ text: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if let plain = quotes[scalar] {
                result.append(plain)
            } else if let plain = ligatures[scalar] {
                result += plain.unicodeScalars
            } else if scalar == "\u{3000}" || (0xFF01...0xFFEF).contains(scalar.value) {
                result += String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars
            } else if scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == "\u{85}" {
                result.append("\n")
            } else if !isControl(scalar) {
                result.append(scalar)
            }
        }
        return Array(PythonText.string(result).precomposedStringWithCanonicalMapping.unicodeScalars)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...8, 0xB, 0xE...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
        default: false
        }
    }
}

/// A tokenizer whose texts are cleaned first.
private struct CleanedTokenizer<Base: TextTokenizer>: TextTokenizer {
    let base: Base
    let cleaning: TextCleaning

    var file: String { base.file }
    var digest: Digest { Digest("cleaned", cleaning.rawValue, base.digest) }
    var vocabularySize: Int { base.vocabularySize }

    func tokens(of text: String) -> [Int] { base.tokens(of: cleaning(text)) }
}

extension TextTokenizer {
    func cleaning(_ cleaning: TextCleaning?) -> any TextTokenizer {
        guard let cleaning else { return self }
        return CleanedTokenizer(base: self, cleaning: cleaning)
    }
}
