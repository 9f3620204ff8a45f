import Files
import Foundation
import LinearAlgebra
import TestSupport
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
            scratch.replace(name, with: Array(bytes))
            do { try use() } catch is VisionModelsError { return true }
            return false
        }
        var refused = (cuts: 0, flips: 0)
        for length in 0..<whole.count where try isRefused(whole.prefix(length)) { refused.cuts += 1 }
        var random = SeededRandom(seed: seed)
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
        var random = SeededRandom(seed: 3)
        try SafetensorsFile.write(
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
        try SafetensorsFile.write([("a", Tensor([1]))], to: scratch.file("1.safetensors"))
        try SafetensorsFile.write([("b", Tensor([1]))], to: scratch.file("2.safetensors"))
        let name = "model.safetensors.index.json"
        _ = try scratch.write(
            "{\"metadata\": {}, \"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}}", to: name)
        let result = try damage(name, flips: 10_000, seed: 6) { _ = try Checkpoint(scratch.file(name)) }
        #expect(result.cuts == result.refusedCuts)
        #expect(result.refusedFlips > 5_000)
    }

    /// The three forms of a tokenizer.
    @Test(arguments: ["vocab.json", "merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"])
    func `a tokenizer`(name: String) throws {
        let forms = try TokenizerForms()
        switch name {
        case "vocab.json", "merges.txt": try forms.writePair(scratch)
        case "tokenizer.json": try forms.writeSingle(scratch)
        default: try forms.writePublished(scratch)
        }
        let result = try damage(name, flips: 10_000, seed: 7) {
            let tokenizer = try CLIPTokenizer(inFolder: scratch.url, contextLength: 8)
            let tokens = tokenizer.tokens(of: "a boot, élan 日本")
            #expect(tokens.allSatisfy { $0 < tokenizer.vocabularySize } && (2...8).contains(tokens.count))
        }
        // Fewer merges are merges all the same.
        if name != "merges.txt" { #expect(result.cuts == result.refusedCuts) }
        #expect(result.refusedFlips > 1_000)
    }

    @Test func `preprocessing`() throws {
        let folder = try TinyViT().write(to: scratch)
        let file = try scratch.write(
            "{\"image_mean\": [0.5], \"image_std\": [0.25], \"size\": {\"height\": 4, \"width\": 4}, \"resample\": 2, "
                + "\"do_center_crop\": true, \"crop_size\": 4, \"rescale_factor\": 0.004}",
            to: "preprocessor_config.json")
        let image = RawImage(shape: ImageShape(channels: 3, height: 3, width: 5), bytes: Array(0..<45))
        let result = try damage(file.lastPathComponent, flips: 10_000, seed: 8) {
            let model = try loadTargetModel(at: folder)
            guard model.preprocessing.inputShape(of: image.shape) == model.input else { return }
            var pixels = [Float](repeating: 0, count: model.input.count)
            pixels.withUnsafeMutableBufferPointer { model.preprocessing.write(image, to: $0) }
        }
        #expect(result.cuts == result.refusedCuts)
        #expect(result.refusedFlips > 2_000)
    }

    /// timm's and open_clip's settings, with values that no arithmetic should meet unchecked.
    @Test(arguments: ["1e-300", "1e300", "-1", "0", "\"x\"", "null", "0.5"])
    func `extreme settings`(value: String) throws {
        let input = ImageShape(channels: 3, height: 24, width: 24)
        for mode in ["center", "squash", "border"] {
            for key in ["crop_pct", "mean", "std"] {
                let given = key == "crop_pct" ? value : "[\(value), 0.5, 0.5]"
                let file = try scratch.write("{\"crop_mode\": \"\(mode)\", \"\(key)\": \(given)}", to: "timm.json")
                _ = try? Preprocessing(settings: file, layout: .timm, for: input)
                try FileManager.default.removeItem(at: file)
            }
        }
        let file = try scratch.write(
            "{\"size\": \(value), \"crop_pct\": \(value), \"image_processor_type\": \"ConvNextImageProcessor\"}",
            to: "hf.json")
        _ = try? Preprocessing(settings: file, layout: .huggingFace, for: input)
    }

    @Test func `sizes that no tensor tells are bounded`() throws {
        var tiny = TinyViT()
        tiny.configuration["image_size"] = "16777216"
        let path = scratch.file("config.json").path
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: path, key: "image_size", expected: "at most 16384", found: "16777216")
        ) { try loadTargetModel(at: tiny.write(to: scratch)) }
    }
}
