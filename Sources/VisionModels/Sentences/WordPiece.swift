import Digests
import Files
import Foundation

/// WordPiece (Wu et al. 2016) as BERT and MPNet use it: of each word the longest piece that the vocabulary has, then the
/// longest of what is left, under `##`; a word that does not come out whole is one unknown token.
package struct WordPiece: Sendable {
    /// Tokens of the vocabulary.
    package let vocabularySize: Int
    /// The file with the vocabulary.
    package let file: String
    /// Of that file.
    package let digest: Digest
    /// Tokens a text may have, start and end included.
    package let contextLength: Int
    let start, end: Int

    private let unknown: Int
    /// By their UTF-8: Swift's texts are equal where only their composition differs, pieces are not.
    private let pieces: [[UInt8]: Int]
    private let words: BERTWords
    private let marks: [Mark]
    /// Bytes of the longest piece.
    private let longest: Int
    private static let continuation = Array("##".utf8)
    private static let mostLetters = 100

    /// A token that is written out in a text and stands for itself.
    private struct Mark: Sendable {
        var text: String
        var token: Int
        /// Whether white space before it belongs to it.
        var takesSpace: Bool
    }

    /// The names of the marks around a text and of an unknown word, where no tokenizer.json says them.
    struct Convention: Sendable {
        var start, end, unknown: String

        static let bert = Convention(start: "[CLS]", end: "[SEP]", unknown: "[UNK]")
        static let mpnet = Convention(start: "<s>", end: "</s>", unknown: "[UNK]")
    }

    /// Reads tokenizer.json, else vocab.txt.
    init(inFolder folder: URL, convention: Convention, contextLength: Int) throws(VisionModelsError) {
        let names = ["tokenizer.json", "vocab.txt"]
        let found = names.first { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
        guard let found else { throw .missingFile(folder: folder.path, kind: .tokenizer, searched: names) }
        let url = folder.appending(path: found)
        if found == names[0] {
            try self.init(tokenizer: url, convention: convention, contextLength: contextLength)
        } else {
            let settings = folder.appending(path: "tokenizer_config.json")
            let said = FileManager.default.fileExists(atPath: settings.path) ? try Settings(settings) : nil
            var words = BERTWords()
            words.lowercases = try said?.flag("do_lower_case", default: true) ?? true
            words.stripsAccents = try said?.flag("strip_accents", default: words.lowercases) ?? words.lowercases
            words.separatesChinese = try said?.flag("tokenize_chinese_chars", default: true) ?? true
            try self.init(lines: url, words: words, convention: convention, contextLength: contextLength)
        }
    }

    /// vocab.txt: a token a line, numbered from 0.
    private init(
        lines url: URL, words: BERTWords, convention: Convention, contextLength: Int
    ) throws(VisionModelsError) {
        let mapped = try readingFiles { () throws(FileError) in try MappedFile(url) }
        var pieces: [[UInt8]: Int] = [:]
        var lines = mapped.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (index, line) in lines.enumerated() {
            let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let token = String(validating: bytes, as: UTF8.self) else {
                throw .malformedMerge(file: mapped.path, line: index + 1, .notUTF8)
            }
            guard pieces.updateValue(index, forKey: Array(token.utf8)) == nil else {
                throw .malformedVocabulary(file: mapped.path, .repeatedToken(token, line: index + 1))
            }
        }
        let marks = [convention.start, convention.end, convention.unknown, "[PAD]", "[MASK]", "<pad>", "<mask>"]
        try self.init(
            file: mapped.path, digest: Digest("WordPiece", Digest(of: mapped.bytes)), pieces, words, convention,
            marks: Set(marks).compactMap { name in
                pieces[Array(name.utf8)].map { Mark(text: name, token: $0, takesSpace: name == "<mask>") }
            }, contextLength: contextLength)
    }

    /// tokenizer.json: `model.vocab`, the normalizer's flags, the marks and what is put around a text.
    private init(
        tokenizer url: URL, convention: Convention, contextLength: Int
    ) throws(VisionModelsError) {
        let (mapped, members) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(url)
            return (mapped, try JSON.members(of: mapped))
        }
        let file = mapped.path
        func fault(_ key: String, _ expected: String) -> VisionModelsError {
            .malformedVocabulary(file: file, .encoding(key: key, expected: expected))
        }
        guard case .object(let model)? = members["model"] else { throw fault("model", "an object") }
        guard model["type"] ?? .string("WordPiece") == .string("WordPiece") else {
            throw fault("model.type", "\"WordPiece\"")
        }
        guard model["continuing_subword_prefix"] ?? .string("##") == .string("##") else {
            throw fault("model.continuing_subword_prefix", "\"##\"")
        }
        guard model["max_input_chars_per_word"]?.integer ?? 100 == 100 else {
            throw fault("model.max_input_chars_per_word", "100")
        }
        guard case .object(let vocabulary)? = model["vocab"] else { throw fault("model.vocab", "an object") }
        guard case .object(let normalizer)? = members["normalizer"], normalizer["type"] == .string("BertNormalizer")
        else { throw fault("normalizer.type", "\"BertNormalizer\"") }
        guard case .object(let cutter)? = members["pre_tokenizer"], cutter["type"] == .string("BertPreTokenizer") else {
            throw fault("pre_tokenizer.type", "\"BertPreTokenizer\"")
        }
        var convention = convention
        if case .string(let name)? = model["unk_token"] { convention.unknown = name }
        var words = BERTWords()
        words.lowercases = normalizer["lowercase"] != .boolean(false)
        words.cleansText = normalizer["clean_text"] != .boolean(false)
        words.separatesChinese = normalizer["handle_chinese_chars"] != .boolean(false)
        words.stripsAccents =
            switch normalizer["strip_accents"] {
            case .boolean(let flag)?: flag
            default: words.lowercases
            }
        var marks: [Mark] = []
        if case .array(let added)? = members["added_tokens"] {
            for (index, element) in added.enumerated() {
                guard case .object(let token) = element, case .string(let text)? = token["content"],
                    let number = token["id"]?.integer, !text.isEmpty
                else { throw fault("added_tokens[\(index)]", "a content and an id") }
                marks.append(Mark(text: text, token: number, takesSpace: token["lstrip"] == .boolean(true)))
            }
        }
        try self.init(
            file: file, digest: Digest("WordPiece", Digest(of: mapped.bytes)),
            Dictionary(
                uniqueKeysWithValues: try [String: Int](tokens: vocabulary, in: file).map { (Array($0.utf8), $1) }),
            words, convention, marks: marks,
            contextLength: contextLength)
    }

    private init(
        file: String, digest: Digest, _ pieces: [[UInt8]: Int], _ words: BERTWords, _ convention: Convention,
        marks: [Mark], contextLength: Int
    ) throws(VisionModelsError) {
        func number(_ name: String) throws(VisionModelsError) -> Int {
            guard let number = pieces[Array(name.utf8)] else {
                throw .malformedVocabulary(file: file, .missingToken(name))
            }
            return number
        }
        start = try number(convention.start)
        end = try number(convention.end)
        unknown = try number(convention.unknown)
        // Numbers beyond the vocabulary would be read beside the embeddings.
        for mark in marks where !(0..<pieces.count).contains(mark.token) {
            throw .malformedVocabulary(file: file, .identifier(token: mark.text, found: "\(mark.token)"))
        }
        (self.file, self.digest, self.pieces, self.words, self.marks) = (file, digest, pieces, words, marks)
        vocabularySize = pieces.count
        longest = pieces.keys.lazy.map(\.count).max() ?? 0
        self.contextLength = contextLength
    }

    /// Token numbers of a text: start, the text's own, end. A text that is too long loses all beyond the context length, never
    /// the end.
    package func tokens(of text: String) -> [Int] {
        var tokens = [start]
        var rest = text[...]
        while let (range, mark) = firstMark(in: rest) {
            tokens += rest[..<range.lowerBound].isEmpty ? [] : words(rest[..<range.lowerBound]).flatMap(tokens(ofWord:))
            tokens.append(mark.token)
            rest = rest[range.upperBound...]
        }
        tokens += words(rest).flatMap(tokens(ofWord:))
        return tokens.prefix(contextLength - 1) + [end]
    }

    private func firstMark(in text: Substring) -> (Range<String.Index>, Mark)? {
        let found = marks.compactMap { mark in
            text.range(of: mark.text, options: .literal).map { ($0, mark) }
        }
        return found.min { ($0.0.lowerBound, $1.1.text.count) < ($1.0.lowerBound, $0.1.text.count) }
    }

    private func tokens(ofWord word: [Unicode.Scalar]) -> [Int] {
        guard word.count <= Self.mostLetters else { return [unknown] }
        var tokens: [Int] = []
        var rest = word[...]
        while !rest.isEmpty {
            // The rest's bytes, and where each of its letters ends in them.
            var bytes = tokens.isEmpty ? [] : Self.continuation
            let ends = rest.map { letter in
                bytes += Array(UTF8.encode(letter)!)
                return bytes.count
            }
            let count = ends.indices.last { ends[$0] <= longest && pieces[Array(bytes[..<ends[$0]])] != nil }
            guard let count else { return [unknown] }
            tokens.append(pieces[Array(bytes[..<ends[count]])]!)
            rest = rest.dropFirst(count + 1)
        }
        return tokens
    }
}
