import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// `predict`, `embed` and `activations`: a model and images, without a study.
@Suite struct ModelCommandTests {
    private let home: URL
    private let images: String
    private let model = Samples.folder.appending(path: "target-vit").path
    private let clip = Samples.folder.appending(path: "clip").path

    init() throws {
        home = try Samples.temporaryFolder()
        images = try Samples.cut("t10k", to: 20, into: home, inflated: Samples.gunzip).path
    }

    /// The shape and the values of a .npy file.
    private func array(_ name: String) throws -> (shape: String, values: [Float]) {
        let bytes = try Data(contentsOf: home.appending(path: name))
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        let shape = header.components(separatedBy: "'shape': ")[1].components(separatedBy: ")")[0] + ")"
        return (shape, bytes.dropFirst(128).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
    }

    @Test("predict answers in the JSON that is promised, image by image in the order given")
    func predict() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let run = try CommandLineRun(["predict", model, images, images, "--top", "3", "--json"], home: home)
        let predictions = try #require(try run.json()["predictions"] as? [[String: Any]])
        #expect(predictions.count == 40)
        #expect(predictions.prefix(2).map { $0["image"] as? String } == ["t10k #0", "t10k #1"])
        for (first, second) in zip(predictions.prefix(20), predictions.suffix(20)) {
            let classes = try #require(first["classes"] as? [[String: Any]])
            #expect(classes.count == 3)
            let logits = classes.compactMap { $0["logit"] as? Double }
            #expect(logits == logits.sorted(by: >) && logits.count == 3)
            let total = classes.compactMap { $0["probability"] as? Double }.reduce(0, +)
            #expect(total > 0.3 && total <= 1.0001)
            #expect(classes[0]["class"] is String && classes[0]["index"] is Int)
            #expect((second["classes"] as? [[String: Any]])?[0]["logit"] as? Double == logits[0])
        }
    }

    @Test("a lower precision is used where the processor has it, and refused in words where not")
    func precision() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let exact = try CommandLineRun(["predict", model, images, "--top", "1", "--json"], home: home)
        let run = try CommandLineRun(
            ["predict", model, images, "--top", "1", "--json", "--precision", "bfloat16"], home: home)
        guard Precision.bfloat16.isSupported else {
            #expect(run.status == 64 && run.errors.contains("AVX512_BF16"))
            return
        }
        func logits(_ run: CommandLineRun) throws -> [Float] {
            try #require(try run.json()["predictions"] as? [[String: Any]]).map { prediction in
                let classes = try #require(prediction["classes"] as? [[String: Any]])
                return Float(try #require(classes[0]["logit"] as? Double))
            }
        }
        #expect(try logits(run) != logits(exact))
        assertClose(try logits(run), try logits(exact), within: 0.05, because: "bfloat16 has eight significant bits")
    }

    @Test("predict with a CLIP needs classes, and takes them with templates")
    func zeroShot() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let refused = try CommandLineRun(["predict", clip, images], home: home)
        #expect(refused.status == 64 && refused.errors.contains("--classes"))
        let classes = home.appending(path: "classes.txt")
        try Data("boot\nbag\n".utf8).write(to: classes)
        let run = try CommandLineRun(
            ["predict", clip, images, "--classes", classes.path, "--template", "a {}", "--json"], home: home)
        let predictions = try #require(try run.json()["predictions"] as? [[String: Any]])
        #expect((predictions[0]["classes"] as? [Any])?.count == 2)
    }

    @Test("activations and embeddings are written as float32 rows")
    func arrays() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        func activations(_ pooling: String) throws -> CommandLineRun {
            try CommandLineRun(
                [
                    "activations", model, images, "--hook", "blocks.1", "--pooling", pooling, "--output",
                    "\(pooling).npy",
                ], home: home)
        }
        for pooling in ["none", "cls", "mean", "max"] { #expect(try activations(pooling).status == 0) }
        let all = try array("none.npy")
        let parts = all.shape.dropFirst().dropLast().split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let (tokens, width) = (parts[1], parts[2])
        #expect(parts[0] == 20 && all.values.count == 20 * tokens * width)
        let (cls, mean, max) = (try array("cls.npy"), try array("mean.npy"), try array("max.npy"))
        #expect(cls.shape == "(20, \(width))")
        for image in 0..<20 {
            for unit in 0..<width {
                let column = (0..<tokens).map { all.values[(image * tokens + $0) * width + unit] }
                let place = image * width + unit
                #expect(cls.values[place] == column[0])
                #expect(max.values[place] == column.max())
                #expect(abs(mean.values[place] - column.reduce(0, +) / Float(tokens)) < 1e-4)
            }
        }
        let unsuitable = try activations("median")
        #expect(unsuitable.status == 64 && unsuitable.errors.contains("median"))

        let texts = try CommandLineRun(
            ["embed", clip, "--text", "boot", "bag", "--output", "texts.npy"], home: home)
        #expect(texts.status == 0, "\(texts.errors)")
        let pictures = try CommandLineRun(["embed", clip, "--image", images, "--output", "images.npy"], home: home)
        #expect(pictures.status == 0, "\(pictures.errors)")
        for (name, count) in [("texts.npy", 2), ("images.npy", 20)] {
            let embeddings = try array(name)
            let width = embeddings.values.count / count
            #expect(embeddings.shape == "(\(count), \(width))")
            for row in 0..<count {
                let norm = embeddings.values[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 }
                #expect(abs(norm - 1) < 1e-4)
            }
        }
    }

    @Test("a share says so, and shares are joined")
    func shares() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let heldOut = try Samples.cut("train10k", to: 30, into: home, inflated: Samples.gunzip).path
        for index in 1...2 {
            let run = try CommandLineRun(
                [
                    "extract", "--study", "part\(index).study", "--shard", "\(index)/2", "--probe-images", images,
                    "--held-out-images", heldOut, "--json",
                ], home: home)
            #expect(try run.json()["shard"] as? String == "\(index)/2", "\(run.errors)")
        }
        let lacking = try CommandLineRun(["merge", "all.study", "part1.study"], home: home)
        #expect(lacking.status == 66 && lacking.errors.contains("2/2"))
        let info = try CommandLineRun(["info", "--study", "part1.study"], home: home)
        #expect(info.status == 65 && info.errors.contains("miclip merge"))
        let joined = try CommandLineRun(["merge", "all.study", "part1.study", "part2.study"], home: home)
        #expect(joined.status == 0, "\(joined.errors)")
        #expect(
            try CommandLineRun(["info", "--study", "all.study", "--json"], home: home).json()["images"] as? Int == 50)
    }
}
