/// Byte-level pair encoding (Sennrich et al. 2016, on bytes as in GPT-2), with `</w>` in the last symbol of a word.
///
/// A word starts as one symbol a byte; then of all neighbouring pairs the one that was learnt first is joined, the
/// leftmost where it occurs twice, until no pair can be.
struct BytePairEncoding: Sendable {
    /// Tokens of each byte inside a word and at its end.
    private let inner, last: [Int]
    private let merges: PairMerges
    let vocabularySize: Int

    init(_ vocabulary: CLIPVocabulary) throws(VisionModelsError) {
        let identifiers = vocabulary.identifiers
        vocabularySize = identifiers.count
        var (inner, last): ([Int], [Int]) = ([], [])
        for letter in Self.alphabet {
            for (symbol, isLast) in [(letter, false), (letter + "</w>", true)] {
                guard let token = identifiers[symbol] else {
                    throw .malformedVocabulary(file: vocabulary.file, .missingToken(symbol))
                }
                if isLast { last.append(token) } else { inner.append(token) }
            }
        }
        (self.inner, self.last) = (inner, last)

        merges = try PairMerges(vocabulary.merges.count) { (index) throws(VisionModelsError) in
            let merge = vocabulary.merges[index]
            let tokens = try [merge.left, merge.right, merge.left + merge.right].map {
                symbol throws(VisionModelsError) in
                guard let token = identifiers[symbol] else {
                    throw .malformedMerge(file: vocabulary.mergesFile, line: merge.line, .unknownSymbol(symbol))
                }
                return token
            }
            return (tokens[0], tokens[1], tokens[2])
        }
    }

    /// Token numbers of the bytes of one word.
    func tokens(ofWord word: [UInt8]) -> [Int] {
        guard let end = word.last else { return [] }
        return merges.merged(word.dropLast().map { inner[Int($0)] } + [last[Int(end)]])
    }

    /// The character that stands for each byte: printable Latin-1 for itself, the other bytes for the characters from
    /// U+0100 on, in order.
    static let alphabet: [String] = {
        var next: UInt32 = 0x100
        return (UInt32(0)...255).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            defer { if !isPrintable { next += 1 } }
            return String(Unicode.Scalar(isPrintable ? byte : next)!)
        }
    }()
}
