import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("A model's location")
struct LocationTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A folder in Hugging Face's cache, with its weights as a link to a blob.
    private func cache(revision: String = "abc", reference: String? = "main") throws -> URL {
        let repository = scratch.file("hub/models--org--tiny-vit")
        let snapshot = repository.appending(path: "snapshots/\(revision)")
        let blobs = repository.appending(path: "blobs")
        for folder in [snapshot, blobs, repository.appending(path: "refs")] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let made = try ScratchFolder()
        let folder = try TinyViT().write(to: made)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.copyItem(at: folder.appending(path: name), to: blobs.appending(path: name))
            try FileManager.default.createSymbolicLink(
                atPath: snapshot.appending(path: name).path, withDestinationPath: "../../blobs/\(name)")
        }
        if let reference {
            try Data("\(revision)\n".utf8).write(to: repository.appending(path: "refs/\(reference)"))
        }
        return scratch.file("hub")
    }

    @Test(arguments: [
        ("model.gguf", "GGUF", "a GGUF file (of llama.cpp's kind)"), ("model.onnx", "\u{8}\u{7}", "an ONNX file"),
        ("model.h5", "HDF", nil),
    ])
    func `of another format is refused by its name`(name: String, start: String, kind: String?) throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Array(start.utf8) + [0, 0, 0, 0], to: name)
        for place in [file, scratch.url] {
            do throws(VisionModelsError) {
                _ = try loadTargetModel(at: place)
                Issue.record("it was read")
            } catch .unsupportedModel(let found, let what) {
                #expect(what == kind && found.hasSuffix(name))
            } catch { #expect(kind == nil, "\(error)") }
        }
    }

    @Test func `is found in Hugging Face's cache, wherever the environment says it is`() throws {
        let hub = try cache().path
        for environment in [
            ["HF_HUB_CACHE": hub, "HF_HOME": "/nowhere"], ["HF_HOME": scratch.url.path],
        ] {
            let location = try ModelLocation.locate("org/tiny-vit", environment: environment)
            let model = try loadTargetModel(at: location)
            #expect(model.name == "org/tiny-vit")
            #expect(model.classes == ["left", "right", "up"])
        }
        let pinned = try ModelLocation.locate("org/tiny-vit@abc", environment: ["HF_HUB_CACHE": hub])
        #expect(pinned.folder.lastPathComponent == "abc")
    }

    @Test func `is the only snapshot where no branch is named`() throws {
        let environment = ["HF_HUB_CACHE": try cache(reference: nil).path]
        #expect(try ModelLocation.locate("org/tiny-vit", environment: environment).folder.lastPathComponent == "abc")
    }

    @Test func `may be a file of any name, with or without a configuration beside it`() throws {
        let folder = try TinyViT().write(to: scratch)
        let file = scratch.file("my-model.safetensors")
        try FileManager.default.moveItem(at: scratch.file("model.safetensors"), to: file)
        #expect(try loadTargetModel(at: file).classes == ["left", "right", "up"])
        #expect(try loadTargetModel(at: folder).name == folder.lastPathComponent, "the only one in its folder")
        try FileManager.default.removeItem(at: scratch.file("config.json"))
        // Width 8 is no published model's, so its heads are unknown.
        #expect(throws: VisionModelsError.uninferable(file: file.path, key: "num_attention_heads")) {
            try loadTargetModel(at: file)
        }
        _ = try scratch.write("{\"num_attention_heads\": 2}", to: "config.json")
        let bare = try loadTargetModel(at: file)
        #expect(bare.name == "my-model")
        #expect(bare.classes == ["class 0", "class 1", "class 2"])
        _ = try scratch.write("# names\na b\nc, d\n\ne\n", to: "classes.txt")
        #expect(try loadTargetModel(at: file).classes == ["a b", "c, d", "e"])
        let classes = try scratch.write("a\nb\n", to: "classes.txt")
        #expect(throws: VisionModelsError.classCount(file: classes.path, expected: 3, found: 2)) {
            try loadTargetModel(at: file)
        }
    }

    @Test func `has classes by name from a list, in place of those it has or for want of them`() throws {
        var tiny = TinyViT()
        let list = ClassList(file: "given.txt", names: ["x", "y", "z"])
        let named = ModelLocation(try tiny.write(to: scratch))
        #expect(try loadTargetModel(at: named, classes: list).classes == ["x", "y", "z"])
        #expect(try loadTargetModel(at: named, classes: list).digest == loadTargetModel(at: named).digest)
        #expect(throws: VisionModelsError.classCount(file: "given.txt", expected: 3, found: 1)) {
            try loadTargetModel(at: named, classes: ClassList(file: "given.txt", names: ["x"]))
        }
        // A list beside the weights is for models whose own names are none.
        _ = try scratch.write("p\nq\nr\n", to: "classes.txt")
        #expect(try loadTargetModel(at: named).classes == ["left", "right", "up"])
        tiny.configuration["id2label"] = "{\"0\": \"LABEL_0\", \"1\": \"LABEL_1\", \"2\": \"LABEL_2\"}"
        #expect(try loadTargetModel(at: tiny.write(to: scratch)).classes == ["p", "q", "r"])
    }

    @Test func `of other tensors is no model, and is inspected as what it is`() throws {
        let file = scratch.file("sae.safetensors")
        try SafetensorsFile.write([("W_dec", Tensor([2, 3])), ("W_enc", Tensor([3, 2]))], to: file)
        #expect(
            throws: VisionModelsError.notThatModel(
                file: file.path, expected: [.vit, .resnet, .resnetv2, .efficientnet, .convnext], found: nil)
        ) { try loadTargetModel(at: file) }
        let inspection = try ModelInspection(ModelLocation(file))
        #expect(inspection.family == nil && inspection.problem == nil)
        #expect(inspection.tensors.map(\.name) == ["W_dec", "W_enc"])
        #expect(inspection.parameters == 12)
    }
}

@Suite("A checkpoint in several files")
struct ShardTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try SafetensorsFile.write(
            [("a", Tensor([1], [1])), ("b", Tensor([1], [2]))], to: scratch.file("1.safetensors"))
        try SafetensorsFile.write([("c", Tensor([1], [3]))], to: scratch.file("2.safetensors"))
    }

    private func open(_ map: String) throws -> Checkpoint {
        try Checkpoint(try scratch.write("{\"weight_map\": \(map)}", to: "model.safetensors.index.json"))
    }

    private static let whole = "{\"a\": \"1.safetensors\", \"b\": \"1.safetensors\", \"c\": \"2.safetensors\"}"

    @Test func `is read as one`() throws {
        let checkpoint = try open(Self.whole)
        #expect(checkpoint.tensorNames == ["a", "b", "c"])
        #expect(try ["a", "b", "c"].map { try checkpoint.tensor($0).values } == [[1], [2], [3]])
    }

    @Test(arguments: [
        ("{}", ShardIndexFault.noWeightMap), ("[]", .noWeightMap),
        ("{\"a\": \"../1.safetensors\"}", .notAFile(tensor: "a", found: "\"../1.safetensors\"")),
        ("{\"a\": 1}", .notAFile(tensor: "a", found: "1")),
        (
            "{\"a\": \"1.safetensors\", \"c\": \"2.safetensors\"}",
            .unlisted(tensor: "b", shard: "1.safetensors")
        ),
        (
            "{\"a\": \"1.safetensors\", \"b\": \"2.safetensors\", \"c\": \"2.safetensors\"}",
            .misplaced(tensor: "b", shards: ["2.safetensors", "1.safetensors"])
        ),
        (
            "{\"a\": \"1.safetensors\", \"b\": \"1.safetensors\", \"x\": \"1.safetensors\"}",
            .missing(tensor: "x", shard: "1.safetensors")
        ),
    ])
    func `is held to its index`(map: String, fault: ShardIndexFault) throws {
        let path = scratch.file("model.safetensors.index.json").path
        #expect(throws: VisionModelsError.malformedIndex(file: path, fault)) { try open(map) }
    }

    @Test func `names the file that is missing`() throws {
        try FileManager.default.removeItem(at: scratch.file("2.safetensors"))
        let path = scratch.file("2.safetensors").path
        #expect(throws: VisionModelsError.file(.unreadable(file: path, code: ENOENT))) { try open(Self.whole) }
    }
}
