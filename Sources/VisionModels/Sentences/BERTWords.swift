import Foundation

/// The words of a text as BERT's basic tokenizer cuts it (Devlin et al. 2019, in the form of Hugging Face's tokenizers):
/// control characters go, Chinese characters and punctuation stand alone, white space separates, and letters are lower case
/// and without accents where the vocabulary is.
struct BERTWords: Sendable, Hashable {
    var cleansText = true
    var separatesChinese = true
    var stripsAccents = true
    var lowercases = true

    func callAsFunction(_ text: Substring) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func close() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        for scalar in normalized(text) {
            if scalar.isSpace {
                close()
            } else if scalar.isPunctuation {
                close()
                words.append([scalar])
            } else {
                word.append(scalar)
            }
        }
        close()
        return words
    }

    private func normalized(_ text: Substring) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            if cleansText, scalar.isDropped { continue }
            if separatesChinese, scalar.isChinese {
                scalars += [" ", scalar, " "]
            } else {
                scalars.append(scalar)
            }
        }
        if stripsAccents, !scalars.allSatisfy(\.isASCII) {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            scalars = String(view).decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                !$0.isAccent
            }
        }
        guard lowercases else { return scalars }
        return scalars.flatMap { scalar in
            scalar.isASCII
                ? [("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar]
                : Array(scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
}

extension Unicode.Scalar {
    /// Control and private characters; tabs and line ends separate words instead.
    fileprivate var isDropped: Bool {
        switch self {
        case "\t", "\n", "\r": false
        case "\u{0}", "\u{FFFD}": true
        default:
            switch knownCategory {
            case .control, .format, .privateUse, .surrogate: true
            default: false
            }
        }
    }

    /// As the reference's table has it, which knows Unicode 8: what came later is of no kind.
    private var knownCategory: Unicode.GeneralCategory {
        switch value {
        // Of another kind since.
        case 0x1734: .nonspacingMark
        case 0x1885, 0x1886: .otherLetter
        default: (properties.age?.major ?? 0) <= 8 ? properties.generalCategory : .unassigned
        }
    }

    fileprivate var isSpace: Bool { properties.isWhitespace }

    /// Any punctuation, and what is neither letter nor number among ASCII.
    fileprivate var isPunctuation: Bool {
        if isASCII {
            return [33...47, 58...64, 91...96, 123...126].contains { $0.contains(value) }
        }
        switch knownCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    fileprivate var isAccent: Bool { knownCategory == .nonspacingMark }

    fileprivate var isChinese: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
