import Foundation
import Testing

/// Several interventions, fits and replays from the command line.
@Suite struct SteeringCommandTests {
    @Test("intervene takes further interventions and tells what changed; replay gives the same figures")
    func interveneAndReplay() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let made = try study.run(
            "intervene", "bag", "--top", "12", "--scale", "0", "--and", "shirt:x2:8", "--and", "ankle boot:-0.5",
            "--changes", "--json"
        ).json()
        let held = try #require(made["and"] as? [[String: Any]])
        #expect(held.map { $0["concept"] as? String } == ["shirt", "ankle boot"])
        #expect(held.map { ($0["units"] as? [String])?.count } == [8, 12])
        #expect(held.map { $0["beta"] as? Double } == [2, -0.5])
        let changes = try #require(made["changes"] as? [String: Any])
        let wrong = try #require(changes["turnedWrong"] as? Int)
        #expect(wrong > 0 && (changes["flows"] as? [Any])?.isEmpty == false)
        let image = try #require((changes["images"] as? [[String: Any]])?.first)
        #expect((image["before"] as? [Any])?.count == 5)

        let session = study.home.appending(path: "session.json")
        let entry =
            #""ranking": "rivals", "operator": "scaling", "scalingBeta": 1, "addingBeta": 0, "muted": false"#
        let json = """
            {"version": 1, "target": "bag",
             "start": {"entries": [{"concept": "bag", "top": 12, \(entry)}], "selected": 0, "units": "neuron"},
             "actions": [
                {"action": "scale", "entry": 0, "beta": 0.5},
                {"action": "scale", "entry": 0, "beta": 0},
                {"action": "insert", "entry": 1, "intervention": {"concept": "shirt", "top": 8, \(entry)}},
                {"action": "scale", "entry": 1, "beta": 2},
                {"action": "insert", "entry": 2, "intervention": {"concept": "ankle boot", "top": 12, \(entry)}},
                {"action": "operator", "entry": 2, "operator": "adding"},
                {"action": "add", "entry": 2, "beta": -0.5}
             ]}
            """
        try Data(json.utf8).write(to: session)
        let replayed = try study.run("replay", session.path, "--every", "--json").json()
        let steps = try #require(replayed["steps"] as? [[String: Any]])
        #expect(steps.count == 7)
        for key in ["accuracy", "classAccuracy", "otherAccuracy"] {
            #expect(steps.last?[key] as? [String: Double] == made[key] as? [String: Double], "\(key)")
        }
        #expect(try study.run("replay", session.path).output.contains("ankle boot"))

        let empty = #"{"version": 1, "start": {"entries": [], "selected": 0, "units": "neuron"}, "actions": []}"#
        for text in [empty, json.replacing(#""version": 1"#, with: #""version": 2"#)] {
            try Data(text.utf8).write(to: session)
            let broken = try study.run("replay", session.path)
            #expect(broken.status == 65 && broken.errors.contains("not a session of miclip"))
        }
        #expect(try study.run("replay", study.home.appending(path: "none.json").path).status == 66)
    }

    @Test("fit prints β with both halves, in text and JSON; wrong options end with 64")
    func fit() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let made = try study.run("fit", "shirt", "--damage", "1", "--and", "coat:x1", "--json").json()
        #expect((made["betas"] as? [Double])?.count == 2)
        for half in ["fitted", "reported"] {
            let figures = try #require(made[half] as? [String: Any])
            #expect(figures["images"] as? Int == 192)
            #expect((figures["classAccuracy"] as? [String: Double])?.count == 2)
        }
        #expect(try study.run("fit", "shirt", "--top", "5").output.contains("reported on 192 images"))
        for arguments in [
            ["--damage", "-1"], ["--from", "3", "--to", "2"], ["--and", "coat"], ["--and", "coat:x1:0"],
        ] {
            let run = try CommandLineRun(["fit", "shirt"] + arguments + ["--study", study.path], home: study.home)
            #expect(run.status == 64, "\(arguments)")
        }
    }

    @Test("negative numbers are values of the option before them, in lists too")
    func negativeNumbers() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let made = try study.run("compare", "bag", "--with", "norm", "--scale", "1", "-1", "-.5", "2", "--json").json()
        let curve = try #require((made["curves"] as? [[String: Any]])?.first)
        let points = try #require(curve["points"] as? [[String: Any]])
        #expect(points.map { $0["beta"] as? Double } == [1, -1, -0.5, 2])
        let damage = try study.run("fit", "shirt", "--damage", "-1")
        #expect(damage.status == 64 && damage.errors.contains("--damage must be 0 or more"), "\(damage.errors)")
        let after = try study.run("fit", "shirt", "--", "--damage", "-1")
        #expect(after.status == 64 && !after.errors.contains("--damage must be"), "\(after.errors)")
    }

    @Test("a deep layer stops within the points asked for")
    func deepLayer() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let deep = study.home.appending(path: "deep.study").path
        let heldOut = study.home.appending(path: "t10k-images-idx3-ubyte").path
        let probe = study.home.appending(path: "train10k-images-idx3-ubyte").path
        let extracted = try CommandLineRun(
            [
                "extract", "--study", deep, "--layer", "blocks.1", "--probe-images", probe, "--held-out-images",
                heldOut,
            ], home: study.home)
        #expect(extracted.status == 0, "\(extracted.errors)")
        func count(_ arguments: String...) throws -> [String: Any] {
            try CommandLineRun(
                ["intervene", "bag", "--scale", "0", "--study", deep, "--json"] + arguments, home: study.home
            ).json()
        }
        let early = try count("--within", "40")
        #expect(early["images"] as? Int == 256)
        #expect((early["classInterval"] as? [Double])?.count == 2)
        let whole = try count()
        #expect(whole["images"] as? Int == 384 && whole["classInterval"] == nil)
        let second = try count("--images", probe)
        #expect(second["images"] as? Int == 512)
    }
}
