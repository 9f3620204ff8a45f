import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("A tokenizer's files")
struct TokenizerFormTests {
    private static let texts = ["boot", "a boot, élan!", "BO ot oto", "日本 👢", ""]

    @Test func `give the same tokens in every form`() throws {
        let forms = try TokenizerForms()
        let pair = try ScratchFolder()
        try forms.writePair(pair)
        let reference = try CLIPTokenizer(inFolder: pair.url, contextLength: 32)
        #expect(reference.tokens(of: "boot").count == 3)
        let others: [(ScratchFolder) throws -> Void] = [
            { try forms.writeSingle($0, inPairs: false) }, { try forms.writeSingle($0, inPairs: true) },
            { try forms.writePublished($0, members: 1) }, { try forms.writePublished($0, members: 2) },
        ]
        for write in others {
            let scratch = try ScratchFolder()
            try write(scratch)
            let tokenizer = try CLIPTokenizer(inFolder: scratch.url, contextLength: 32)
            for text in Self.texts { #expect(tokenizer.tokens(of: text) == reference.tokens(of: text)) }
        }
    }

    @Test func `that are not there are named, all of them`() throws {
        let scratch = try ScratchFolder()
        #expect(
            throws: VisionModelsError.missingFile(
                folder: scratch.url.path, kind: .tokenizer,
                searched: ["vocab.json with merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"])
        ) { try CLIPTokenizer(inFolder: scratch.url, contextLength: 8) }
    }
}
