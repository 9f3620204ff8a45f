import Digests
import Foundation

/// CLIP's tokenizer, as transformers' CLIPTokenizer has it: words by CLIP's pattern, then byte-level pair encoding.
package struct CLIPTokenizer: Sendable {
    static let startText = "<|startoftext|>"
    static let endText = "<|endoftext|>"

    /// Tokens a text may have, start and end included.
    package let contextLength: Int
    package let start: Int
    package let end: Int
    package var vocabularySize: Int { encoding.vocabularySize }
    /// The file with the vocabulary.
    package let file: String
    /// Of the vocabulary and the merges as they are in their files.
    package let digest: Digest

    private let encoding: BytePairEncoding

    /// Reads vocab.json and merges.txt.
    package init(vocabulary: URL, merges: URL, contextLength: Int) throws(VisionModelsError) {
        try self.init(CLIPVocabulary(vocabulary: vocabulary, merges: merges), contextLength: contextLength)
    }

    /// Reads what a folder has: vocab.json and merges.txt, else tokenizer.json, else OpenAI's bpe_simple_vocab_16e6.txt.gz.
    package init(inFolder folder: URL, contextLength: Int) throws(VisionModelsError) {
        try self.init(CLIPVocabulary(inFolder: folder), contextLength: contextLength)
    }

    private init(_ vocabulary: CLIPVocabulary, contextLength: Int) throws(VisionModelsError) {
        precondition(contextLength >= 2, "no room for a start and an end")
        for mark in [Self.startText, Self.endText] where vocabulary.identifiers[mark] == nil {
            throw .malformedVocabulary(file: vocabulary.file, .missingToken(mark))
        }
        start = vocabulary.identifiers[Self.startText]!
        end = vocabulary.identifiers[Self.endText]!
        encoding = try BytePairEncoding(vocabulary)
        self.contextLength = contextLength
        file = vocabulary.file
        digest = vocabulary.digest
    }

    /// Token numbers of a text: start, the text's own, end. A text that is too long loses all beyond the context length,
    /// never the end.
    package func tokens(of text: String) -> [Int] {
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
