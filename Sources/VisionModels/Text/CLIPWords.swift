import Foundation

/// The words of a text, in UTF-8, as CLIP cuts it: canonical composition (NFC), lower case, then the matches of
///
///     <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
///
/// White space only separates. The pattern is followed by hand, scalar by scalar: a regular expression engine would be
/// another Unicode table and slower than typing.
struct CLIPWords: Sequence, IteratorProtocol {
    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }
    /// Marks that appear through lower-casing only. The reference cuts them at their letters, and so apart from
    /// punctuation that follows.
    private static let marks = [["<|", "startoftext", "|>"], ["<|", "endoftext", "|>"]].map { parts in
        (text: parts.joined().unicodeScalars.map { $0 }, parts: parts.map { Array($0.utf8) })
    }

    private enum Kind { case letter, number, space, other }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// Parts of a mark still to come.
    private var pending: ArraySlice<[UInt8]> = []

    init(_ text: Substring) {
        var scalars: [Unicode.Scalar] = []
        for scalar in String(text).precomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "A"..."Z": scalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
            case "\u{0}"..."\u{7F}": scalars.append(scalar)
            default: scalars += scalar.properties.lowercaseMapping.unicodeScalars
            }
        }
        self.scalars = scalars
    }

    mutating func next() -> [UInt8]? {
        if let part = pending.popFirst() { return part }
        while position < scalars.count, kind(at: position) == .space { position += 1 }
        guard position < scalars.count else { return nil }
        if let mark = Self.marks.first(where: { scalars[position...].starts(with: $0.text) }) {
            position += mark.text.count
            pending = mark.parts[1...]
            return mark.parts[0]
        }
        if let contraction = Self.contractions.first(where: { scalars[position...].starts(with: $0) }) {
            return take(contraction.count)
        }
        let first = kind(at: position)
        var length = 1
        if first != .number {
            while position + length < scalars.count, kind(at: position + length) == first { length += 1 }
        }
        return take(length)
    }

    private mutating func take(_ length: Int) -> [UInt8] {
        defer { position += length }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[position..<position + length])
        return Array(String(text).utf8)
    }

    private func kind(at position: Int) -> Kind {
        let properties = scalars[position].properties
        // The reference's pattern knows Unicode 16: what came later is neither letter nor number to it.
        guard (properties.age?.major ?? 0) <= 16 else { return .other }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return properties.isWhitespace ? .space : .other
        }
    }
}
