import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Tokens and embeddings that transformers computes; Goldens/make_sentence_goldens.py records them.
@Suite("Sentence encoders")
struct SentenceEncoderTests {
    private struct Expected: Decodable {
        var text: String
        var tokens: [Int]
        var embedding: [Float]?
    }

    private let goldens = packageFolder.appending(path: "Tests/Goldens/sentences")

    private func expected(_ file: URL) throws -> [Expected] {
        try JSONDecoder().decode([Expected].self, from: Data(contentsOf: file))
    }

    @Test(arguments: ["bert", "mpnet"])
    func `tokens and embeddings are transformers'`(kind: String) throws {
        let encoder = try loadSentenceEncoder(at: goldens.appending(path: kind))
        try compare(encoder, to: expected(goldens.appending(path: "\(kind)/expected.json")))
    }

    /// A real one's folder, and what the script wrote of it; part of `make parity`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["MICLIP_SENTENCES"] != nil))
    func `a published encoder gives the same tokens and embeddings`() throws {
        let places = ProcessInfo.processInfo.environment["MICLIP_SENTENCES"]!.split(separator: ":").map(String.init)
        let encoder = try loadSentenceEncoder(at: URL(filePath: places[0]))
        try compare(encoder, to: expected(URL(filePath: places[1])))
    }

    private func compare(_ encoder: SentenceEncoder, to rows: [Expected]) throws {
        try #require(rows.count > 10)
        for row in rows {
            #expect(encoder.tokenizer.tokens(of: row.text) == row.tokens, "\(row.text.debugDescription)")
        }
        let embedded = rows.filter { $0.embedding != nil }
        let embeddings = encoder.embed(embedded.map(\.text))
        assertClose(
            embeddings.values, embedded.flatMap { $0.embedding! }, within: 1e-5,
            because: "float32 through a few blocks, sums in another order")
        // Alone or in company a text comes out the same.
        for (index, row) in embedded.enumerated().prefix(3) {
            assertClose(
                encoder.embed([row.text]).values, embeddings.row(index), within: 1e-6,
                because: "rows do not depend on the batch")
        }
    }

    @Test func `an image lies at the mean of its classes' names, by their probabilities`() throws {
        let encoder = try loadSentenceEncoder(at: goldens.appending(path: "bert"))
        let classifier = try loadTargetModel(at: samples.appending(path: "target-vit"))
        let words = classifier.classes
        let space = ConSE(encoder, classifier: classifier, words: words)
        var random = SeededRandom(seed: 5)
        let pixels = random.tensor([3, 1, 28, 28])
        var probabilities = classifier.logits(pixels)
        probabilities.applySoftmax()
        let names = encoder.embed(words)
        // Of ten classes, all are among the ten likeliest.
        assertClose(
            space.embed(images: pixels), multiply(probabilities, .plain, names, .plain).normalized(), within: 1e-5,
            because: "the same sums")
        #expect(ConSE(encoder, classifier: classifier, words: words.reversed()).digest != space.digest)
    }

    @Test func `a folder without its modules, or with others, is refused by name`() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.url.appending(path: "encoder")
        try FileManager.default.copyItem(at: goldens.appending(path: "bert"), to: folder)
        #expect(ModelLocation(folder).isSentenceEncoder)
        let modules = folder.appending(path: "modules.json")
        let text = try String(contentsOf: modules, encoding: .utf8)
        try text.replacing("models.Normalize", with: "models.Dense").write(
            to: modules, atomically: true, encoding: .utf8)
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: modules.path, key: "[2].type", expected: "Transformer, Pooling and Normalize, in this order",
                found: "sentence_transformers.models.Dense")
        ) { try loadSentenceEncoder(at: folder) }
        try text.write(to: modules, atomically: true, encoding: .utf8)
        let config = folder.appending(path: "config.json")
        let settings = try String(contentsOf: config, encoding: .utf8)
        try settings.replacing("\"vocab_size\"", with: "\"position_embedding_type\": \"relative_key\", \"vocab_size\"")
            .write(to: config, atomically: true, encoding: .utf8)
        #expect(throws: VisionModelsError.self) { try loadSentenceEncoder(at: folder) }
        try FileManager.default.removeItem(at: modules)
        #expect(!ModelLocation(folder).isSentenceEncoder)
    }
}
