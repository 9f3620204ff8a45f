import Digests
import Files
import Foundation

/// A tokenizer.json of Gemma's kind, which SigLIP 2 has: a pair encoding of letters, bytes where a letter is unknown.
struct GemmaVocabulary {
    /// What is done to a text before it is cut.
    enum Step {
        case lowercase
        case replace(String, by: String)
    }

    let file: String
    let digest: Digest
    /// By their bytes: Swift's texts are equal where only their composition differs, tokens are not.
    let numbers: [[UInt8]: Int]
    let merges: PairMerges
    let added: [TokenizerFile.Added]
    let steps: [Step]
    /// Whether texts are cut after each space.
    let cutsAfterSpaces: Bool
    let unknown: Int?
    let joinsUnknown, fallsBackToBytes: Bool
    /// Tokens before and after a text, as the file has them.
    let before, after: [Int]

    init(_ tokenizer: TokenizerFile) throws(VisionModelsError) {
        let (file, members) = (tokenizer.file, tokenizer.members)
        let fault = tokenizer.fault
        guard case .object(let model)? = members["model"] else { throw fault("model", "an object") }
        guard model["type"] == .string("BPE") else {
            throw fault("model.type", "\"BPE\" or \"Unigram\"")
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix", "dropout"] {
            guard [nil, .null, .string("")].contains(model[key]) else { throw fault("model." + key, "nothing") }
        }
        guard [nil, .boolean(false)].contains(model["ignore_merges"]) else {
            throw fault("model.ignore_merges", "false")
        }
        guard case .array(let list)? = model["vocab"], list.count <= 1 << 24 else {
            throw fault("model.vocab", "an object")
        }
        var numbers: [[UInt8]: Int] = [:]
        numbers.reserveCapacity(list.count / 2)
        for index in stride(from: 0, to: list.count, by: 2) {
            guard case .string(let text) = list[index], let number = list[index + 1].integer,
                (0..<1 << 24).contains(number)
            else {
                throw .malformedVocabulary(
                    file: file, .identifier(token: list[index].summary, found: list[index + 1].summary))
            }
            numbers[Array(text.utf8)] = number
        }
        self.numbers = numbers
        guard case .array(let pairs)? = model["merges"] else { throw fault("model.merges", "a list") }
        merges = try PairMerges(pairs.count) { (index) throws(VisionModelsError) in
            let (left, right) = try Self.pair(pairs[index], index, file)
            let symbols = try [left, right, left + right].map { bytes throws(VisionModelsError) in
                guard let number = numbers[bytes] else {
                    let text = String(decoding: bytes, as: UTF8.self)
                    throw .malformedMerge(file: file, line: index + 1, .unknownSymbol(text))
                }
                return number
            }
            return (symbols[0], symbols[1], symbols[2])
        }
        if case .string(let text)? = model["unk_token"] {
            guard let number = numbers[Array(text.utf8)] else {
                throw .malformedVocabulary(file: file, .missingToken(text))
            }
            unknown = number
        } else {
            unknown = nil
        }
        joinsUnknown = model["fuse_unk"] == .boolean(true)
        fallsBackToBytes = model["byte_fallback"] == .boolean(true)
        added = try tokenizer.added()
        steps = try Self.steps(members["normalizer"] ?? .null, fault)
        cutsAfterSpaces = try Self.cutsAfterSpaces(members["pre_tokenizer"] ?? .null, fault)
        (before, after) = try tokenizer.frame()
        (self.file, digest) = (file, tokenizer.digest)
    }

    private static func pair(
        _ value: JSON, _ index: Int, _ file: String
    ) throws(VisionModelsError) -> ([UInt8], [UInt8]) {
        switch value {
        case .string(let text):
            let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .malformedMerge(file: file, line: index + 1, .notAPair(text)) }
            return (Array(parts[0]), Array(parts[1]))
        case .array(let symbols):
            guard symbols.count == 2, case .string(let left) = symbols[0], case .string(let right) = symbols[1]
            else { fallthrough }
            return (Array(left.utf8), Array(right.utf8))
        default: throw .malformedMerge(file: file, line: index + 1, .notAPair(value.summary))
        }
    }

    private typealias Fault = (String, String) -> VisionModelsError

    private static func steps(_ value: JSON, _ fault: Fault) throws(VisionModelsError) -> [Step] {
        guard case .object(let members) = value, case .string(let type)? = members["type"] else {
            if value == .null { return [] }
            throw fault("normalizer", "an object with a type")
        }
        switch type {
        case "Lowercase": return [.lowercase]
        case "Replace":
            guard case .object(let pattern)? = members["pattern"], case .string(let text)? = pattern["String"],
                !text.isEmpty,
                case .string(let content)? = members["content"]
            else { throw fault("normalizer.pattern", "a String, and a content") }
            return [.replace(text, by: content)]
        case "Sequence":
            guard case .array(let elements)? = members["normalizers"] else {
                throw fault("normalizer.normalizers", "a list")
            }
            var all: [Step] = []
            for element in elements { all += try steps(element, fault) }
            return all
        default: throw fault("normalizer.type", "Lowercase, Replace, or a Sequence of these, not \(type)")
        }
    }

    private static func cutsAfterSpaces(_ value: JSON, _ fault: Fault) throws(VisionModelsError) -> Bool {
        guard value != .null else { return false }
        guard case .object(let members) = value, members["type"] == .string("Split"),
            members["pattern"] == .object(["String": .string(" ")]),
            members["behavior"] == .string("MergedWithPrevious"),
            [nil, .boolean(false)].contains(members["invert"])
        else {
            throw fault("pre_tokenizer", "nothing, or a Split at spaces that go with what is before them, as Gemma's")
        }
        return true
    }
}
