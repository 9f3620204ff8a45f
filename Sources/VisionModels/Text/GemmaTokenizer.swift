import Digests
import Files
import Foundation

/// SigLIP 2's tokenizer, as Hugging Face's tokenizers run its tokenizer.json: marks first, then pairs of letters, bytes where
/// a letter is unknown; padded to all places.
struct GemmaTokenizer: TextTokenizer {
    let file: String
    let digest: Digest
    let vocabularySize: Int
    private let length: Int
    private let numbers: [[UInt8]: Int]
    private let merges: PairMerges
    private let steps: [GemmaVocabulary.Step]
    private let cutsAfterSpaces: Bool
    private let unknown: Int?
    private let joinsUnknown: Bool
    /// Of the 256 bytes; nil for those that have none.
    private let bytes: [Int?]
    /// Marks looked for in the text, and in what the steps make of it.
    private let marks, normalizedMarks: ByteTrie
    private let before, after: [Int]
    private let padding: Int
    private let padsLeft: Bool

    init(_ tokenizer: TokenizerFile, _ settings: Settings?, length: Int) throws(VisionModelsError) {
        let vocabulary = try GemmaVocabulary(tokenizer)
        let file = vocabulary.file
        let marked = Dictionary(vocabulary.added.map { (Array($0.text.utf8), $0.token) }) { first, _ in first }
        func number(_ text: String) throws(VisionModelsError) -> Int {
            guard let number = vocabulary.numbers[Array(text.utf8)] ?? marked[Array(text.utf8)] else {
                throw .malformedVocabulary(file: file, .missingToken(text))
            }
            return number
        }
        (self.file, self.length, numbers, merges) = (file, length, vocabulary.numbers, vocabulary.merges)
        // Siglip2Tokenizer lowers case whatever the file has.
        let isLowered = settings?["tokenizer_class"] == .string("Siglip2Tokenizer")
        steps = (isLowered ? [.lowercase] : []) + vocabulary.steps
        cutsAfterSpaces = vocabulary.cutsAfterSpaces
        (unknown, joinsUnknown) = (vocabulary.unknown, vocabulary.joinsUnknown)
        bytes = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            let name = "<0x" + (byte < 16 ? "0" : "") + digits + ">"
            return vocabulary.fallsBackToBytes ? vocabulary.numbers[Array(name.utf8)] : nil
        }
        var (marks, normalizedMarks) = (ByteTrie(), ByteTrie())
        for added in vocabulary.added {
            if added.isNormalized {
                normalizedMarks.insert(Self.normalized(Array(added.text.utf8), steps), added.token)
            } else {
                marks.insert(added.text.utf8, added.token)
            }
        }
        (self.marks, self.normalizedMarks) = (marks, normalizedMarks)
        padding = try number(settings?.token("pad_token", default: "<pad>") ?? "<pad>")
        if let settings, settings["add_bos_token"] != nil || settings["add_eos_token"] != nil {
            let start = try settings.flag("add_bos_token", default: false)
            let end = try settings.flag("add_eos_token", default: false)
            before = start ? [try number(settings.token("bos_token", default: "<bos>"))] : []
            after = end ? [try number(settings.token("eos_token", default: "<eos>"))] : []
        } else {
            (before, after) = (vocabulary.before, vocabulary.after)
        }
        guard before.count + after.count < length else {
            throw .malformedVocabulary(file: file, .encoding(key: "post_processor", expected: "room for a text"))
        }
        padsLeft = try settings?.padsLeft ?? false
        let greatest = [
            vocabulary.numbers.values.max(), vocabulary.added.map(\.token).max(), before.max(), after.max(),
        ]
        vocabularySize = 1 + (greatest.compactMap { $0 }.max() ?? 0)
        digest = Digest(
            "GemmaTokenizer", vocabulary.digest, Digest(combining: (before + after + [padding]).map { "\($0)" }),
            "\(padsLeft)", "\(isLowered)", "\(length)")
    }

    package func tokens(of text: String) -> [Int] {
        var tokens: [Int] = []
        for part in marks.cut(Array(text.utf8)) {
            guard case .text(let raw) = part else {
                tokens += part.token
                continue
            }
            for part in normalizedMarks.cut(Self.normalized(raw, steps)) {
                guard case .text(let text) = part else {
                    tokens += part.token
                    continue
                }
                for word in words(text) { tokens += self.tokens(ofWord: word) }
            }
        }
        tokens = before + tokens.prefix(length - before.count - after.count) + after
        let rest = [Int](repeating: padding, count: length - tokens.count)
        return padsLeft ? rest + tokens : tokens + rest
    }

    private static func normalized(_ text: [UInt8], _ steps: [GemmaVocabulary.Step]) -> [UInt8] {
        steps.reduce(text) { text, step in
            switch step {
            case .lowercase:
                return String(decoding: text, as: UTF8.self).unicodeScalars.flatMap {
                    Array($0.properties.lowercaseMapping.utf8)
                }
            case .replace(let old, let new):
                var trie = ByteTrie()
                trie.insert(old.utf8, 0)
                return trie.cut(text).flatMap { part in
                    if case .text(let text) = part { text } else { Array(new.utf8) }
                }
            }
        }
    }

    private func words(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        guard cutsAfterSpaces else { return [text[...]] }
        var (words, start): ([ArraySlice<UInt8>], Int) = ([], 0)
        for (place, byte) in text.enumerated() where byte == UInt8(ascii: " ") {
            words.append(text[start...place])
            start = place + 1
        }
        if start < text.count { words.append(text[start...]) }
        return words
    }

    private func tokens(ofWord word: ArraySlice<UInt8>) -> [Int] {
        var symbols: [Int] = []
        // Unknown letters wait: several in a row may be one.
        var waiting = false
        var start = word.startIndex
        while start < word.endIndex {
            let end = min(start + SentencePieceNormalizer.letterLength(word[start]), word.endIndex)
            let letter = word[start..<end]
            start = end
            if let number = numbers[Array(letter)] {
                if waiting, let unknown { symbols.append(unknown) }
                waiting = false
                symbols.append(number)
                continue
            }
            let fallback = letter.compactMap { bytes[Int($0)] }
            if fallback.count == letter.count {
                symbols += fallback
            } else if unknown != nil {
                if waiting, !joinsUnknown { symbols.append(unknown!) }
                waiting = true
            }
        }
        if waiting, let unknown { symbols.append(unknown) }
        return merges.merged(symbols)
    }
}
