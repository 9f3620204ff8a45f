import Digests
import Files
import Foundation

/// A tokenizer.json of Hugging Face's tokenizers, whatever its kind.
struct TokenizerFile {
    struct Added {
        var text: String
        var token: Int
        /// Whether it is looked for in the normalised text.
        var isNormalized: Bool
    }

    let file: String
    let digest: Digest
    /// `model.vocab` of an object is a list of names and values, one after the other.
    let members: [String: JSON]

    init(_ url: URL) throws(VisionModelsError) {
        let (mapped, members) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(url)
            return (mapped, try JSON.members(of: mapped, listing: ["model", "vocab"]))
        }
        (file, digest, self.members) = (mapped.path, Digest(of: mapped.bytes), members)
    }

    /// Whether the vocabulary is of pieces with scores, and not of pairs.
    var isUnigram: Bool {
        guard case .object(let model)? = members["model"] else { return false }
        // Files of old have no type.
        if case .array(let pieces)? = model["vocab"], case .array? = pieces.first, model["type"] == nil { return true }
        return model["type"] == .string("Unigram")
    }

    func fault(_ key: String, _ expected: String) -> VisionModelsError {
        .malformedVocabulary(file: file, .encoding(key: key, expected: expected))
    }

    /// Marks that are looked for in a text before it is cut.
    func added() throws(VisionModelsError) -> [Added] {
        guard let value = members["added_tokens"], value != .null else { return [] }
        guard case .array(let elements) = value else { throw fault("added_tokens", "a list") }
        var added: [Added] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let token) = element, case .string(let text)? = token["content"],
                let number = token["id"]?.integer, (0..<1 << 24).contains(number)
            else { throw fault("added_tokens[\(index)]", "a content and an id") }
            for key in ["lstrip", "rstrip", "single_word"] where token[key] == .boolean(true) {
                throw fault("added_tokens[\(index)].\(key)", "false")
            }
            guard !text.isEmpty else { continue }
            added.append(Added(text: text, token: number, isNormalized: token["normalized"] == .boolean(true)))
        }
        return added
    }

    /// The tokens around a text of a TemplateProcessing.
    func frame() throws(VisionModelsError) -> (before: [Int], after: [Int]) {
        let value = members["post_processor"] ?? .null
        guard value != .null else { return ([], []) }
        guard case .object(let members) = value, members["type"] == .string("TemplateProcessing"),
            case .array(let single)? = members["single"], case .object(let special)? = members["special_tokens"]
        else { throw fault("post_processor", "nothing, or a TemplateProcessing") }
        var (before, after, isAfter): ([Int], [Int], Bool) = ([], [], false)
        for (index, element) in single.enumerated() {
            guard case .object(let part) = element else { throw fault("post_processor.single[\(index)]", "an object") }
            if part["Sequence"] != nil {
                isAfter = true
                continue
            }
            guard case .object(let named)? = part["SpecialToken"], case .string(let name)? = named["id"],
                case .object(let token)? = special[name], case .array(let ids)? = token["ids"]
            else { throw fault("post_processor.single[\(index)]", "a Sequence or a known SpecialToken") }
            let numbers = ids.compactMap(\.integer).filter { (0..<1 << 24).contains($0) }
            if isAfter { after += numbers } else { before += numbers }
        }
        guard isAfter, before.count + after.count < 16 else { throw fault("post_processor.single", "a Sequence") }
        return (before, after)
    }
}
