import Foundation
import LinearAlgebra
import Testing
import VisionModels

/// Cut at every byte and with bytes changed at random, a file gives an error of ours or something that can be used: never a
/// crash, nor memory for what it merely claims.
@Suite("Damaged files")
struct DamageTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// Counts what was refused of all cuts, and of `flips` damaged copies.
    private func damage(
        _ name: String, flips: Int, seed: UInt64, _ use: () throws -> Void
    ) throws -> (cuts: Int, refusedCuts: Int, refusedFlips: Int) {
        let whole = [UInt8](try Data(contentsOf: scratch.file(name)))
        try use()
        func isRefused(_ bytes: some Sequence<UInt8>) throws -> Bool {
            // Beside and then in place: a mapped file is never rewritten.
            try FileManager.default.removeItem(at: scratch.file(name))
            _ = try scratch.write(Array(bytes), to: name)
            do { try use() } catch is VisionModelsError { return true }
            return false
        }
        var refused = (cuts: 0, flips: 0)
        for length in 0..<whole.count where try isRefused(whole.prefix(length)) { refused.cuts += 1 }
        var random = Seeded(state: seed)
        for _ in 0..<flips {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            if try isRefused(bytes) { refused.flips += 1 }
        }
        return (whole.count, refused.cuts, refused.flips)
    }

    @Test func `safetensors`() throws {
        var random = Seeded(state: 3)
        try Checkpoint.write(
            [("first", random.tensor([2, 2])), ("second", random.tensor([3]))], metadata: ["k": "v"],
            to: scratch.file("a.safetensors"))
        let result = try damage("a.safetensors", flips: 10_000, seed: 4) {
            let checkpoint = try Checkpoint(scratch.file("a.safetensors"))
            for name in checkpoint.tensorNames { _ = try checkpoint.tensor(name).values }
        }
        #expect(result.cuts == result.refusedCuts, "no cut file is whole")
        #expect(result.refusedFlips > 2_000, "most of a small file is header")
    }

    @Test func `a configuration`() throws {
        let folder = try TinyViT().write(to: scratch)
        let result = try damage("config.json", flips: 10_000, seed: 5) { _ = try loadTargetModel(at: folder) }
        #expect(result.cuts == result.refusedCuts)
        #expect(result.refusedFlips > 5_000)
    }

    @Test func `an index of several files`() throws {
        try Checkpoint.write([("a", Tensor([1]))], to: scratch.file("1.safetensors"))
        try Checkpoint.write([("b", Tensor([1]))], to: scratch.file("2.safetensors"))
        let name = "model.safetensors.index.json"
        _ = try scratch.write(
            "{\"metadata\": {}, \"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}}", to: name)
        let result = try damage(name, flips: 10_000, seed: 6) { _ = try Checkpoint(scratch.file(name)) }
        #expect(result.cuts == result.refusedCuts)
        #expect(result.refusedFlips > 5_000)
    }

    /// A vocabulary has at least 514 symbols: every cut of one would take longer than a test should.
    @Test(arguments: ["merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"])
    func `merges, tokenizer.json and a compressed vocabulary`(name: String) throws {
        let forms = try TokenizerForms()
        switch name {
        case "merges.txt": try forms.writePair(scratch)
        case "tokenizer.json": try forms.writeSingle(scratch)
        default: try forms.writePublished(scratch)
        }
        let whole = [UInt8](try Data(contentsOf: scratch.file(name)))
        var random = Seeded(state: 7)
        var refused = 0
        for round in 0..<(name == "merges.txt" ? 2_000 : 1_000) {
            var bytes = whole
            if round % 4 == 0 {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            try FileManager.default.removeItem(at: scratch.file(name))
            _ = try scratch.write(bytes, to: name)
            let tokenizer = try? CLIPTokenizer(inFolder: scratch.url, contextLength: 8)
            refused += tokenizer == nil ? 1 : 0
            guard let tokenizer else { continue }
            #expect(tokenizer.tokens(of: "a boot").allSatisfy { $0 < tokenizer.vocabularySize })
        }
        #expect(refused > 100)
    }
}
