import Analysis
import Explorer
import Files
import Foundation
import TestSupport
import VisionModels
import WordNet

extension Parser {
    /// The three forms of a tokenizer's files, and texts that are cut into tokens.
    static func tokenizers() throws -> [Parser] {
        let forms = try TokenizerForms()
        let made = try ScratchFolder()
        try forms.writePair(made)
        try forms.writeSingle(made)
        try forms.writePublished(made)
        let names = ["vocab.json", "merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"]
        let whole = try names.map { try Sample(made.file($0)) }
        return [
            Parser(
                name: "tokenizers", share: 50, samples: whole, words: ["</w>", "<|endoftext|>", "#version: 0.2\n"],
                prepare: { scratch in
                    { sample, bytes in
                        for other in names where other != sample.name { unlink(scratch.file(other).path) }
                        scratch.replace(sample.name, with: bytes)
                        if let pair = ["vocab.json": 1, "merges.txt": 0][sample.name] {
                            scratch.replace(whole[pair].name, with: whole[pair].bytes)
                        }
                        let tokenizer = try CLIPTokenizer(inFolder: scratch.url, contextLength: 8)
                        try check(tokenizer.tokens(of: "a boot, élan 日本"), tokenizer)
                    }
                }),
            try siglip(),
            Parser(
                name: "texts", share: 60,
                samples: [
                    Sample("plain", "a photo of a boot, élan's 12th 日本 👢"),
                    Sample("marks", "<|startoftext|>it's <|endoftext|> we'll\u{200D}🏽 ﬁ İ ǅ ẞ \u{301}e"),
                ],
                words: ["<|startoftext|>", "<|endoftext|>", "'ll", "İ", "\u{200D}"],
                prepare: { _ in
                    let folder = Samples.folder.appending(path: "clip")
                    let tokenizer = try CLIPTokenizer(inFolder: folder, contextLength: 77)
                    return { _, bytes in
                        let text = String(decoding: bytes, as: UTF8.self)
                        let tokens = tokenizer.tokens(of: text)
                        try check(tokens, tokenizer)
                        guard tokens == tokenizer.tokens(of: text) else { throw Fault("other tokens the second time") }
                    }
                }),
        ]
    }

    /// SigLIP's spiece.model and tokenizer.json.
    private static func siglip() throws -> Parser {
        let names = ["spiece.model", "tokenizer.json"]
        let samples = try zip(["unigram", "pairs"], names).map { try Sample(golden("siglip/\($0)/\($1)")) }
        return Parser(
            name: "SigLIP's tokenizers", share: 50, samples: samples,
            words: ["</s>", "<unk>", "\u{2581}", "<0x0A>", "\"vocab\""],
            prepare: { scratch in
                { sample, bytes in
                    for other in names where other != sample.name { unlink(scratch.file(other).path) }
                    scratch.replace(sample.name, with: bytes)
                    let tokenizer = try loadTextTokenizer(inFolder: scratch.url, length: 8)
                    let tokens = tokenizer.tokens(of: "a boot, élan </s> 日本")
                    guard tokens.count == 8, tokens.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
                        throw Fault("tokens \(tokens) of \(tokenizer.vocabularySize)")
                    }
                }
            })
    }

    private static func check(_ tokens: [Int], _ tokenizer: CLIPTokenizer) throws {
        guard (2...tokenizer.contextLength).contains(tokens.count), tokens.first == tokenizer.start,
            tokens.last == tokenizer.end, tokens.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) })
        else { throw Fault("tokens \(tokens.prefix(100)) of \(tokenizer.vocabularySize)") }
    }

    /// Lists that people write, and what is read of them.
    static func lists() throws -> [Parser] {
        let wide =
            [UInt8]([0xFF, 0xFE]) + Array("boot\nélan\r\n日本\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let texts = [
            Sample("lines", "boot\n# a comment\n\nsneaker, trainer\r\n[MASK]\rélan\u{85}日本\n"),
            Sample("nul", "one\u{0}two\u{0}three\u{0}"), Sample("json", "[\"a\", \"b\\u00e9\\ud83d\\ude00\", \"\\n\"]"),
            Sample("python", " ['it\\'s', \"b\\x41\",\n 'c\\U0001F600',]\n"), Sample(name: "wide", bytes: wide),
            Sample("identified", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n"),
        ]
        return [
            Parser(
                name: "lists", share: 100, samples: texts, words: ["\\u", "\\x", "\\U", "['", "\"]", "n01440764 "],
                prepare: { _ in
                    { _, bytes in
                        let list = try TextList(bytes, file: "list")
                        _ = list.repetitions
                        guard list.entries.allSatisfy({ !$0.text.isEmpty && $0.line > 0 }) else {
                            throw Fault("an empty entry")
                        }
                        _ = try list.names()
                    }
                }),
            Parser(
                name: "class maps, labels, words", share: 50,
                samples: [
                    Sample("map", "boot\tankle boot\n\"a, b\",c\nn01440764,tench\n"),
                    Sample("labels", "boot\tfootwear\n# no\nbag\tcontainer\n"),
                    Sample("words", "n01440764\ttench, Tinca tinca\nn01443537 goldfish\n"),
                ],
                prepare: { scratch in
                    { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        let file = scratch.file(sample.name)
                        switch sample.name {
                        case "map": _ = try ClassMap(contentsOf: file)
                        case "labels": _ = try SuperCategories(labels: file).categories(of: ["boot", "bag", ""])
                        default: _ = try WordNetLemmas(words: file, database: nil)["n01440764"]
                        }
                    }
                }),
        ]
    }

    /// WordNet's files, whose offsets lead from one to another.
    static func wordNet() -> [Parser] {
        let files = SmallWordNet().files
        return [
            Parser(
                name: "WordNet", share: 50, samples: files.map { Sample($0.name, $0.text) },
                words: ["@ 00000026 n 0000 ", "%1:"],
                prepare: { scratch in
                    for (name, text) in files { _ = try scratch.write(text, to: name) }
                    return { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        defer {
                            for (name, text) in files where name == sample.name {
                                scratch.replace(name, with: Array(text.utf8))
                            }
                        }
                        let wordNet = try WordNet(scratch.url)
                        let categories = SuperCategories(wordNet)
                        for noun in ["boots", "glasses", "women", "loop", "case"] {
                            for sense in wordNet.senses(of: noun) { _ = wordNet.lemmas(of: sense) }
                            _ = wordNet.isMostlyAdjective(noun)
                        }
                        _ = try categories.categories(of: ["dark ankle boots", "case", "loop", "plain"])
                    }
                })
        ]
    }
}
