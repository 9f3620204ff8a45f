import Foundation
import TestSupport
import Testing

/// Bad input gets one clear line that names file, place, expected and found, and loses nothing.
@Suite struct BadInputTests {
    private let home: URL

    init() throws { home = try Samples.temporaryFolder() }

    /// A copy of the sample ViT with its safetensors replaced by what `change` makes of the bytes.
    private func model(_ change: (inout Data) throws -> Void) throws -> String {
        let folder = home.appending(path: "model")
        try FileManager.default.copyItem(at: Samples.folder.appending(path: "target-vit"), to: folder)
        let file = folder.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: file)
        try change(&bytes)
        try bytes.write(to: file)
        return folder.path
    }

    /// Rewrites the JSON header of a safetensors file.
    private func edit(_ bytes: inout Data, _ change: (String) -> String) {
        let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = Data(change(String(decoding: bytes[8..<8 + length], as: UTF8.self)).utf8)
        let size = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        bytes = size + header + bytes[(8 + length)...]
    }

    /// The one line a failing command prints.
    private func complaint(_ arguments: [String], status: Int32, environment: [String: String] = [:]) throws -> String {
        let run = try CommandLineRun(arguments, home: home, environment: environment)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.split(separator: "\n").count == 1, "one line, not \(run.errors)")
        #expect(run.errors.hasPrefix("miclip: "))
        return run.errors
    }

    @Test("a truncated safetensors file")
    func truncated() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try model { $0 = $0.prefix(100_000) }
        let line = try complaint(["layers", folder], status: 65)
        #expect(line.contains("model.safetensors") && line.contains("expected") && line.contains("found"))
    }

    @Test("a session that is not there")
    func noSession() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let line = try complaint(["replay", home.appending(path: "nothere.json").path], status: 66)
        #expect(line.hasSuffix("nothere.json: cannot be read: No such file or directory\n"))
    }

    @Test("a header that claims more than the file holds")
    func lyingHeader() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try model { $0.replaceSubrange(0..<8, with: Data(repeating: 0x7F, count: 8)) }
        let line = try complaint(["layers", folder], status: 65)
        #expect(line.contains("model.safetensors: header") && line.contains("expected at most"))
    }

    @Test("a missing tensor, a misshapen one and one of the wrong type are named")
    func tensors() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        var folder = try model { bytes in edit(&bytes) { $0.replacing("classifier.bias", with: "classifier.bios") } }
        var line = try complaint(["layers", folder], status: 65)
        #expect(line.contains("classifier.bias") && line.contains("expected shape [10]"))

        try FileManager.default.removeItem(atPath: folder)
        folder = try model { bytes in
            edit(&bytes) { header in
                let width = header.contains("[10,128]") ? "128" : "96"
                return header.replacing("\"shape\":[10,\(width)]", with: "\"shape\":[\(width),10]")
            }
        }
        line = try complaint(["layers", folder], status: 65)
        #expect(line.contains("classifier.weight") && line.contains("expected shape [10, "))

        try FileManager.default.removeItem(atPath: folder)
        folder = try model { bytes in
            edit(&bytes) {
                $0.replacing("\"classifier.bias\":{\"dtype\":\"F32\"", with: "\"classifier.bias\":{\"dtype\":\"I32\"")
            }
        }
        line = try complaint(["layers", folder], status: 65)
        #expect(line.contains("classifier.bias") && line.contains("I32"))
    }

    @Test("a model folder that is not there")
    func missingModel() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        #expect(try complaint(["layers", "/no/such/model"], status: 66).contains("/no/such/model: cannot be read"))
    }

    @Test("an empty concept file, one that is not UTF-8, and one that is not there")
    func concepts() throws {
        let study = try CommandLineStudy()
        defer {
            study.remove()
            try? FileManager.default.removeItem(at: home)
        }
        let file = home.appending(path: "concepts.txt")
        try Data().write(to: file)
        let arguments = ["describe", "3", "--concepts", file.path, "--study", study.path]
        #expect(try complaint(arguments, status: 65).contains("concepts.txt: expected one entry a line, found none"))
        try (Data("boot\n".utf8) + Data([0xFF, 0xFE])).write(to: file)
        #expect(try complaint(arguments, status: 65).contains("concepts.txt: line 2: expected text in UTF-8"))
        try FileManager.default.removeItem(at: file)
        #expect(try complaint(arguments, status: 66).contains("concepts.txt: cannot be read"))
        // The study has lost nothing.
        #expect(try study.run("info").status == 0)
    }

    @Test("no study, a file that is none, and units, classes and layers that do not exist")
    func names() throws {
        let study = try CommandLineStudy()
        defer {
            study.remove()
            try? FileManager.default.removeItem(at: home)
        }
        #expect(try complaint(["info", "--study", home.path], status: 66).contains("no study here"))
        let garbage = home.appending(path: "g.study")
        try FileManager.default.createDirectory(at: garbage, withIntermediateDirectories: true)
        try Data(repeating: 7, count: 5000).write(to: garbage.appending(path: "study.sqlite"))
        #expect(try complaint(["info", "--study", garbage.path], status: 65).contains("not a study of miclip"))
        #expect(
            try complaint(["describe", "norm:4000", "--study", study.path], status: 64).contains(
                "expected norm:0 to norm:"))
        #expect(try complaint(["describe", "other:1", "--study", study.path], status: 64).contains("other:1"))
        #expect(
            try complaint(["locate", "boot", "--class", "wellington", "--study", study.path], status: 64)
                .contains("no class wellington; the model has t-shirt"))
        #expect(try complaint(["locate", "  ", "--study", study.path], status: 64).contains("the concept is empty"))
        let place = home.appending(path: "new.study").path
        #expect(
            try complaint(["extract", "--study", place, "--layer", "blocks.7"], status: 64)
                .contains("no layer blocks.7; the model has embeddings, blocks.0"))
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test("a picture of a kind that is not read is called that, and no list of images")
    func foreignPictures() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let cases: [(name: String, bytes: [UInt8], kind: String)] = [
            ("a.pgm", Array("P5\n2 2\n255\nabcd".utf8), "found a PPM, PGM or PBM"),
            ("a.heic", [0, 0, 0, 24] + Array("ftypheic".utf8), "found a HEIC"),
            (
                "list.txt", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
                "found an LFS pointer"
            ),
            ("page", Array("<!DOCTYPE html>".utf8), "found an HTML page"),
        ]
        for (name, bytes, kind) in cases {
            let file = home.appending(path: name)
            try Data(bytes).write(to: file)
            let line = try complaint(["predict", CommandLineRun.model, file.path], status: 65)
            #expect(line.contains(file.path) && line.contains(kind), "\(line)")
        }
    }

    @Test("a file whose name is no UTF-8 is read under that name, and one that is not there is told so")
    func foreignNames() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        // Words between programs are texts here; the shell's printf makes bytes of them.
        let script = """
            file=$(printf 'caf\\351.png'); folder=$(printf 'd\\351'); mkdir "$folder"
            cp "$1" "$file"; cp "$1" "$folder/$file"
            for name in "$file" "$folder" "$(printf 'none\\351.png')"; do "$2" predict "$3" "$name"; echo "status $?" >&2; done
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let picture = Samples.root.appending(path: "Tests/Goldens/images/grey.png")
        process.arguments = ["-c", script, "sh", picture.path, Samples.program.path, CommandLineRun.model]
        process.currentDirectoryURL = home
        process.environment = ["HOME": home.path, "PATH": "/usr/bin:/bin", "MICLIP_RESOURCES": Samples.root.path]
        let errors = home.appending(path: "errors")
        try Data().write(to: errors)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let lines = try String(contentsOf: errors, encoding: .utf8).split(separator: "\n")
        try #require(lines.count == 6, "\(lines)")
        // That it was read shows by what is said of its size.
        #expect(lines[0].contains("caf\\xE9.png: expected an image of 28x28x1") && lines[1] == "status 65")
        #expect(lines[2].contains("caf\\xE9.png: expected an image of 28x28x1") && lines[3] == "status 65")
        #expect(lines[4].contains("none\\xE9.png: cannot be read: No such file") && lines[5] == "status 66")
    }

    @Test("where standard output or error takes nothing, the status still tells")
    func deaf() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        for (arguments, status) in [
            (["predict", "none", "none.png"], 66), (["nonsense"], 64), (["--help"], 74),
            (["layers", CommandLineRun.model], 74), (["layers", CommandLineRun.model, "--json"], 74),
        ] {
            let process = Process()
            process.executableURL = Samples.program
            process.arguments = arguments
            process.currentDirectoryURL = home
            process.environment = ["HOME": home.path, "PATH": "/usr/bin:/bin", "MICLIP_RESOURCES": Samples.root.path]
            let full = FileHandle(forWritingAtPath: "/dev/full")
            (process.standardOutput, process.standardError) = (full, full)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && Int(process.terminationStatus) == status, "\(arguments)")
        }
    }

    @Test("no place to write: the folder cannot be made")
    func unwritable() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let file = home.appending(path: "file")
        try Data().write(to: file)
        #expect(try complaint(["info"], status: 74, environment: ["XDG_DATA_HOME": file.path]).contains(file.path))
    }

    @Test("no place for what a share works in")
    func noScratch() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let (probe, heldOut) = try Samples.smallImages(in: home)
        let samples = Samples.folder.path
        let run = try CommandLineRun(
            [
                "extract", "--study", "s", "--shard", "auto", "--model", samples + "/target-vit", "--layer", "norm",
                "--concept-space", samples + "/clip", "--concepts", samples + "/concepts.txt",
                "--probe-images", probe.path, "--held-out-images", heldOut.path,
            ], home: home, environment: ["MICLIP_SHARD": "1/2", "TMPDIR": "/proc/1/nowhere"])
        // Beside what tells the share.
        let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("miclip: share") }
        #expect(run.status == 74 && lines.count == 1 && run.errors.contains("cannot be written"), "\(run.errors)")
    }

    @Test("the explorer without a terminal says so and sends nothing")
    func noTerminal() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        #expect(try complaint(["explore"], status: 69, environment: ["TERM": "xterm"]).contains("needs a terminal"))
        #expect(try complaint([], status: 69, environment: ["TERM": "dumb"]).contains("needs a terminal"))
    }

    @Test(
        "training that diverges says so", arguments: [["align", "--method", "infonce"], ["sae", "train", "--k", "2"]])
    func divergence(command: [String]) throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let run = try CommandLineRun(
            command + ["--rate", "1e30", "--epochs", "1", "--study", study.path], home: study.home)
        let line = run.errors.split(separator: "\n").last ?? ""
        #expect(run.status == 65 && line.hasPrefix("miclip: norm: training diverged"), "\(run.errors)")
    }

    @Test("wrong options end with status 64")
    func usage() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        for arguments in [
            ["intervene", "boot"], ["intervene", "boot", "--scale", "1", "--add", "1"],
            ["locate", "boot", "--top", "0"],
            ["nonsense", "x"], ["intervene", "boot", "--scale", "nan"], ["extract", "--layer", "logits"],
            ["info", "--study", ""], ["info", "--study="], ["locate", ""], [""], ["align", "--rate", "inf"],
            ["align", "--balance", "1e300"], ["align", "--temperature", "nan"],
            ["sae", "train", "--rate", "1e300"], ["sae", "train", "--epochs", "\(Int.max)"],
            ["evaluate", "--seeds", "99999999999"], ["evaluate", "--top", "\(Int.max)"],
        ] {
            #expect(try CommandLineRun(arguments, home: home).status == 64, "\(arguments)")
        }
    }
}

extension CommandLineRun {
    /// The folder of the sample ViT.
    static let model = Samples.folder.appending(path: "target-vit").path
}
