import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// The sample CLIP, with its files changed.
@Suite("A concept space")
struct ConceptSpaceTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        for name in ["config.json", "preprocessor_config.json", "model.safetensors", "vocab.json", "merges.txt"] {
            try FileManager.default.createSymbolicLink(
                at: scratch.file(name), withDestinationURL: samples.appending(path: "clip/\(name)"))
        }
    }

    /// Loads the sample with `text` in config.json replaced.
    private func load(_ text: String, _ replacement: String) throws -> any ConceptSpace {
        let original = try String(contentsOf: samples.appending(path: "clip/config.json"), encoding: .utf8)
        #expect(original.contains(text))
        try FileManager.default.removeItem(at: scratch.file("config.json"))
        _ = try scratch.write(original.replacing(text, with: replacement), to: "config.json")
        return try loadConceptSpace(at: scratch.url)
    }

    @Test func `embeds concepts and images as unit vectors of its dimension`() throws {
        let space = try loadConceptSpace(at: scratch.url)
        let texts = space.embed(concepts: ["a shoe", "", "a bag"])
        let images = space.embed(images: Tensor([2, 1, 28, 28]))
        #expect(texts.shape == [3, space.dimension])
        #expect(images.shape == [2, space.dimension])
        for norm in texts.norms() + images.norms() { #expect(abs(norm - 1) < 1e-5) }
        #expect(space.embed(concepts: []).shape == [0, space.dimension])
    }

    @Test func `follows the activation its configuration names`() throws {
        let before = try loadConceptSpace(at: scratch.url).embed(concepts: ["shoe"])
        #expect(try load("\"quick_gelu\"", "\"gelu\"").embed(concepts: ["shoe"]) != before)
    }

    @Test func `reads at the greatest token where an old configuration says 2, and refuses other ends`() throws {
        let before = try loadConceptSpace(at: scratch.url)
        let end = try #require(before as? CLIP).tokenizer.end
        let old = try load("\"eos_token_id\": \(end)", "\"eos_token_id\": 2")
        #expect(old.embed(concepts: ["shoe"]) == before.embed(concepts: ["shoe"]))
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: scratch.file("config.json").path, key: "text_config.eos_token_id",
                expected: "\(end), as in vocab.json", found: "7")
        ) { try load("\"eos_token_id\": \(end)", "\"eos_token_id\": 7") }
    }

    @Test func `needs its tokenizer`() throws {
        try FileManager.default.removeItem(at: scratch.file("merges.txt"))
        #expect(throws: VisionModelsError.file(.unreadable(file: scratch.file("merges.txt").path, code: ENOENT))) {
            try loadConceptSpace(at: scratch.url)
        }
    }
}
