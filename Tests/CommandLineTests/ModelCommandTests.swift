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
        #expect(try Set(run.json().keys) == ["predictions"])
        for prediction in predictions {
            #expect(Set(prediction.keys) == ["image", "classes"])
            for found in try #require(prediction["classes"] as? [[String: Any]]) {
                #expect(Set(found.keys) == ["class", "index", "logit", "probability"])
            }
        }
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
        // A CLIP without classes too.
        for precision in Precision.allCases.map(\.rawValue) {
            let written = try CommandLineRun(
                [
                    "activations", clip, images, "--hook", "blocks.1", "--pooling", "cls", "--precision", precision,
                    "--output", home.appending(path: "\(precision).npy").path,
                ], home: home)
            #expect(written.status == 0)
        }
        let (whole, rounded) = (try array("float32.npy").values, try array("bfloat16.npy").values)
        #expect(whole != rounded)
        assertClose(rounded, whole, within: 0.1, because: "bfloat16 has eight significant bits")
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

    @Test(
        "a classifier's classes can be named by a list of the right length; a single image keeps the name it was given")
    func names() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try SmallPNG.grey([UInt8](repeating: 90, count: 28 * 28), width: 28).write(to: home.appending(path: "one.png"))
        let classes = home.appending(path: "classes.txt")
        try Data((0..<10).map { "name \($0), other name\n" }.joined().utf8).write(to: classes)
        let run = try CommandLineRun(
            ["predict", model, "one.png", "--classes", "classes.txt", "--top", "1", "--json"], home: home)
        let prediction = try #require((try run.json()["predictions"] as? [[String: Any]])?.first, "\(run.errors)")
        #expect(prediction["image"] as? String == "one.png")
        let best = try #require((prediction["classes"] as? [[String: Any]])?.first)
        #expect(best["class"] as? String == "name \(best["index"] as? Int ?? -1), other name")
        try Data("a\nb\n".utf8).write(to: classes)
        let wrong = try CommandLineRun(["predict", model, "one.png", "--classes", "classes.txt"], home: home)
        #expect(wrong.status == 65 && wrong.errors.contains("classes.txt: expected 10 classes, one a line, found 2"))
    }

    @Test("a model that gives NaN is an error that names the image")
    func notFinite() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = home.appending(path: "model")
        try FileManager.default.copyItem(atPath: model, toPath: folder.path)
        let file = folder.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: file)
        // The last bytes are weights of the last norm. As great as can be, they make infinity of what they are times.
        let most: [UInt8] = [0xFF, 0xFF, 0x7F, 0x7F]
        bytes.replaceSubrange(bytes.count - 384..<bytes.count, with: [[UInt8]](repeating: most, count: 96).joined())
        try bytes.write(to: file)
        let arguments = [
            ["predict", folder.path, images, "--json"],
            ["activations", folder.path, images, "--hook", "logits", "--pooling", "none", "--output", "a.npy"],
        ]
        for arguments in arguments {
            let run = try CommandLineRun(arguments, home: home)
            #expect(run.status == 65 && run.errors.contains("gives NaN or infinity for t10k #0"), "\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: home.appending(path: "a.npy").path))
        // 0x7FC00000 is NaN: a weight of it is told before anything runs.
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
        try bytes.write(to: file)
        let run = try CommandLineRun(arguments[0], home: home)
        #expect(run.status == 65 && run.errors.contains("expected finite numbers, found nan at ["), "\(run.errors)")
    }

    @Test("a CLIP's image tower is listed and read without classes")
    func imageTower() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let layers = try CommandLineRun(["layers", clip, "--json"], home: home).json()
        let names = (layers["layers"] as? [[String: Any]])?.compactMap { $0["layer"] as? String }
        #expect(names?.first == "embeddings" && names?.last == "projection")
        let run = try CommandLineRun(
            ["activations", clip, images, "--hook", "projection", "--pooling", "cls", "--output", "a.npy"], home: home)
        #expect(run.status == 0, "\(run.errors)")
        _ = try CommandLineRun(["embed", clip, "--image", images, "--output", "b.npy"], home: home)
        let (projected, embedded) = (try array("a.npy"), try array("b.npy"))
        #expect(projected.shape == embedded.shape)
        let width = embedded.values.count / 20
        let norm = projected.values.prefix(width).reduce(0) { $0 + $1 * $1 }.squareRoot()
        for column in 0..<width { #expect(abs(projected.values[column] / norm - embedded.values[column]) < 1e-5) }
    }

    @Test("inspect says what a pickle is, how to save it, and what a folder lacks")
    func inspect() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try Data([0x80, 2, 0x8A]).write(to: home.appending(path: "it's.pth"))
        let pickle = try CommandLineRun(["inspect", "it's.pth"], home: home)
        #expect(pickle.status == 0 && pickle.output.contains("whose tensors cannot be read without running it"))
        #expect(pickle.output.contains("save it with    python3 -c \"import sys, torch, safetensors.torch as s;"))
        #expect(pickle.output.contains("it'\\''s.pth'"), "quoted for a shell")
        let json = try CommandLineRun(["inspect", "it's.pth", "--json"], home: home).json()
        #expect(json["format"] as? String == "PyTorch pickle" && json["conversion"] is String)

        let folder = home.appending(path: "clip")
        try FileManager.default.copyItem(atPath: clip, toPath: folder.path)
        for name in ["vocab.json", "preprocessor_config.json"] {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let lacking = try CommandLineRun(["inspect", "clip"], home: home)
        #expect(lacking.status == 0, "\(lacking.errors)")
        #expect(lacking.output.contains("vocab.json"), "\(lacking.output)")
        #expect(lacking.output.contains("quick_gelu, as config.json says"))
        try FileManager.default.removeItem(at: folder.appending(path: "model.safetensors"))
        let empty = try CommandLineRun(["inspect", "clip", "--json"], home: home).json()
        let missing = try #require(empty["missing"] as? [[String: Any]])
        #expect(missing.map { $0["part"] as? String } == ["weights"] && missing[0]["isNeeded"] as? Bool == true)
    }

    @Test("empty class folders are a warning, and damaged images are counted and named")
    func warnings() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        for name in ["bag", "coat", "nothing"] {
            let folder = home.appending(path: "photos/\(name)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for index in 0..<(name == "nothing" ? 0 : 9) {
                let pixels = (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 &* (index + 3) &+ name.utf8.count) }
                let png = SmallPNG.grey(pixels, width: 28)
                try png.prefix(index == 4 ? 300 : png.count).write(to: folder.appending(path: "\(index).png"))
            }
        }
        let arguments = [
            "extract", "--study", "a.study", "--probe-images", "photos", "--held-out-images", "photos", "--json",
        ]
        let run = try CommandLineRun(arguments, home: home)
        let warnings = try #require(try run.json()["warnings"] as? [String], "\(run.errors)")
        #expect(warnings.count == 1 && warnings[0].hasSuffix("photos: class folders without images: nothing"))
        let skipped = try #require(try run.json()["skipped"] as? [[String: String]])
        #expect(skipped.map { $0["image"] } == ["bag/4.png", "coat/4.png"])
        let info = try CommandLineRun(["info", "--study", "a.study"], home: home)
        #expect(info.output.contains("warning: ") && info.output.contains("2 images were left out:"), "\(info.errors)")
        #expect(info.output.contains("  bag/4.png: damaged PNG"))
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
        #expect(info.status == 0 && info.output.contains("share 1/2"), "telling needs no whole study")
        let joined = try CommandLineRun(["merge", "all.study", "part1.study", "part2.study"], home: home)
        #expect(joined.status == 0, "\(joined.errors)")
        #expect(
            try CommandLineRun(["info", "--study", "all.study", "--json"], home: home).json()["images"] as? Int == 50)
    }

    @Test("tasks of an array find their shares, which are told, run again and joined to a single run's files")
    func array() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let heldOut = try Samples.cut("train10k", to: 70, into: home, inflated: Samples.gunzip).path
        let inputs = ["--probe-images", images, "--held-out-images", heldOut]
        func task(_ number: Int, of array: ClosedRange<Int> = 0...2) throws -> CommandLineRun {
            try CommandLineRun(
                ["extract", "--study", "all.study", "--shard", "auto", "--json"] + inputs, home: home,
                environment: [
                    "SLURM_ARRAY_TASK_ID": "\(number)", "SLURM_ARRAY_TASK_MIN": "\(array.lowerBound)",
                    "SLURM_ARRAY_TASK_MAX": "\(array.upperBound)", "SLURM_ARRAY_TASK_COUNT": "\(array.count)",
                    "SLURM_ARRAY_TASK_STEP": "1",
                ])
        }
        func shares() throws -> CommandLineRun { try CommandLineRun(["shares", "all.study", "--json"], home: home) }
        #expect(try shares().status == 66)
        let first = try task(0)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("share 1/3, by Slurm array task 0, on "))
        #expect(try first.json()["shard"] as? String == "1/3")
        #expect(try task(2).status == 0)
        let told = try shares().json()
        #expect(
            told["done"] as? [Int] == [1, 3] && told["missing"] as? [Int] == [2] && told["retry"] as? String == "1")
        let lacking = try CommandLineRun(["merge", "all.study"], home: home)
        #expect(lacking.status == 66 && lacking.errors.contains("2/3"))
        // As it is submitted again, twice.
        for _ in 0..<2 { #expect(try task(1, of: 1...1).status == 0) }
        #expect(try shares().json()["retry"] as? String == "")
        let text = try CommandLineRun(["shares", "all.study"], home: home)
        #expect(text.output.contains("3 shares, 3 done, 0 partial, 0 missing") && text.output.contains("miclip merge"))
        let joined = try CommandLineRun(["merge", "all.study"], home: home)
        #expect(joined.status == 0, "\(joined.errors)")
        let whole = try CommandLineRun(["extract", "--study", "whole.study"] + inputs, home: home)
        #expect(whole.status == 0, "\(whole.errors)")
        let folders = ["all.study", "whole.study"].map { home.appending(path: $0).appending(path: "activations") }
        let names = try FileManager.default.contentsOfDirectory(atPath: folders[1].path).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folders[0].path).sorted() == names)
        for name in names {
            #expect(
                try Data(contentsOf: folders[0].appending(path: name))
                    == Data(contentsOf: folders[1].appending(path: name)))
        }

        let script = try CommandLineRun(
            ["extract", "--study", "it's.study", "--print-sbatch", "8", "--shard", "1/2", "--layer", "norm"], home: home
        )
        #expect(script.status == 0 && script.output.hasPrefix("#!/bin/bash\n#SBATCH "), "\(script.errors)")
        #expect(script.output.contains("#SBATCH --array=1-8\n") && !script.output.contains("1/2"))
        #expect(
            script.output.contains(" extract --study 'it'\\''s.study' --layer norm --shard auto\n"), "\(script.output)")
        #expect(!FileManager.default.fileExists(atPath: home.appending(path: "it's.study").path))
        #expect(try CommandLineRun(["extract", "--print-sbatch", "8"], home: home).status == 64)

        let nowhere = try CommandLineRun(["extract", "--study", "b.study", "--shard", "auto"] + inputs, home: home)
        #expect(nowhere.status == 64 && nowhere.errors.contains("SLURM_ARRAY_TASK_ID"), "\(nowhere.errors)")
        #expect(nowhere.errors.split(separator: "\n").count == 1)
    }
}
