import Foundation
import TestSupport
import Testing

/// What of a study can change with `extract`, and what needs a new one.
@Suite struct NewStudyCommandTests {
    @Test("other images, another concept space or another share need a new study, and the error names that very thing")
    func otherStudies() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let heldOut = study.home.appending(path: "t10k-images-idx3-ubyte").path
        let probe = study.home.appending(path: "train10k-images-idx3-ubyte").path
        for (option, given, own) in [
            ("--probe-images", heldOut, probe), ("--held-out-images", probe, heldOut),
            ("--concept-space", "org/other-clip", "sample:clip"), ("--shard", "1/2", "all images"),
        ] {
            let run = try study.run("extract", option, given, "--layer", "blocks.1")
            #expect(run.status == 64, "\(option): \(run.errors)")
            #expect(
                run.errors == "miclip: \(study.path): \(option) \(given) needs a new study; this one has \(own)\n")
        }
        let layers = try study.run("info", "--json").json()["layers"] as? [[String: Any]]
        #expect(layers?.count == 1, "nothing was added on the way")
    }

    @Test("a study opens without its concept file, also for another layer")
    func conceptFileGone() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let file = study.home.appending(path: "mine.txt")
        try Data("lace\nheel\n".utf8).write(to: file)
        #expect(try study.run("extract", "--concepts", file.path).status == 0)
        try FileManager.default.removeItem(at: file)
        #expect(try study.run("info", "--json").json()["concepts"] as? Int == 2)
        let described = try study.run("describe", "3+", "--top", "1")
        #expect(described.output.contains("lace") || described.output.contains("heel"), "\(described.errors)")
        let added = try study.run("extract", "--layer", "blocks.1")
        #expect(added.status == 0, "\(added.errors)")
        #expect(try study.run("locate", "lace", "--layer", "blocks.1").status == 0)
    }

    @Test("a class list may be a pipe: it is read once, and later verbs need it no more")
    func classesFromPipe() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let own = try #require(try study.run("info", "--json").json()["classes"] as? [String])
        let pipe = study.home.appending(path: "classes")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        let names = own.map { "my \($0)" }
        let writer = Thread {
            guard let end = try? FileHandle(forWritingTo: pipe) else { return }
            try? end.write(contentsOf: Data((names.joined(separator: "\n") + "\n").utf8))
            try? end.close()
        }
        writer.start()
        let run = try study.run("extract", "--classes", pipe.path)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try study.run("info", "--json").json()["classes"] as? [String] == names)
        try FileManager.default.removeItem(at: pipe)
        let added = try study.run("extract", "--layer", "blocks.1")
        #expect(added.status == 0, "\(added.errors)")
        #expect(try study.run("locate", names[1], "--layer", "blocks.1").output.contains(names[1]))
    }

    @Test(
        "concepts tie to classes by their words, never by a WordNet identifier, and names come without a forward pass")
    func identifiers() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let own = try #require(try study.run("info", "--json").json()["classes"] as? [String])
        let ids = own.indices.map { String(format: "n%08d", 1_000 + $0) }
        func write(_ lines: [String], _ name: String) throws -> String {
            let file = study.home.appending(path: name)
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            return file.path
        }
        let classes = try write(ids, "ids.txt")
        let nameless = try study.run("extract", "--classes", classes)
        #expect(nameless.status == 0, "\(nameless.errors)")
        #expect(try study.run("info").output.contains("--class-names"), "one hint says where words come from")
        let words = try write(zip(ids, own).map { "\($0)\t\($1)" }, "named.txt")
        let named = try study.run("extract", "--class-names", words, "--json")
        #expect(try named.json()["run"] as? [String: Int] == [:], "\(named.errors)")
        let located = try study.run("locate", own[5], "--json").json()
        #expect(located["class"] as? String == own[5] && located["classOrigin"] as? String == "name")
        let nearest = try study.run("locate", "high heels", "--json").json()
        #expect((nearest["class"] as? String).map(own.contains) == true, "\(nearest)")
        let all = try study.run("describe", "--json").output
        #expect(!ids.contains { all.contains($0) })
    }

    @Test("another precision is another target model beside the first, not silently the same")
    func precision() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let run = try study.run("extract", "--precision", "bfloat16", "--json")
        guard run.status == 0 else {
            #expect(run.status == 64 && run.errors.contains("AVX512_BF16"), "\(run.errors)")
            return
        }
        let layers = try #require(try run.json()["layers"] as? [[String: Any]])
        #expect(layers.compactMap { $0["model"] as? String } == ["target-vit", "target-vit-2"])
        #expect(try run.json()["embedded"] as? Int == 0)
        let again = try study.run("extract", "--precision", "bfloat16", "--json").json()
        #expect((again["layers"] as? [Any])?.count == 2 && again["run"] as? [String: Int] == [:])
    }
}
