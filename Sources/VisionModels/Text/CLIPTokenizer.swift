import Digests
import Foundation

/// CLIP's tokenizer, as transformers' CLIPTokenizer has it: words by CLIP's pattern, then byte-level pair encoding.
public struct CLIPTokenizer: Sendable {
    private static let startText = "<|startoftext|>"
    private static let endText = "<|endoftext|>"

    /// Tokens a text may have, start and end included.
    public let contextLength: Int
    public let start: Int
    public let end: Int
    public var vocabularySize: Int { encoding.vocabularySize }
    /// Of both files.
    public let digest: Digest

    private let encoding: BytePairEncoding

    /// Reads vocab.json and merges.txt.
    public init(vocabulary: URL, merges: URL, contextLength: Int) throws(VisionModelsError) {
        precondition(contextLength >= 2, "no room for a start and an end")
        let files = (vocabulary: try MappedFile(vocabulary), merges: try MappedFile(merges))
        let identifiers = try BytePairEncoding.identifiers(in: files.vocabulary)
        for mark in [Self.startText, Self.endText] where identifiers[mark] == nil {
            throw .malformedVocabulary(file: files.vocabulary.path, .missingToken(mark))
        }
        start = identifiers[Self.startText]!
        end = identifiers[Self.endText]!
        encoding = try BytePairEncoding(identifiers, in: files.vocabulary, merges: files.merges)
        self.contextLength = contextLength
        digest = Digest("CLIPTokenizer", Digest(of: files.vocabulary.bytes), Digest(of: files.merges.bytes))
    }

    /// Token numbers of a text: start, the text's own, end. A text that is too long loses all beyond the context length,
    /// never the end.
    public func tokens(of text: String) -> [Int] {
        var tokens = [start]
        var rest = text[...]
        // Marks written out in a text stand for themselves.
        while let (range, mark) = firstMark(in: rest) {
            tokens += encoding.tokens(of: rest[..<range.lowerBound])
            tokens.append(mark)
            rest = rest[range.upperBound...]
        }
        tokens += encoding.tokens(of: rest)
        return tokens.prefix(contextLength - 1) + [end]
    }

    private func firstMark(in text: Substring) -> (Range<String.Index>, Int)? {
        guard text.utf8.contains(UInt8(ascii: "|")) else { return nil }
        let found = [(Self.startText, start), (Self.endText, end)].compactMap { mark, token in
            text.range(of: mark, options: .literal).map { ($0, token) }
        }
        return found.min { $0.0.lowerBound < $1.0.lowerBound }
    }
}

extension BytePairEncoding {
    /// Tokens of a text without marks.
    fileprivate func tokens(of text: Substring) -> [Int] {
        CLIPWords(text).flatMap { tokens(ofWord: $0) }
    }
}
