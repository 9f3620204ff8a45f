import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("A long text")
struct LongTextTests {
    private let tokenizer = Result {
        try CLIPTokenizer(inFolder: samples.appending(path: "clip"), contextLength: 1 << 20)
    }

    /// Words of up to 16 bytes go another way than longer ones: parted by blanks, they have the tokens of each alone.
    @Test func `has the same tokens however long its words are`() throws {
        let tokenizer = try tokenizer.get()
        var random = SeededRandom(seed: 9)
        for length in [12, 15, 16, 17, 18, 40, 200] {
            let word = String((0..<length).map { _ in "etaoinshrdlu".randomElement(using: &random)! })
            let tokens = tokenizer.tokens(of: word)
            #expect(tokens.count > 3 && tokens.count < length + 3)
            // One letter in front of a digit ends the word: what is behind it is a word of its own.
            let split = tokenizer.tokens(of: word + "1" + word)
            #expect(
                Array(split.dropLast()) == tokens.dropLast() + tokenizer.tokens(of: "1").dropFirst().dropLast()
                    + tokens.dropFirst().dropLast())
        }
    }

    /// Done in a second; with time as the square of the length it took over a hundred.
    @Test func `of a hundred thousand placeholders is done in seconds`() throws {
        let tokenizer = try tokenizer.get()
        let templates = PromptTemplates([String(repeating: PromptTemplates.placeholder, count: 100_000)])
        var tokens: [Int] = []
        let seconds = processorSeconds { tokens = tokenizer.tokens(of: templates.prompts(for: "boot")[0]) }
        #expect(tokens.count > 2 && seconds < 20)
    }
}
