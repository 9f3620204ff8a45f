import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// What `miclip inspect` finds in files that are not a whole model.
@Suite("An inspection")
struct InspectionTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func inspect(_ url: URL) throws -> ModelInspection { try ModelInspection(ModelLocation(url)) }

    /// The first bytes of a ZIP archive, and the names in its list of parts.
    private func archive(_ parts: [String]) -> [UInt8] {
        [0x50, 0x4B, 3, 4] + Array(parts.joined(separator: " ").utf8)
    }

    @Test func `tells pickles by their bytes or names, and never reads them`() throws {
        let files: [(name: String, bytes: [UInt8], isScript: Bool)] = [
            ("old.pth", [0x80, 2, 0x8A, 0x0A], false),
            ("new.bin", archive(["archive/data.pkl", "archive/data/0"]), false),
            ("ViT-B-32.pt", archive(["x/code/a.py", "x/constants.pkl", "x/data.pkl"]), true), ("empty.ckpt", [], false),
            ("no-ending", archive(["archive/data.pkl"]), false),
        ]
        for file in files {
            let url = try scratch.write(file.bytes, to: file.name)
            let inspection = try inspect(url)
            #expect(
                inspection.pickle?.files == [url.path] && inspection.pickle?.isScript == file.isScript, "\(file.name)")
            #expect(throws: VisionModelsError.self) { try loadTargetModel(at: url) }
        }
        // A ZIP archive of other things is no pickle.
        let other = try scratch.write(archive(["word/document.xml"]), to: "text.docx")
        #expect(throws: VisionModelsError.self) { try inspect(other) }
    }

    @Test func `names all parts of a pickle in a folder`() throws {
        for part in 1...2 { _ = try scratch.write([0x80, 2, 0], to: "pytorch_model-0000\(part)-of-00002.bin") }
        _ = try scratch.write([0x80, 2, 0], to: "training_args.bin")
        let found = try #require(try inspect(scratch.url).pickle)
        #expect(
            found.files.map { URL(filePath: $0).lastPathComponent } == [
                "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
            ])
    }

    @Test func `says what is missing`() throws {
        let folder = try TinyViT().write(to: scratch)
        #expect(try inspect(folder).missing == [])
        try FileManager.default.removeItem(at: scratch.file("model.safetensors"))
        let searched = [
            "model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors",
            "open_clip_pytorch_model.safetensors",
        ]
        #expect(try inspect(folder).missing == [.weights(searched: searched)])
        _ = try scratch.write("{\"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}}", to: searched[1])
        try SafetensorsFile.write([("a", Tensor([1]))], to: scratch.file("1.safetensors"))
        #expect(try inspect(folder).missing == [.shards(["2.safetensors"])])
        #expect(throws: VisionModelsError.self) { try inspect(scratch.file("nowhere")) }
    }

    @Test func `of a CLIP without a tokenizer or a configuration tells that, and whose activation it takes`() throws {
        let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")
        let file = scratch.file("ViT-B-16.safetensors")
        try FileManager.default.copyItem(at: layouts.appending(path: "openai-clip/ViT-B-16.safetensors"), to: file)
        // Its heads are no published model's; only the activation is left unsaid.
        _ = try scratch.write(
            "{\"vision_config\": {\"num_attention_heads\": 4}, \"text_config\": {\"num_attention_heads\": 2}}",
            to: "config.json")
        var inspection = try inspect(file)
        #expect(inspection.missing.contains { if case .tokenizer = $0 { true } else { false } })
        #expect(inspection.missing.contains(.preprocessing) && inspection.problem == nil)
        #expect(inspection.activation?.name == "quick_gelu" && inspection.activation?.source == .assumed(.openCLIP))
        _ = try scratch.write(
            "{\"vision_config\": {\"num_attention_heads\": 4, \"hidden_act\": \"gelu\"}, "
                + "\"text_config\": {\"num_attention_heads\": 2, \"hidden_act\": \"gelu\"}}", to: "config.json")
        for name in ["vocab.json", "merges.txt"] {
            try FileManager.default.copyItem(at: samples.appending(path: "clip/\(name)"), to: scratch.file(name))
        }
        inspection = try inspect(file)
        #expect(inspection.activation?.name == "gelu" && inspection.activation?.source == .file("config.json"))
        #expect(inspection.missing.filter(\.isNeeded).isEmpty && inspection.tokenizer == "vocab.json")
        #expect(inspection.input == ImageShape(channels: 3, height: 16, width: 16))
    }

    @Test func `finds preprocessing where transformers 5 keeps it, before the older file`() throws {
        let folder = try TinyViT().write(to: scratch)
        #expect(try inspect(folder).preprocessingSource == "preprocessor_config.json")
        _ = try scratch.write("{\"processor_class\": \"P\"}", to: "processor_config.json")
        #expect(try inspect(folder).preprocessingSource == "preprocessor_config.json", "an older one without such keys")
        _ = try scratch.write(
            "{\"image_processor\": {\"image_mean\": [0.75], \"image_std\": [0.5], \"size\": 4}}",
            to: "processor_config.json")
        let inspection = try inspect(folder)
        #expect(inspection.preprocessingSource == "processor_config.json")
        #expect(inspection.preprocessing?.mean == [0.75] && inspection.preprocessing?.deviation == [0.5])
        #expect(try loadTargetModel(at: folder).preprocessing == inspection.preprocessing)
        _ = try scratch.write("{\"image_processor\": {\"image_mean\": [1, 2]}}", to: "processor_config.json")
        #expect(
            throws: VisionModelsError.unsuitableSetting(
                file: scratch.file("processor_config.json").path, key: "image_processor.image_mean",
                expected: "one number for each of 1 channels", found: "a list of 2")
        ) { try loadTargetModel(at: folder) }
    }

    @Test func `of several files of no usual name asks which is meant`() throws {
        for name in ["b", "a"] {
            try SafetensorsFile.write([("w", Tensor([1]))], to: scratch.file(name + ".safetensors"))
        }
        #expect(
            throws: VisionModelsError.severalCheckpoints(
                folder: scratch.url.path, found: ["a.safetensors", "b.safetensors"])
        ) { try inspect(scratch.url) }
    }
}

/// What files are told to be good for, and what is told instead of a bare no.
@Suite("An inspection tells")
struct InspectedUseTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func inspect(_ url: URL) throws -> ModelInspection { try ModelInspection(ModelLocation(url)) }

    private func nearest(_ change: (inout TinyViT) -> Void) throws -> ModelInspection.Nearest? {
        var tiny = TinyViT()
        change(&tiny)
        let found = try inspect(tiny.write(to: scratch))
        #expect(found.uses == [])
        return found.nearest
    }

    @Test func `what a model can be, and its layers`() throws {
        let target = try inspect(samples.appending(path: "target-vit"))
        #expect(target.uses == [.target] && target.nearest == nil)
        #expect(target.layers?.first == "embeddings" && target.layers?.suffix(2) == ["norm", "logits"])
        #expect(try inspect(samples.appending(path: "clip")).uses == [.conceptSpace, .zeroShotTarget])
        let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")
        #expect(try inspect(layouts.appending(path: "timm-vit-headless")).uses == [.headlessTarget])
        let sentences = try inspect(packageFolder.appending(path: "Tests/Goldens/sentences/bert"))
        #expect(sentences.uses == [.sentenceSpace] && sentences.problem == nil)
        #expect(sentences.description?.hasPrefix("BERT") == true)
    }

    @Test func `of a misspelt kind which are spelt alike, and of a right one whose tensors they are`() throws {
        #expect(
            try nearest { $0.configuration["model_type"] = "\"vitt\"" }
                == .family(.huggingFaceViT, unknown: [], missing: []))
        #expect(
            try nearest {
                $0.configuration["model_type"] = "\"dinov2_with_register\""
                $0.tensors = [(name: "w", tensor: Tensor([2]))]
            } == .spelling(key: "model_type", ["dinov2_with_registers"]))
    }

    @Test func `which tensors keep a model from loading`() throws {
        #expect(
            try nearest { $0.tensors.append((name: "foo.weight", tensor: Tensor([2]))) }
                == .family(.huggingFaceViT, unknown: ["foo.weight"], missing: []))
        #expect(
            try nearest { $0.tensors.removeAll { $0.name == "vit.layernorm.bias" } }
                == .family(.huggingFaceViT, unknown: [], missing: ["vit.layernorm.bias"]))
    }

    @Test func `of a part of another model where it lies`() throws {
        try SafetensorsFile.write(
            [
                ("encoder.patch_embed.proj.weight", Tensor([2])), ("encoder.blocks.0.norm1.weight", Tensor([2])),
                ("decoder.weight", Tensor([2])),
            ], to: scratch.file("whole.safetensors"))
        let found = try inspect(scratch.file("whole.safetensors"))
        #expect(found.nearest == .part(.timmViT, prefix: "encoder."))
        try SafetensorsFile.write([("patch_embed.proj.weight", Tensor([2]))], to: scratch.file("part.safetensors"))
        #expect(
            try inspect(scratch.file("part.safetensors")).nearest
                == .family(.timmViT, unknown: [], missing: ["blocks.0.norm1.weight"]))
    }

    @Test func `of a kind that is not run what is run`() throws {
        try SafetensorsFile.write(
            [("swin.embeddings.patch_embeddings.projection.weight", Tensor([2]))], to: scratch.file("swin.safetensors"))
        #expect(try inspect(scratch.file("swin.safetensors")).nearest == .kinds("ViT and ConvNeXt"))
    }

    @Test func `of an autoencoder that it is one`() throws {
        try SafetensorsFile.write(
            [("W_dec", Tensor([2, 3])), ("W_enc", Tensor([3, 2]))], to: scratch.file("sae.safetensors"))
        #expect(try inspect(scratch.file("sae.safetensors")).uses == [.autoencoder])
    }
}
