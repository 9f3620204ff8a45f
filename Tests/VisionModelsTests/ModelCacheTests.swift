import Digests
import Files
import Foundation
import TestSupport
import Testing
import VisionModels

/// Models by the names under which other programs keep them.
@Suite("A model in a cache")
struct ModelCacheTests {
    private let scratch: ScratchFolder
    private let environment: [String: String]

    init() throws {
        scratch = try ScratchFolder()
        environment = ["HOME": scratch.url.path]
    }

    @discardableResult private func file(_ name: String, of bytes: [UInt8] = [1], in cache: String? = nil) throws -> URL
    {
        let url = scratch.file("\(cache ?? ".cache/torch")/hub/checkpoints/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url
    }

    private func repository(_ name: String, in hub: String = ".cache/huggingface/hub") throws {
        let folder = scratch.file("\(hub)/models--\(name)/snapshots/abc")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func name(_ text: String) throws -> String { try ModelLocation.locate(text, environment: environment).name }

    @Test(arguments: [
        "torchvision/resnet50", "torchvision:resnet50", "resnet50-11ad3fa6", "resnet50",
        "torchvision/resnet50-11ad3fa6",
        "timm/resnet50",
    ]) func `of torchvision's is found by its name`(_ text: String) throws {
        try file("resnet50-11ad3fa6.pth")
        try file("resnet50_a1_0-14fe96d1.pth")
        try file("wide_resnet50_2-95faca4d.pth")
        #expect(try name(text) == "resnet50-11ad3fa6")
    }

    @Test(arguments: [
        "timm/vit_small.augreg", "hf-hub:timm/vit_small.augreg", "hf_hub:timm/vit_small.augreg",
        "timm:vit_small.augreg",
        "vit_small.augreg", "vit_small", "timm/vit_small", "timm:vit_small",
    ]) func `of timm's is found by its name, with or without its training`(_ text: String) throws {
        try repository("timm--vit_small.augreg")
        try repository("timm--vit_small_dino.lvd")
        try repository("org--other")
        #expect(try name(text) == "timm/vit_small.augreg")
    }

    @Test func `is found where the environment says the cache is`() throws {
        try file("alexnet-owt-7be5be79.pth", in: "mine")
        let torch = ["HOME": "/nowhere", "TORCH_HOME": scratch.file("mine").path]
        #expect(
            try ModelLocation.locate("alexnet-owt-7be5be79", environment: torch).folder.path.hasPrefix(scratch.url.path)
        )
        try repository("timm--resnet18.a1", in: "huggingface/hub")
        for environment in [
            ["XDG_CACHE_HOME": scratch.url.path], ["HF_HOME": scratch.file("huggingface").path],
            ["HF_HUB_CACHE": scratch.file("huggingface/hub").path, "HF_HOME": "/nowhere"],
        ] {
            #expect(try ModelLocation.locate("resnet18", environment: environment).folder.lastPathComponent == "abc")
        }
    }

    @Test func `of OpenAI's package is found by its file`() throws {
        let folder = scratch.file(".cache/clip")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data([1]).write(to: folder.appending(path: "ViT-B-32.pt"))
        #expect(try name("ViT-B-32") == "ViT-B-32")
    }

    @Test func `is the one of the very name, and of several that begin so the user says which`() throws {
        try file("resnet50-11ad3fa6.pth")
        try file("resnet50-0676ba61.pth")
        try repository("timm--resnet50.a1_in1k")
        #expect(
            throws: VisionModelsError.severalInCache(
                model: "resnet50", found: ["resnet50-0676ba61", "resnet50-11ad3fa6", "timm/resnet50.a1_in1k"])
        ) { try name("resnet50") }
        #expect(
            throws: VisionModelsError.severalInCache(
                model: "torchvision/resnet50", found: ["resnet50-0676ba61", "resnet50-11ad3fa6"])
        ) { try name("torchvision/resnet50") }
        #expect(try name("timm/resnet50") == "timm/resnet50.a1_in1k")
        try repository("timm--resnet50")
        #expect(try name("timm/resnet50") == "timm/resnet50")
    }

    @Test func `that is not there is told with the folders that were searched and what is called alike there`() throws {
        try file("resnet50-11ad3fa6.pth")
        try repository("timm--vit_base_patch16_224.augreg_in21k_ft_in1k")
        try repository("facebook--dinov2-base")
        func nearest(_ text: String) throws -> [String] {
            do throws(VisionModelsError) {
                let found = try ModelLocation.locate(text, environment: environment)
                Issue.record("\(text): \(found.folder)")
            } catch .notInCache(let model, let searched, let nearest) {
                let caches = [".cache/huggingface/hub", ".cache/torch/hub/checkpoints", ".cache/clip"]
                #expect(model == text && searched == caches.map { scratch.file($0).path })
                return nearest
            } catch { Issue.record(error) }
            return []
        }
        #expect(try nearest("facebook/dinov2-bse") == ["facebook/dinov2-base"])
        #expect(try nearest("dinov2-bas") == ["facebook/dinov2-base"])
        #expect(try nearest("resnet50-11ad3fa7") == ["resnet50-11ad3fa6"])
        #expect(
            try nearest("timm/vit_base_patch16_224.augreg_in21k") == ["timm/vit_base_patch16_224.augreg_in21k_ft_in1k"])
        #expect(try nearest("org/quite-another") == [])
        #expect(try nearest("facebook/dinov2-base@v9").first == "facebook/dinov2-base")
    }

    @Test func `is no file that is meant as one, nor a path`() throws {
        for text in ["model.safetensors", "a/b/c", "./resnet50", "../resnet50", "/resnet50", "my model"] {
            #expect(try ModelLocation.locate(text, environment: environment).folder.path.hasPrefix("/"), "\(text)")
        }
    }

    @Test func `whose name has the beginning of another SHA-256 is refused`() throws {
        let bytes = [UInt8](try Data(contentsOf: packageFolder.appending(path: "Tests/Goldens/pickles/zip.pth")))
        let digits = String(Digest(of: bytes).description.prefix(8))
        let own = try file("resnet18-\(digits).pth", of: bytes)
        let other = try file("resnet34-0badc0de.pth", of: bytes)
        #expect(throws: VisionModelsError.otherHash(file: other.path, expected: "0badc0de", found: digits)) {
            try loadTargetModel(at: other)
        }
        #expect(try ModelInspection(ModelLocation(own)).problem == nil)
        // A date is no hash, and nor is what stands before another ending.
        for name in [
            "resnet34-20240131.pth", "resnet34-0badc0de.ckpt", "resnet34-0badc0d.pth", "resnet34-ABCDEF01.pth",
        ] {
            let dated = try file(name, of: bytes)
            do throws(VisionModelsError) { _ = try loadTargetModel(at: dated) } catch .otherHash {
                Issue.record("\(name)")
            } catch {}
        }
    }
}

@Suite struct NearestNameTests {
    @Test("names are told by the letters that differ")
    func names() {
        let names = ["boot", "boat", "org/boot", "sandal"]
        #expect(NearestNames.of("boot", among: names) == ["boot", "org/boot", "boat"])
        #expect(NearestNames.of("org/boat", among: names) == ["org/boot"])
        #expect(NearestNames.of("SANDLE", among: names) == ["sandal"])
        #expect(NearestNames.of("", among: names) == [] && NearestNames.of("xyzzy", among: names) == [])
    }
}
