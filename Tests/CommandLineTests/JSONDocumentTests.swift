import Foundation
import TestSupport
import Testing

/// `docs/json.md` and what the program prints are the same, key by key.
@Suite struct JSONDocumentTests {
    static let sections: [String: DocumentedKeys] = {
        let page = try? String(contentsOf: Samples.root.appending(path: "docs/json.md"), encoding: .utf8)
        return DocumentedKeys.sections(of: page ?? "")
    }()

    /// Compares a section with documents of its kind.
    ///
    /// - Parameter unseen: keys that these documents do not show both there and left out.
    static func compare(_ section: String, with documents: [Any], unseen: Set<String> = []) throws {
        let keys = try #require(sections[section], "docs/json.md has no section \(section)")
        let faults = keys.disagreements(with: documents).filter { line in
            !unseen.contains { line == "\($0) is never there" || line == "\($0) is marked, and never left out" }
        }
        #expect(faults == [], "\(section)")
    }

    @Test("every command that takes --json has a section, and no section is of another")
    func commands() throws {
        let help = try CommandLineRun(["--experimental-dump-help"], home: FileManager.default.temporaryDirectory)
        var names: Set<String> = []
        func walk(_ command: [String: Any], _ path: [String]) {
            let arguments = command["arguments"] as? [[String: Any]] ?? []
            let options = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }.compactMap {
                $0["name"] as? String
            }
            if options.contains("json") { names.insert(path.joined(separator: " ")) }
            for child in command["subcommands"] as? [[String: Any]] ?? [] {
                walk(child, path + [child["commandName"] as? String ?? ""])
            }
        }
        walk(try #require(try help.json()["command"] as? [String: Any]), [])
        let records: Set = ["session.json", "Finding in study.sqlite", "Place in study.sqlite", "studies.json"]
        #expect(names.count > 15)
        #expect(names.union(records) == Set(Self.sections.keys))
    }

    @Test("every example on the page has only keys of its table")
    func examples() throws {
        for (name, keys) in Self.sections {
            let example = try JSONSerialization.jsonObject(with: Data(keys.example.utf8))
            #expect(keys.disagreements(with: [example], whole: false) == [], "\(name)")
        }
    }

    @Test("what commands on a study print is what the page says")
    func studies() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        func json(_ arguments: String...) throws -> Any {
            let run = try CommandLineRun(arguments + ["--json", "--study", study.path], home: study.home)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
            return try run.json()
        }
        func text(_ name: String, _ content: String) throws -> String {
            let file = study.home.appending(path: name)
            try Data(content.utf8).write(to: file)
            return file.path
        }
        let before = try json("info")
        try Self.compare(
            "align",
            with: [
                try json("align", "--method", "closed-form", "--balance", "3", "--shrinkage", "1"),
                try json("align", "--method", "infonce", "--epochs", "2"),
            ])
        let plain = try json("evaluate", "--interventions", "--seeds", "1", "--top", "5")
        let trained = try json("sae", "train", "--features", "2x", "--k", "8", "--steps", "60")
        let place = study.home.appending(path: "sae").path
        try Self.compare("sae export", with: [try json("sae", "export", "--output", place)])
        let (alternating, one) = (try text("a.txt", try labels(["x", "y"])), try text("b.txt", try labels(["x"])))
        let maps = [
            try json("map", "--labels", alternating), try json("map", "--units", "features", "--labels", one),
        ]
        let rare = ["silhouette.categories.z", "silhouette.classes.z", "silhouette.classes", "divergence"]
        try Self.compare("map", with: maps, unseen: Set(rare + ["points[].class", "categorySource"]))
        let seeds = try json("evaluate", "--interventions", "--seeds", "2", "--top", "5", "--scale", "0", "2", "0.5")
        let groups = try json("evaluate", "--groups")
        let byProbeHead = try json("evaluate", "--groups", "--probe-head")
        let sentences = Samples.root.appending(path: "Tests/Goldens/sentences/bert").path
        let everything = try json("evaluate", "--seeds", "1", "--top", "5", "--sentences", sentences)
        try Self.compare(
            "evaluate", with: [plain, seeds, groups, byProbeHead, everything],
            unseen: [
                "otherImages", "request.halfWidth", "interventions[].interval", "layers[].enhanceInterval",
                "layers[].removeInterval",
            ])
        // Of pages `VerifiedPageTests` tells.
        let ofPages = ["", "[]", "[].line", "[].reported", "[].found"].map { "otherLines" + $0 }
        try Self.compare(
            "verify", with: [try verified(groups, study), try verified(groups, study, altered: true)],
            unseen: Set(ofPages))
        let grouped = try text("groups.txt", (0..<384).map { "t10k #\($0)\t\($0 % 2)\n" }.joined())
        let audits = [try json("audit", "--groups", grouped, "--list", "2"), try json("audit", "--probe-head")]
        let features = try json("audit", "--units", "features", "--class", "shirt", "--list", "1", "--top", "5")
        // Of so few images no class has mistakes enough.
        let ofMistakes = ["", ".share", ".interval", ".p", ".pHolm", ".images"].map {
            "classes[].concepts[].resemblance" + $0
        }
        try Self.compare(
            "audit", with: audits + [features],
            unseen: Set(
                ["otherImages", "measuredImages", "classes[].concepts[].examples[]"] + ofMistakes
                    + ["", ".units", ".units[]", ".beta"].map { "classes[].mend.second" + $0 }))
        _ = try verified(audits[0], study)
        _ = try verified(audits[0], study, altered: true)
        for form in ["html", "md", "tex", "csv", "json"] {
            let file = study.home.appending(path: "both.\(form)")
            let run = try CommandLineRun(
                ["compare", "bag", "--with", "norm", "--scale", "0", "--output", file.path, "--study", study.path],
                home: study.home)
            #expect(run.status == 0 && run.output.hasSuffix(" figures\n"), "\(run.errors)")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.contains("bag"), "\(form)")
            guard form == "json" else { continue }
            let written = try JSONSerialization.jsonObject(with: Data(text.utf8))
            _ = try verified(written, study)
            _ = try verified(written, study, altered: true)
        }
        let neurons = try json("describe", "3+", "--top", "1")
        try Self.compare(
            "describe", with: [neurons, try json("describe", "--units", "features", "--top", "2")],
            unseen: ["units[].quality.selectiveClass", "units[].quality.explanation"])
        try Self.compare("locate", with: [try json("locate", "boot"), try json("locate", "boot + bag")])
        // Every class of the study has held-out images.
        let ofClasses = ["classAccuracy", "otherAccuracy"]
        try Self.compare(
            "fit", with: [try json("fit", "shirt", "--and", "coat:x1"), try json("fit", "shirt", "--probe-head")],
            unseen: Set(["fitted", "reported"].flatMap { half in ofClasses.map { "\(half).\($0)" } }))
        let aligned = try json("info")
        let share = try share(of: study)
        // Before all files were looked at, and of images that are faulty or paired by a guess.
        let seldom = ["images", "probeImages", "heldOutImages", "features.k", "doubt"]
        let lists = ["skipped[].image", "skipped[].reason", "skipped[]", "assumed[]", "warnings[]"]
        try Self.compare(
            "info", with: [before, aligned, share.info, try json("info", "--probe-head")], unseen: Set(seldom + lists))
        try Self.compare(
            "compare",
            with: [
                try json("compare", "--with", "norm", "--scale", "0"),
                try json("compare", "--with", "norm", "--probe-head", "bag"),
            ],
            unseen: ["second.reader", "curves[].points[].interval", "curves[].points[].othersInterval"])
        let deep = try CommandLineRun(
            [
                "extract", "--study", study.path, "--layer", "blocks.1", "--json",
            ], home: study.home)
        #expect(deep.status == 0, "\(deep.errors)")
        try Self.compare("extract", with: [try deep.json(), share.extracted, try extractionWithFaults(study)])
        let counted = [
            try json(
                "intervene", "bag", "--scale", "0", "--layer", "norm", "--and", "coat:x2:3", "--changes", "--curve"),
            try json("intervene", "bag", "--scale", "0", "--layer", "blocks.1", "--within", "40"),
            try json("intervene", "bag", "--scale", "0", "--layer", "blocks.1", "--probe-head"),
        ]
        try Self.compare("intervene", with: counted, unseen: Set(ofClasses + ofClasses.map { "curve[].\($0)" }))
        try Self.compare("sae train", with: [trained, try json("sae", "import", try relu(place))])
        let session = try text("session.json", Self.session)
        let replayed = try json("replay", session, "--every")
        let agreed = try text(
            "agreed.json",
            Self.session.replacing(
                "\"target\": \"bag\"", with: "\"target\": \"bag\", \"outcome\": \(Self.outcome)"))
        try Self.compare(
            "replay", with: [replayed, try json("replay", agreed)],
            unseen: Set(["steps[].classes", "steps[].classes[]"] + ofClasses.map { "steps[].\($0)" }))
    }

    @Test("what commands without a study print is what the page says")
    func models() throws {
        let home = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let model = Samples.folder.appending(path: "target-vit").path
        let clip = Samples.folder.appending(path: "clip").path
        let images = try Samples.cut("t10k", to: 6, into: home, inflated: Samples.gunzip).path
        func json(_ arguments: String...) throws -> Any {
            let run = try CommandLineRun(arguments + ["--json"], home: home)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
            return try run.json()
        }
        try Self.compare(
            "import layer",
            with: try ["layer", "headed"].map { name in
                let file = Samples.root.appending(path: "Tests/Goldens/arrays/\(name).npz").path
                return try json("import", "layer", "--study", "\(name).study", "--name", "blocks.8", file)
            })
        try Self.compare("predict", with: [try json("predict", model, images, "--top", "2")])
        try Self.compare("layers", with: [try json("layers", model)], unseen: ["assumed[]"])
        try Self.compare(
            "embed",
            with: [
                try json("embed", clip, "--text", "boot", "--output", "a.npy"),
                try json("activations", model, images, "--hook", "norm", "--pooling", "cls", "--output", "b.npy"),
            ])
        try Data([0x80, 2, 0x8A]).write(to: home.appending(path: "no.pth"))
        let empty = home.appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        let swin = home.appending(path: "swin.safetensors")
        let header =
            "{\"swin.embeddings.patch_embeddings.projection.weight\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
        try Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)).write(to: swin)
        try Self.compare(
            "inspect",
            with: try [model, clip, "no.pth", empty.path, swin.path, try bare(home)].map { try json("inspect", $0) },
            unseen: ["assumed[]"])
        for index in 1...2 {
            _ = try json(
                "extract", "--study", "part\(index).study", "--shard", "\(index)/2", "--probe-images", images,
                "--held-out-images", images)
        }
        try Self.compare("merge", with: [try json("merge", "all.study", "part1.study", "part2.study")])
        let shares = home.appending(path: "some.study/shares")
        try FileManager.default.createDirectory(at: shares, withIntermediateDirectories: true)
        try Data(#"{"count": 3, "first": 1, "step": 1}"#.utf8).write(to: shares.appending(path: "plan.json"))
        try FileManager.default.copyItem(at: home.appending(path: "part1.study"), to: shares.appending(path: "001"))
        try Self.compare(
            "shares", with: [try json("shares", "some.study")],
            unseen: ["partial[]", "partial[].share", "partial[].rows", "partial[].of"])
    }

    /// What `verify` says of an evaluation, or of the same with another figure, another digest and a figure too many.
    private func verified(_ evaluation: Any, _ study: CommandLineStudy, altered: Bool = false) throws -> Any {
        var report = try #require(evaluation as? [String: Any])
        if altered {
            var figures = try #require(report["figures"] as? [[String: Any]])
            figures[0]["value"] = 12.5
            figures.append(["name": "no/such", "value": 1.0, "n": 1])
            // A figure that is left out, and a table that says another thing than the figures do.
            figures.remove(at: 1)
            report["figures"] = figures
            report["heldOutAccuracy"] = 0.99
            (report["invented"], report["layer"]) = ("more", nil)
            report["digests"] = ["alignment": "another"]
        }
        let file = study.home.appending(path: "report.json")
        try JSONSerialization.data(withJSONObject: report).write(to: file)
        let run = try CommandLineRun(["verify", file.path, "--json", "--study", study.path], home: study.home)
        #expect(run.status == (altered ? 1 : 0), "\(run.errors)")
        return try run.json()
    }

    /// The sample ViT without settings beside it.
    private func bare(_ home: URL) throws -> String {
        let folder = home.appending(path: "bare")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Samples.folder.appending(path: "target-vit/model.safetensors"),
            to: folder.appending(path: "model.safetensors"))
        return folder.path
    }

    /// An exported autoencoder as one without k.
    private func relu(_ folder: String) throws -> String {
        let file = URL(filePath: folder).appending(path: "cfg.json")
        let settings = try String(contentsOf: file, encoding: .utf8)
        try Data(settings.replacing("\"topk\"", with: "\"standard\"").utf8).write(to: file)
        return folder
    }

    /// A label for every concept of the sample, of these in turn.
    private func labels(_ names: [String]) throws -> String {
        let list = try String(contentsOf: Samples.folder.appending(path: "concepts.txt"), encoding: .utf8)
        return list.split(separator: "\n").enumerated().map { "\($1)\t\(names[$0 % names.count])\n" }.joined()
    }

    /// What `extract` and `info` say of a share.
    private func share(of study: CommandLineStudy) throws -> (extracted: Any, info: Any) {
        let made = try CommandLineRun(
            [
                "extract", "--study", "share.study", "--probe-images", "train10k-images-idx3-ubyte",
                "--held-out-images", "t10k-images-idx3-ubyte", "--shard", "1/2", "--json",
            ], home: study.home)
        #expect(made.status == 0, "\(made.errors)")
        let told = try CommandLineRun(["info", "--study", "share.study", "--json"], home: study.home)
        return (try made.json(), try told.json())
    }

    /// `extract` of folders with a damaged picture and an empty class.
    private func extractionWithFaults(_ study: CommandLineStudy) throws -> Any {
        for name in ["bag", "coat", "nothing"] {
            let folder = study.home.appending(path: "photos/\(name)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for index in 0..<(name == "nothing" ? 0 : 4) {
                let pixels = (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 &* (index + 3) &+ name.utf8.count) }
                let png = SmallPNG.grey(pixels, width: 28)
                try png.prefix(index == 2 ? 300 : png.count).write(to: folder.appending(path: "\(index).png"))
            }
        }
        let run = try CommandLineRun(
            [
                "extract", "--study", "faults.study", "--probe-images", "photos", "--held-out-images", "photos",
                "--json",
            ], home: study.home)
        #expect(run.status == 0, "\(run.errors)")
        return try run.json()
    }

    private static let entry =
        #""ranking": "contribution", "operator": "scaling", "scalingBeta": 1, "addingBeta": 0, "muted": false"#

    private static let session = """
        {"version": 1, "target": "bag",
         "start": {"entries": [{"concept": "bag", "top": 12, \(entry)}], "selected": 0, "units": "neuron"},
         "actions": [{"action": "scale", "entry": 0, "beta": 0.5}, {"action": "scale", "entry": 0, "beta": 0}]}
        """

    private static let outcome = """
        {"before": {"overall": 1, "ofClass": 1, "ofOthers": 1}, "after": {"overall": 1, "ofClass": 1, "ofOthers": 1},
         "images": 384, "imagesInAll": 384, "classImages": 40, "classImagesInAll": 40}
        """
}
