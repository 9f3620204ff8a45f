import Digests
import Files
import Foundation

/// What cuts texts into the tokens that SigLIP's text tower reads: always as many as it has places.
package protocol TextTokenizer: Sendable {
    /// The file with the vocabulary.
    var file: String { get }
    /// Of all that tokens depend on.
    var digest: Digest { get }
    /// One more than the greatest token.
    var vocabularySize: Int { get }

    /// The tokens of a text, those at its end and the padding included. A text that is too long loses what is beyond.
    func tokens(of text: String) -> [Int]
}

/// Reads the tokenizer in a folder: a spiece.model as SigLIP has it, else a tokenizer.json of pieces (T5's kind, as
/// open_clip's SigLIP has it) or of pairs (SigLIP 2).
///
/// - Parameters:
///   - length: tokens a text has.
///   - cleaning: what is made of a text before, where a tokenizer.json is read.
package func loadTextTokenizer(
    inFolder folder: URL, length: Int, cleaning: TextCleaning? = nil
) throws(VisionModelsError) -> any TextTokenizer {
    let names = ["spiece.model", "tokenizer.json"]
    let found = names.first { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
    guard let found else { throw .missingFile(folder: folder.path, kind: .tokenizer, searched: names) }
    let about = folder.appending(path: "tokenizer_config.json")
    let settings = FileManager.default.fileExists(atPath: about.path) ? try Settings(about) : nil
    let url = folder.appending(path: found)
    if found == names[0] { return try SentencePieceTokenizer(url, settings, length: length) }
    let tokenizer = try TokenizerFile(url)
    if tokenizer.isUnigram {
        return try UnigramTokenizer(tokenizer, settings, length: length).cleaning(cleaning)
    }
    return try GemmaTokenizer(tokenizer, settings, length: length).cleaning(cleaning)
}

extension Settings {
    /// A token that is a text, or an object with one: `"</s>"`, `{"content": "</s>"}`.
    func token(_ key: String, default standard: String) throws(VisionModelsError) -> String {
        switch self[key] {
        case nil: return standard
        case .string(let text)?: return text
        case .object(let members)?:
            guard case .string(let text)? = members["content"] else { fallthrough }
            return text
        default: throw unsuitable(key, expected: "a token")
        }
    }
}
