import Digests
import Files
import Foundation

/// The symbols of CLIP's byte-level pair encoding and the order in which pairs were learnt, from any of the three forms in
/// which they are published.
struct CLIPVocabulary {
    struct Merge {
        let left, right: String
        /// Where it stands, counted from 1; the lower was learnt first.
        let line: Int
    }

    let file: String
    let mergesFile: String
    let digest: Digest
    /// Token numbers by symbol: every number from 0 occurs once.
    let identifiers: [String: Int]
    let merges: [Merge]

    private static let pair = (vocabulary: "vocab.json", merges: "merges.txt")
    private static let single = "tokenizer.json"
    private static let published = "bpe_simple_vocab_16e6.txt.gz"

    init(inFolder folder: URL) throws(VisionModelsError) {
        func file(_ name: String) -> URL { folder.appending(path: name) }
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }
        let halves = [Self.pair.vocabulary, Self.pair.merges].filter(exists)
        switch true {
        case halves.count == 2:
            try self.init(vocabulary: file(Self.pair.vocabulary), merges: file(Self.pair.merges))
        case exists(Self.single): try self.init(tokenizer: file(Self.single))
        case exists(Self.published): try self.init(published: file(Self.published))
        // One without the other: the error names what is missing.
        case !halves.isEmpty: try self.init(vocabulary: file(Self.pair.vocabulary), merges: file(Self.pair.merges))
        default:
            throw .missingFile(
                folder: folder.path, kind: .tokenizer,
                searched: ["\(Self.pair.vocabulary) with \(Self.pair.merges)", Self.single, Self.published])
        }
    }

    /// vocab.json, token numbers by symbol; merges.txt, a pair of symbols a line in the order they were learnt, after a first
    /// line `#version…`.
    init(vocabulary: URL, merges: URL) throws(VisionModelsError) {
        let (files, members) = try readingFiles { () throws(FileError) in
            let files = (vocabulary: try MappedFile(vocabulary), merges: try MappedFile(merges))
            return (files, try JSON.members(of: files.vocabulary))
        }
        file = files.vocabulary.path
        mergesFile = files.merges.path
        identifiers = try [String: Int](tokens: members, in: file)
        self.merges = try Self.merges(files.merges.bytes, in: mergesFile)
        digest = Digest("CLIPTokenizer", Digest(of: files.vocabulary.bytes), Digest(of: files.merges.bytes))
    }

    /// tokenizer.json: `model.vocab`, and `model.merges` as texts or as pairs.
    private init(tokenizer: URL) throws(VisionModelsError) {
        let (mapped, members) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(tokenizer)
            return (mapped, try JSON.members(of: mapped))
        }
        let file = mapped.path
        func fault(_ key: String, _ expected: String) -> VisionModelsError {
            .malformedVocabulary(file: file, .encoding(key: key, expected: expected))
        }
        guard case .object(let model)? = members["model"] else {
            throw fault("model", "an object")
        }
        guard model["type"] ?? .string("BPE") == .string("BPE") else { throw fault("model.type", "\"BPE\"") }
        guard model["end_of_word_suffix"] == .string("</w>") else {
            throw fault("model.end_of_word_suffix", "\"</w>\", as CLIP's")
        }
        guard case .object(let symbols)? = model["vocab"] else { throw fault("model.vocab", "an object") }
        guard case .array(let pairs)? = model["merges"] else { throw fault("model.merges", "a list") }
        identifiers = try [String: Int](tokens: symbols, in: file)
        var merges: [Merge] = []
        for (index, pair) in pairs.enumerated() {
            switch pair {
            case .string(let text): merges.append(try Self.merge(text, line: index + 1, in: file))
            case .array(let symbols):
                guard symbols.count == 2, case .string(let left) = symbols[0], case .string(let right) = symbols[1]
                else { fallthrough }
                merges.append(Merge(left: left, right: right, line: index + 1))
            default: throw .malformedMerge(file: file, line: index + 1, .notAPair(pair.summary))
            }
        }
        self.merges = merges
        (self.file, mergesFile) = (file, file)
        digest = Digest("CLIPTokenizer", Digest(of: mapped.bytes))
    }

    /// OpenAI's list of merges, compressed; the vocabulary follows from it: bytes, bytes that end a word, what each merge
    /// makes, start and end.
    private init(published: URL) throws(VisionModelsError) {
        let (mapped, text) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(published)
            return (mapped, try Gzip.inflate(mapped, most: 1 << 26))
        }
        file = mapped.path
        mergesFile = file
        // The file goes on with merges that CLIP does not use.
        let all = try text.withUnsafeBufferPointer { bytes throws(VisionModelsError) in
            try Self.merges(UnsafeRawBufferPointer(bytes), in: mapped.path, most: 49152 - 256 - 2)
        }
        merges = all
        let letters = BytePairEncoding.alphabet
        // Printable bytes stand for themselves and come first.
        let ordered = letters.sorted { $0.unicodeScalars.first! < $1.unicodeScalars.first! }
        let symbols =
            ordered + ordered.map { $0 + "</w>" } + all.map { $0.left + $0.right }
            + [CLIPTokenizer.startText, CLIPTokenizer.endText]
        var identifiers: [String: Int] = [:]
        for (index, symbol) in symbols.enumerated() where identifiers.updateValue(index, forKey: symbol) != nil {
            throw .malformedVocabulary(file: file, .encoding(key: symbol, expected: "what each pair makes only once"))
        }
        self.identifiers = identifiers
        digest = Digest("CLIPTokenizer", Digest(of: mapped.bytes))
    }

    private static func merges(
        _ bytes: UnsafeRawBufferPointer, in file: String, most: Int = .max
    ) throws(VisionModelsError) -> [Merge] {
        var merges: [Merge] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            guard merges.count < most else { break }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw .malformedMerge(file: file, line: index + 1, .notUTF8)
            }
            let content = text.hasSuffix("\r") ? String(text.dropLast()) : text
            let isVersion = index == 0 && (content.hasPrefix("#version") || content.contains("#version:"))
            if isVersion || content.isEmpty && index == lines.count - 1 { continue }
            merges.append(try merge(content, line: index + 1, in: file))
        }
        return merges
    }

    private static func merge(_ text: String, line: Int, in file: String) throws(VisionModelsError) -> Merge {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw .malformedMerge(file: file, line: line, .notAPair(text)) }
        return Merge(left: parts[0], right: parts[1], line: line)
    }
}
