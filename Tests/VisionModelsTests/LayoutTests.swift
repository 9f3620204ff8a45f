import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Checkpoints of every layout, and what PyTorch computed with them; Goldens/make_layouts.py makes both. MICLIP_LAYOUTS
/// names a folder of a full-size one, which Goldens/parity.py makes (`make parity`).
private enum Layouts {
    static let fullSize = ProcessInfo.processInfo.environment["MICLIP_LAYOUTS"].map { URL(filePath: $0) }
    static let folder = fullSize ?? packageFolder.appending(path: "Tests/Goldens/layouts")

    static func named(_ isIncluded: (String) -> Bool) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter(isIncluded).sorted()
    }

    static let clips = named {
        $0.hasSuffix("clip") || $0.contains("clip-ViT") || $0.contains("clip-RN") || $0.hasPrefix("siglip-")
    }
    /// Classifiers, and models whose answer is their features.
    static let targets = named { name in
        !clips.contains(name)
            && FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/expected.safetensors").path)
    }
    /// Texts with their tokens, and the folder of the vocabulary they are of.
    static let vocabularies = [
        (folder.appending(path: "tokens.json"), samples.appending(path: "clip")),
        (folder.appending(path: "published/tokens.json"), folder.appending(path: "published")),
    ].filter { FileManager.default.fileExists(atPath: $0.0.path) }
}

@Suite("A checkpoint of another layout")
struct LayoutTests {
    /// The greatest error, in parts of the greatest expected value.
    private func error(_ actual: ArraySlice<Float>, _ expected: Tensor) -> Float {
        guard actual.count == expected.count else { return .infinity }
        let scale = expected.values.map(abs).max() ?? 1
        let worst = zip(actual, expected.values).map { ($0 - $1).isFinite ? abs($0 - $1) : .infinity }.max() ?? 0
        return worst / max(scale, 1e-6)
    }

    private func expectClose(_ actual: [Float], _ expected: Tensor, _ what: String) {
        let found = error(actual.prefix(expected.count), expected)
        #expect(found <= 2e-4, "\(what): float32 sums in another order, over as many as fifty layers")
        if Layouts.fullSize != nil { print("parity:", what, found) }
    }

    @Test func `is there to be compared with`() {
        guard Layouts.fullSize == nil else {
            let others = Layouts.named { $0 == "siglip" }
            #expect(Layouts.clips.count + Layouts.targets.count + Layouts.vocabularies.count + others.count > 0)
            return
        }
        #expect(Layouts.clips.count == 7)
        #expect(Layouts.targets.count == 50)
        #expect(Layouts.vocabularies.count == 1)
    }

    @Test(arguments: Layouts.targets)
    func `gives PyTorch's activations at every hook point, and its logits`(layout: String) throws {
        let folder = Layouts.folder.appending(path: layout)
        // The expectations lie beside it, so the file is named where it is not called model.safetensors.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let named = names.first { $0.hasSuffix(".safetensors") && !$0.hasPrefix("expected") && !$0.hasPrefix("model") }
        let model = try loadTargetModel(at: named.map { folder.appending(path: $0) } ?? folder)
        let expected = try Checkpoint(folder.appending(path: "expected.safetensors"))
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in model.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = model.logits(try expected.tensor("pixels"), hooks: hooks)
        for name in expected.tensorNames where name != "pixels" {
            expectClose(
                try #require(recorded[name], "\(layout): no \(name)").values, try expected.tensor(name),
                "\(layout) \(name)")
        }
    }

    @Test(arguments: Layouts.clips)
    func `gives PyTorch's embeddings of images and texts`(layout: String) throws {
        let scratch = try ScratchFolder()
        let folder = Layouts.folder.appending(path: layout)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name != "expected.safetensors" {
            try FileManager.default.createSymbolicLink(
                at: scratch.file(name), withDestinationURL: folder.appending(path: name))
        }
        // The sample's tokenizer serves a CLIP without one; those of SigLIP's kinds lie beside the layouts.
        let isSigLIP = layout.hasPrefix("siglip")
        let kind = layout.split(separator: "-").last.map(String.init) ?? ""
        let (source, vocabulary) =
            isSigLIP
            ? (
                Layouts.folder.deletingLastPathComponent().appending(path: "siglip/\(kind)"),
                ["spiece.model", "tokenizer.json", "tokenizer_config.json"]
            ) : (samples.appending(path: "clip"), ["vocab.json", "merges.txt"])
        let own = ["bpe_simple_vocab_16e6.txt.gz", "spiece.model", "tokenizer.json"]
        let hasVocabulary = own.contains {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
        for name in hasVocabulary ? [] : vocabulary {
            let file = source.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            try FileManager.default.createSymbolicLink(at: scratch.file(name), withDestinationURL: file)
        }
        let space = try loadContrastiveModel(at: ModelLocation(scratch.url))
        let expected = try Checkpoint(folder.appending(path: "expected.safetensors"))
        let pixels = try expected.tensor("pixels")
        let texts = try JSONDecoder().decode([String].self, from: Data(expected.metadata["texts"]!.utf8))
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in space.imagePoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = space.features(pixels, hooks: hooks)
        recorded["logits"] = ZeroShotClassifier(space, classes: texts).logits(pixels)
        recorded["images"] = space.embed(images: pixels)
        recorded["texts"] = space.embed(concepts: texts)
        for name in expected.tensorNames where name != "pixels" {
            expectClose(
                try #require(recorded[name], "\(layout): no \(name)").values, try expected.tensor(name),
                "\(layout) \(name)")
        }
    }

    @Test(arguments: Layouts.vocabularies)
    func `has transformers' tokens of odd texts`(texts: URL, vocabulary: URL) throws {
        struct Expected: Decodable {
            let text: String
            let tokens: [Int]
        }
        let expected = try JSONDecoder().decode([Expected].self, from: Data(contentsOf: texts))
        let tokenizer = try CLIPTokenizer(inFolder: vocabulary, contextLength: 77)
        let wrong = expected.filter { tokenizer.tokens(of: $0.text) != $0.tokens }
        #expect(expected.count >= 400)
        #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count): \(wrong.prefix(20).map(\.text.unicodeScalars))")
        if Layouts.fullSize != nil {
            print("parity:", vocabulary.lastPathComponent, "\(expected.count) texts", Float(wrong.count))
        }
    }
}
