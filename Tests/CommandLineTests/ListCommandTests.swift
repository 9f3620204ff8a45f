import Foundation
import TestSupport
import Testing

/// Lists that people write, on the command line.
@Suite struct ListCommandTests {
    private let home: URL

    init() throws { home = try Samples.temporaryFolder() }

    private var vit: String { Samples.folder.appending(path: "target-vit").path }
    private var clip: String { Samples.folder.appending(path: "clip").path }

    private func file(_ name: String, _ text: String) throws -> URL {
        let file = home.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file
    }

    @Test("an image that a list names and that is not there is told with the list and its line")
    func missingImage() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try SmallPNG.grey(Array(repeating: 7, count: 28 * 28), width: 28).write(to: home.appending(path: "a.png"))
        let list = try file("images.txt", "# first\na.png\n\nnowhere.png\n")
        let run = try CommandLineRun(["predict", vit, list.path], home: home)
        #expect(run.status == 66)
        #expect(run.errors.contains("images.txt: line 4: ") && run.errors.contains("nowhere.png: cannot be read"))
        let skipping = try CommandLineRun(["predict", vit, list.path, "--skip-unreadable"], home: home)
        #expect(skipping.status == 0 && skipping.errors.contains("images.txt: line 4: "))

        let classes = try file("classes.txt", "# first\na.png\tbag\n\nnowhere.png\tbag\n")
        let extracted = try CommandLineRun(
            [
                "extract", "--study", "s.study", "--probe-images", classes.path, "--held-out-images", classes.path,
            ], home: home)
        #expect(extracted.status == 0, "\(extracted.errors)")
        let told = "nowhere.png: cannot be read: No such file or directory (line 4 of the list)"
        #expect((extracted.output + extracted.errors).contains(told), "\(extracted.output)")
    }

    @Test("what stands in a list more than once is said once, with what it counts as")
    func repetitions() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try SmallPNG.grey(Array(repeating: 7, count: 28 * 28), width: 28).write(to: home.appending(path: "a.png"))
        let classes = try file("classes.txt", "boot\nbag\nBoot\ncoat")
        let zeroShot = try CommandLineRun(
            ["predict", clip, home.appending(path: "a.png").path, "--classes", classes.path, "--top", "9", "--json"],
            home: home)
        #expect(zeroShot.status == 0, "\(zeroShot.errors)")
        #expect(
            zeroShot.errors.contains("classes.txt: more than once: boot (lines 1, 3); lines of one name are one class"))
        #expect(zeroShot.errors.components(separatedBy: "more than once").count == 2, "said once")
        let names = try #require((zeroShot.json()["predictions"] as? [[String: Any]])?.first?["classes"] as? [Any])
        #expect(names.count == 3)

        let own = try file("own.txt", (0..<10).map { $0 == 3 ? "class 7" : "class \($0)" }.joined(separator: "\n"))
        let classifier = try CommandLineRun(
            ["predict", vit, home.appending(path: "a.png").path, "--classes", own.path, "--top", "10", "--json"],
            home: home)
        #expect(classifier.errors.contains("own.txt: more than once: class 7 (lines 4, 8); each is a class of its own"))
        let found = try #require(
            (classifier.json()["predictions"] as? [[String: Any]])?.first?["classes"] as? [[String: Any]])
        let ofThatName = found.filter { $0["class"] as? String == "class 7" }.compactMap { $0["index"] as? Int }
        #expect(ofThatName.sorted() == [3, 7], "two classes of one name keep their index")

        let templates = try file("templates.txt", "a {}\na {}\n")
        let embedded = try CommandLineRun(
            ["embed", clip, "--text", "boot", "--templates", templates.path, "--output", "t.npy"], home: home)
        #expect(embedded.errors.contains("templates.txt: more than once: a {} (lines 1, 2); each counts as often"))
    }

    @Test("a model's file that is cut short while it is read ends the verb in one line, with status 74")
    func truncation() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let model = home.appending(path: "model")
        try FileManager.default.copyItem(at: Samples.folder.appending(path: "target-vit"), to: model)
        try SmallPNG.grey(Array(repeating: 7, count: 28 * 28), width: 28).write(to: home.appending(path: "a.png"))
        // The model is mapped when the list is opened, which waits for us.
        let list = home.appending(path: "images.txt")
        #expect(mkfifo(list.path, 0o600) == 0)
        let home = home
        let cut = Thread {
            guard let pipe = try? FileHandle(forWritingTo: list) else { return }
            truncate(model.appending(path: "model.safetensors").path, 0)
            try? pipe.write(contentsOf: Data("a.png\n".utf8))
            try? pipe.close()
        }
        cut.start()
        let run = try CommandLineRun(["predict", model.path, list.path], home: home)
        #expect(run.status == 74, "\(run.status): \(run.errors)")
        #expect(
            run.errors.hasPrefix("miclip: ") && run.errors.contains("model.safetensors: expected its length to stay"))
        #expect(run.errors.split(separator: "\n").count == 1)
    }
}

/// Names that would act on a terminal.
@Suite struct ControlCharacterTests {
    @Test(
        "control characters in arguments reach neither output nor errors raw",
        arguments: [
            ["locate", "boot", "--top\u{1B}[31m", "3"], ["frob", "x\u{1B}]0;x\u{7}"],
            ["explore", "--theme", "\u{9B}31m"],
            ["layers", "no\u{1B}[31mmodel"], ["info", "--study", "no\u{8}study"], ["predict", "m", "\u{1B}[2J.jpg"],
        ])
    func arguments(_ arguments: [String]) throws {
        let home = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let run = try CommandLineRun(arguments, home: home)
        #expect(run.status != 0 && !run.errors.isEmpty)
        for scalar in (run.output + run.errors).unicodeScalars where scalar != "\n" && scalar != "\t" {
            #expect(scalar.properties.generalCategory != .control, "\(arguments): \(run.errors.debugDescription)")
        }
    }
}
