import Digests
import Files
import Foundation

/// A tokenizer.json of pieces with scores, T5's kind, as Hugging Face's tokenizers run it: marks first, then each word in the
/// pieces whose scores have the greatest sum; padded to all places.
struct UnigramTokenizer: TextTokenizer {
    let file: String
    let digest: Digest
    let vocabularySize: Int
    private let length: Int
    private let vocabulary: UnigramVocabulary
    private let steps: UnigramSteps
    /// Marks looked for in the text, and in what the steps make of it.
    private let marks, normalizedMarks: ByteTrie
    private let before, after: [Int]
    private let padding: Int
    private let padsLeft: Bool

    init(_ tokenizer: TokenizerFile, _ settings: Settings?, length: Int) throws(VisionModelsError) {
        let vocabulary = try UnigramVocabulary(tokenizer)
        let added = try tokenizer.added()
        let steps = try UnigramSteps(tokenizer)
        let marked = Dictionary(added.map { (Array($0.text.utf8), $0.token) }) { first, _ in first }
        func number(_ text: String) throws(VisionModelsError) -> Int {
            guard let number = marked[Array(text.utf8)] ?? vocabulary.numbers[Array(text.utf8)] else {
                throw .malformedVocabulary(file: tokenizer.file, .missingToken(text))
            }
            return number
        }
        var (marks, normalizedMarks) = (ByteTrie(), ByteTrie())
        for mark in added {
            if mark.isNormalized {
                normalizedMarks.insert(steps.normalized(Array(mark.text.utf8)), mark.token)
            } else {
                marks.insert(mark.text.utf8, mark.token)
            }
        }
        (before, after) = try tokenizer.frame()
        guard before.count + after.count < length else {
            throw tokenizer.fault("post_processor", "room for a text")
        }
        // T5 pads otherwise; what was trained as SigLIP was padded by the end mark, and its files say so.
        padding = try number(settings?.token("pad_token", default: "</s>") ?? "</s>")
        padsLeft = try settings?.padsLeft ?? false
        (self.marks, self.normalizedMarks) = (marks, normalizedMarks)
        (file, self.length, self.vocabulary, self.steps) = (tokenizer.file, length, vocabulary, steps)
        vocabularySize = max(vocabulary.pieces, 1 + (added.map(\.token).max() ?? 0))
        digest = Digest("UnigramTokenizer", tokenizer.digest, "\(padding)", "\(padsLeft)", "\(length)")
    }

    package func tokens(of text: String) -> [Int] {
        var tokens: [Int] = []
        var isFirst = true
        for part in marks.cut(Array(text.utf8)) {
            guard case .text(let raw) = part else {
                tokens += part.token
                isFirst = false
                continue
            }
            for part in normalizedMarks.cut(steps.normalized(raw)) {
                guard case .text(let text) = part else {
                    tokens += part.token
                    isFirst = false
                    continue
                }
                for word in steps.words(text, isFirst: isFirst) { tokens += vocabulary.tokens(ofWord: word) }
                isFirst = false
            }
        }
        tokens = before + tokens.prefix(length - before.count - after.count) + after
        let rest = [Int](repeating: padding, count: length - tokens.count)
        return padsLeft ? rest + tokens : tokens + rest
    }
}

extension Settings {
    /// `padding_side`.
    var padsLeft: Bool {
        get throws(VisionModelsError) {
            guard let said = self["padding_side"] else { return false }
            guard case .string(let side) = said, let isLeft = ["left": true, "right": false][side] else {
                throw unsuitable("padding_side", expected: "left or right")
            }
            return isLeft
        }
    }
}
