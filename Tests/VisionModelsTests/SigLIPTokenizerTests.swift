import Foundation
import TestSupport
import Testing
import VisionModels

/// Tokenizers of SigLIP's kinds and what transformers cuts texts into; Goldens/make_siglip_tokenizers.py makes both.
/// MICLIP_LAYOUTS names a folder with larger ones and more texts, which Goldens/parity.py makes.
@Suite("A tokenizer of SigLIP's")
struct SigLIPTokenizerTests {
    private static let large = ProcessInfo.processInfo.environment["MICLIP_LAYOUTS"].map { URL(filePath: $0) }
    private static let folder =
        large?.appending(path: "siglip") ?? packageFolder.appending(path: "Tests/Goldens/siglip")
    private static let names = ["unigram", "pieces", "plain", "pairs", "pairs-lower"].filter {
        FileManager.default.fileExists(atPath: folder.appending(path: "\($0)/tokens.json").path)
    }

    @Test func `is there to be compared with`() { #expect(Self.large != nil || Self.names.count == 5) }

    private struct Expected: Decodable {
        let text: String
        let tokens: [Int]
    }

    @Test(arguments: names)
    func `has transformers' tokens of odd texts`(name: String) throws {
        let folder = Self.folder.appending(path: name)
        let expected = try JSONDecoder().decode(
            [Expected].self, from: Data(contentsOf: folder.appending(path: "tokens.json")))
        let tokenizer = try loadTextTokenizer(inFolder: folder, length: try #require(expected.first).tokens.count)
        let wrong = expected.filter { tokenizer.tokens(of: $0.text) != $0.tokens }
        #expect(expected.count >= 700)
        for item in wrong.prefix(5) {
            Issue.record(
                "\(item.text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()): expected \(item.tokens), found \(tokenizer.tokens(of: item.text))"
            )
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count)")
        if Self.large != nil { print("parity:", name, "\(expected.count) texts", Float(wrong.count)) }
    }

    @Test(.enabled(if: names.contains("pieces")))
    func `has open_clip's tokens of texts that are cleaned first`() throws {
        let folder = Self.folder.appending(path: "pieces")
        let expected = try JSONDecoder().decode(
            [Expected].self, from: Data(contentsOf: folder.appending(path: "cleaned.json")))
        let length = try #require(expected.first).tokens.count
        let tokenizer = try loadTextTokenizer(inFolder: folder, length: length, cleaning: .canonical)
        let wrong = expected.filter { tokenizer.tokens(of: $0.text) != $0.tokens }
        #expect(expected.count >= 700)
        for item in wrong.prefix(5) {
            Issue.record(
                "\(item.text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()): expected \(item.tokens), found \(tokenizer.tokens(of: item.text))"
            )
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count)")
        if Self.large != nil { print("parity:", "cleaned", "\(expected.count) texts", Float(wrong.count)) }
    }
}
