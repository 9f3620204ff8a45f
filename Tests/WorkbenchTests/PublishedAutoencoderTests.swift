import Analysis
import Foundation
import TestSupport
import Testing
import VisionModels
import Workbench

/// Files as saev, Prisma and PatchSAE save them; Tests/Goldens/make_sae_file_goldens.py writes them.
@Suite("An autoencoder as it was published")
struct PublishedAutoencoderTests {
    private static let files = Samples.root.appending(path: "Tests/Goldens/sae-files")

    @Test(
        "encodes and decodes as its own program does",
        arguments: [
            ("saev-0-relu", AutoencoderFile.Layout.saev, AutoencoderContents.Inputs?.none, String?.none),
            ("saev-1-top-k", .saev, nil, nil), ("saev-1b-relu", .saev, nil, nil), ("saev-2-top-k", .saev, nil, nil),
            ("saev-4-relu", .saev, nil, nil), ("saev-5-batch-top-k", .saev, nil, nil),
            ("prisma-whole", .prisma, .tokens, "blocks.2.hook_resid_post"),
            ("prisma-gated", .prisma, .patches, "blocks.2.hook_resid_post"),
            ("patchsae", .patchSAE, .tokens, "blocks.2"), ("patchsae-dictionary", .patchSAE, .tokens, "blocks.2"),
        ])
    func goldens(
        name: String, layout: AutoencoderFile.Layout, inputs: AutoencoderContents.Inputs?, hookPoint: String?
    ) throws {
        let whole = Self.files.appending(path: name + ".pt")
        let isFile = FileManager.default.fileExists(atPath: whole.path)
        let file = try AutoencoderFile(isFile ? whole : Self.files.appending(path: name), width: 12)
        #expect(file.layout == layout && file.contents.inputs == inputs && file.contents.hookPoint == hookPoint)
        #expect(file.ignoredTensors == (name == "prisma-gated" ? ["b_enc"] : []))
        let golden = try Checkpoint(Self.files.appending(path: name + ".safetensors"))
        let x = try golden.tensor("x")
        let autoencoder = SparseAutoencoder(file.contents, layer: "blocks.2", data: x)
        let codes = autoencoder.encode(x)
        assertClose(
            codes.dense(), try golden.tensor("features"), within: 1e-5, because: "float32 sums in another order")
        assertClose(
            autoencoder.decode(codes, of: x), try golden.tensor("output"), within: 1e-5,
            because: "float32 sums in another order")
    }

    /// `found` is what the file has in place of what is expected.
    @Test(
        "that this program cannot run is refused by what it is",
        arguments: [
            ("saev-2-batch-top-k", "activation.cls", "\"BatchTopK\""), ("saev-1-matryoshka", "cls", "\"Matryoshka\""),
            ("saev-6", "schema", "6"), ("prisma-transcoder", "is_transcoder", "true"),
            ("prisma-tanh-relu", "activation_fn_str", "\"tanh-relu\""), ("patchsae-gated", "gated_sae", "true"),
        ])
    func refusals(name: String, key: String, found: String) throws {
        let url = Self.files.appending(path: "refused/\(name).pt")
        #expect {
            _ = try AutoencoderFile(url, width: 12)
        } throws: { error in
            guard case VisionModelsError.unsuitableSetting(url.path, let place, _, found) = error else { return false }
            return place.hasSuffix(key)
        }
    }

    @Test("that is an object of a class is refused by the name of the class")
    func objects() throws {
        let url = Self.files.appending(path: "refused/prisma-object.pt")
        #expect {
            _ = try AutoencoderFile(url, width: 12)
        } throws: { error in
            guard case VisionModelsError.pickledAutoencoder(url.path, .name(let name, _)?) = error else { return false }
            return name == "vit_prisma.sae.sae.StandardSparseAutoencoder"
        }
    }

    @Test("of another width is refused", arguments: ["saev-5-batch-top-k", "prisma-whole", "patchsae"])
    func widths(name: String) throws {
        #expect {
            _ = try AutoencoderFile(Self.files.appending(path: name + ".pt"), width: 16)
        } throws: { error in
            guard case VisionModelsError.unsuitableSetting(_, _, _, "12") = error else { return false }
            return true
        }
    }

    @Test(
        "with changed bytes is an error, or an autoencoder whose tensors lie in it",
        arguments: ["saev-5-batch-top-k", "prisma-whole", "patchsae"])
    func damage(name: String) throws {
        let whole = [UInt8](try Data(contentsOf: Self.files.appending(path: name + ".pt")))
        let scratch = try ScratchFolder()
        var random = SeededRandom(seed: 11)
        for round in 0..<800 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                // Most of what is not numbers lies in the first kilobyte and the last.
                let place = Int.random(in: 0..<1024, using: &random)
                bytes[Bool.random(using: &random) ? place : bytes.count - 1 - place] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if round % 10 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            scratch.replace("x.pt", with: bytes)
            guard let file = try? AutoencoderFile(scratch.file("x.pt"), width: 12) else { continue }
            #expect(file.contents.encoder.count == 12 * file.contents.encoderBias.count)
        }
    }
}
