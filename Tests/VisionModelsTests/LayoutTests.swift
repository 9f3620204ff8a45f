import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Checkpoints of every layout, and what PyTorch computed with them; Goldens/make_layouts.py makes both. MICLIP_LAYOUTS
/// names a folder of full-size ones (`make parity`).
private enum Layouts {
    static let folder =
        ProcessInfo.processInfo.environment["MICLIP_LAYOUTS"].map { URL(filePath: $0) }
        ?? packageFolder.appending(path: "Tests/Goldens/layouts")

    static func named(_ isIncluded: (String) -> Bool) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter(isIncluded).sorted()
    }

    static let clips = named { $0.contains("clip") }
    static let classifiers = named { $0.contains("vit") || $0.contains("resnet") }
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
        if ProcessInfo.processInfo.environment["MICLIP_LAYOUTS"] != nil { print(what, found) }
    }

    @Test func `is there to be compared with`() {
        #expect(Layouts.clips.count == 3)
        #expect(Layouts.classifiers.count >= 4)
    }

    @Test(arguments: Layouts.classifiers)
    func `gives PyTorch's activations at every hook point, and its logits`(layout: String) throws {
        let folder = Layouts.folder.appending(path: layout)
        // The expectations lie beside it, so the file is named where it is not called model.safetensors.
        let file = folder.appending(path: "resnet.safetensors")
        let model = try loadTargetModel(at: FileManager.default.fileExists(atPath: file.path) ? file : folder)
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
        // The sample's tokenizer serves them all.
        for name in ["vocab.json", "merges.txt"] {
            try FileManager.default.createSymbolicLink(
                at: scratch.file(name), withDestinationURL: samples.appending(path: "clip/\(name)"))
        }
        let space = try #require(try loadConceptSpace(at: scratch.url) as? CLIP)
        let expected = try Checkpoint(folder.appending(path: "expected.safetensors"))
        let pixels = try expected.tensor("pixels")
        let texts = try JSONDecoder().decode([String].self, from: Data(expected.metadata["texts"]!.utf8))
        var recorded: [String: Tensor] = [:]
        var hooks = Hooks()
        for point in space.images.hookPoints { hooks.add(at: point) { recorded[point.name] = $0 } }
        _ = space.images.features(pixels, hooks: hooks)
        recorded["images"] = space.embed(images: pixels)
        recorded["texts"] = space.embed(concepts: texts)
        for name in expected.tensorNames where name != "pixels" {
            expectClose(
                try #require(recorded[name], "\(layout): no \(name)").values, try expected.tensor(name),
                "\(layout) \(name)")
        }
    }

    @Test func `has transformers' tokens of odd texts`() throws {
        struct Expected: Decodable {
            let text: String
            let tokens: [Int]
        }
        let expected = try JSONDecoder().decode(
            [Expected].self, from: Data(contentsOf: Layouts.folder.appending(path: "tokens.json")))
        let tokenizer = try CLIPTokenizer(inFolder: samples.appending(path: "clip"), contextLength: 77)
        let wrong = expected.filter { tokenizer.tokens(of: $0.text) != $0.tokens }
        #expect(expected.count >= 400)
        #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count): \(wrong.prefix(20).map(\.text.unicodeScalars))")
    }
}
