import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("The tokenizer")
struct TokenizerTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// Every byte inside and at the end of a word, in the order of the bytes; then what is added; then the marks.
    private func vocabulary(adding symbols: [String] = []) -> [String] {
        let kept = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let moved = (0..<256).filter { !kept.contains($0) }
        let letters = (0..<256).map { byte in
            String(Unicode.Scalar(UInt32(moved.firstIndex(of: byte).map { 0x100 + $0 } ?? byte))!)
        }
        return letters + letters.map { $0 + "</w>" } + symbols + ["<|startoftext|>", "<|endoftext|>"]
    }

    private func load(_ vocabulary: [String], merges: String, contextLength: Int = 16) throws -> CLIPTokenizer {
        let numbers = Dictionary(uniqueKeysWithValues: zip(vocabulary, 0...))
        return try CLIPTokenizer(
            vocabulary: try scratch.write(try JSONEncoder().encode(numbers), to: "vocab.json"),
            merges: try scratch.write(merges, to: "merges.txt"), contextLength: contextLength)
    }

    /// The symbols of a text between start and end, as a person reads them.
    private func symbols(_ text: String, _ added: [String], merges: String) throws -> [String] {
        let vocabulary = vocabulary(adding: added)
        return try load(vocabulary, merges: merges).tokens(of: text).dropFirst().dropLast().map { vocabulary[$0] }
    }

    @Test func `joins the pair learnt first, the leftmost of equals`() throws {
        let merges = "#version: 0.2\nb c\na b\na a\n"
        let added = ["bc", "ab", "aa"]
        #expect(try symbols("abcd", added, merges: merges) == ["a", "bc", "d</w>"])
        #expect(try symbols("abd", added, merges: merges) == ["ab", "d</w>"])
        #expect(try symbols("aaad", added, merges: merges) == ["aa", "a", "d</w>"])
        #expect(try symbols("ab", added, merges: merges) == ["a", "b</w>"], "the last letter is another symbol")
    }

    @Test(arguments: [
        ("It's  a\tSHOE", ["it", "'s", "a", "shoe"]), ("don't", ["don", "'t"]), ("''ll", ["''", "ll"]),
        ("4x42", ["4", "x", "4", "2"]), ("a-b!?", ["a", "-", "b", "!?"]), (" \u{A0}\u{3000}", []),
        ("ÀÉ", ["àé"]), ("E\u{301}", ["é"]), ("ΑΣ", ["ασ"]), ("x²", ["x", "²"]), ("Ⅳ", ["ⅳ"]),
        ("<|ENDOFTEXT|>!", ["<|", "endoftext", "|>", "!"]), ("|>!", ["|>!"]),
    ])
    func `cuts words as CLIP does`(text: String, words: [String]) throws {
        let symbols = try symbols(text, [], merges: "").joined()
        let expected = try words.map { try self.symbols($0, [], merges: "").joined() }.joined()
        #expect(symbols == expected)
        #expect(symbols.components(separatedBy: "</w>").count - 1 == words.count)
    }

    @Test func `cuts a long text but keeps its end, and takes marks for themselves`() throws {
        let tokenizer = try load(vocabulary(), merges: "", contextLength: 5)
        let letter = 256 + Int(UInt8(ascii: "a"))
        #expect(tokenizer.tokens(of: "") == [tokenizer.start, tokenizer.end])
        #expect(tokenizer.tokens(of: "a a a") == [tokenizer.start, letter, letter, letter, tokenizer.end])
        #expect(tokenizer.tokens(of: "a a a a a") == [tokenizer.start, letter, letter, letter, tokenizer.end])
        #expect(
            tokenizer.tokens(of: "a<|endoftext|>A")
                == [tokenizer.start, letter, tokenizer.end, letter, tokenizer.end])
    }

    @Test func `names what a vocabulary lacks or repeats`() throws {
        let path = scratch.file("vocab.json").path
        func refusal(_ fault: VocabularyFault, _ json: String) throws {
            let url = try scratch.write(json, to: "vocab.json")
            let merges = try scratch.write("", to: "merges.txt")
            #expect(throws: VisionModelsError.malformedVocabulary(file: path, fault)) {
                try CLIPTokenizer(vocabulary: url, merges: merges, contextLength: 8)
            }
        }
        try refusal(.missingToken("<|startoftext|>"), "{}")
        try refusal(.missingToken("<|endoftext|>"), "{\"<|startoftext|>\": 0}")
        try refusal(.identifier(token: "a", found: "1"), "{\"a\": 1}")
        try refusal(.identifier(token: "a", found: "\"x\""), "{\"a\": \"x\"}")
        try refusal(.repeatedIdentifier(0), "{\"a\": 0, \"b\": 0}")
        let marks = "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1}"
        try refusal(.missingToken("\u{100}"), marks)
        let url = try scratch.write("{\"a\": 0,\n \"b\" 1}", to: "vocab.json")
        #expect(
            throws: VisionModelsError.file(
                .malformedJSON(file: path, line: 2, byte: 15, path: "", expected: "a colon after \"b\""))
        ) {
            try CLIPTokenizer(vocabulary: url, merges: url, contextLength: 8)
        }
    }

    @Test(arguments: [
        ("a b\nab", 2, MergeFault.notAPair("ab")), ("a b\n\na b", 2, .notAPair("")), ("a  b", 1, .notAPair("a  b")),
        ("#version: 0.2\na b\na long", 3, .unknownSymbol("long")), ("b a", 1, .unknownSymbol("ba")),
    ])
    func `names the line of a merge it cannot follow`(merges: String, line: Int, fault: MergeFault) throws {
        let path = scratch.file("merges.txt").path
        #expect(throws: VisionModelsError.malformedMerge(file: path, line: line, fault)) {
            try load(vocabulary(adding: ["ab"]), merges: merges)
        }
    }

    @Test func `reads merges with carriage returns, and refuses other encodings`() throws {
        #expect(try symbols("abc", ["ab"], merges: "#version\r\na b\r\n") == ["ab", "c</w>"])
        let vocabulary = try scratch.write(
            try JSONEncoder().encode(Dictionary(uniqueKeysWithValues: zip(vocabulary(), 0...))), to: "vocab.json")
        let merges = try scratch.write([0x61, 0x20, 0xFF, 0x0A], to: "merges.txt")
        #expect(throws: VisionModelsError.malformedMerge(file: merges.path, line: 1, .notUTF8)) {
            try CLIPTokenizer(vocabulary: vocabulary, merges: merges, contextLength: 8)
        }
    }
}
