import Foundation
import TestSupport
import Testing

/// What scripts may rely on: the JSON of every command, and help with an example.
@Suite struct ContractTests {
    @Test("locate, describe, intervene, info, align and layers answer in the JSON that is promised")
    func json() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }

        let info = try study.run("info", "--json").json()
        #expect(info["study"] as? String == study.path)
        #expect(info["model"] as? String == "target-vit")
        #expect(info["layer"] as? String == "norm")
        #expect(info["images"] as? Int == 896)
        #expect((info["concepts"] as? Int ?? 0) >= 150)
        let accuracy = try #require(info["accuracy"] as? Double)

        let located = try study.run("locate", "Ankle Boot", "--top", "4", "--json").json()
        #expect(located["concept"] as? String == "Ankle Boot")
        #expect(located["class"] as? String == "ankle boot")
        #expect(located["classOrigin"] as? String == "name")
        let units = try #require(located["units"] as? [[String: Any]])
        let sum = try study.run("locate", "ankle boot - heel + image 3", "--json").json()
        #expect((sum["nearest"] as? [String: Any])?["concept"] is String && sum["ranking"] as? String == "contribution")
        #expect(try study.run("locate", "image 3").output.contains("\nlike "))
        let none = try study.run("locate", "image 100000")
        #expect(none.status == 64 && none.errors.contains("no image 100000; the probe images are 0 to 511"))
        #expect(units.count == 4)
        let scores = units.compactMap { $0["score"] as? Double }
        #expect(scores == scores.sorted(by: >))
        let best = try #require(units[0]["unit"] as? String)
        #expect(best.hasPrefix("norm:") && (best.hasSuffix("+") || best.hasSuffix("-")))

        let described = try study.run("describe", best, "7-", "--top", "2", "--json").json()
        let descriptions = try #require(described["units"] as? [[String: Any]])
        #expect(descriptions.map { $0["unit"] as? String } == [best, "norm:7-"])
        let concepts = try #require(descriptions[0]["concepts"] as? [[String: Any]])
        #expect(concepts.count == 2)
        #expect(concepts[0]["concept"] is String && concepts[0]["score"] is Double)

        let removed = try study.run("intervene", "bag", "--top", "30", "--scale", "0", "--curve", "--json").json()
        #expect(removed["concept"] as? String == "bag")
        #expect(removed["class"] as? String == "bag")
        #expect(removed["operator"] as? String == "scaling")
        #expect(removed["beta"] as? Double == 0)
        #expect((removed["units"] as? [String])?.count == 30)
        #expect((removed["accuracy"] as? [String: Double])?["before"] == accuracy)
        for key in ["classAccuracy", "otherAccuracy"] {
            let change = try #require(removed[key] as? [String: Double])
            #expect(change["before"] != nil && change["after"] != nil)
        }
        let curve = try #require(removed["curve"] as? [[String: Double]])
        let identity = try #require(curve.first { $0["beta"] == 1 })
        #expect(identity["accuracy"] == accuracy)
        let zero = try #require(curve.first { $0["beta"] == 0 })
        #expect(zero["classAccuracy"] == (removed["classAccuracy"] as? [String: Double])?["after"])

        let added = try study.run("intervene", "bag", "--top", "5", "--add", "-0.5", "--class", "Coat", "--json").json()
        #expect(added["operator"] as? String == "adding")
        #expect(added["class"] as? String == "coat")

        let aligned = try study.run("align", "--method", "infonce", "--epochs", "2", "--json").json()
        #expect((aligned["epochs"] as? [Any])?.count == 2)

        let layers = try CommandLineRun(["layers", CommandLineRun.model, "--json"], home: study.home).json()
        let names = (layers["layers"] as? [[String: Any]])?.compactMap { $0["layer"] as? String }
        #expect(names == ["embeddings", "blocks.0", "blocks.1", "blocks.2", "blocks.3", "norm", "logits"])
    }

    @Test("map answers in JSON with points, categories and silhouettes, and draws SVG and PNG")
    func map() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let labels = study.home.appending(path: "labels.txt")
        try "ankle boot\tfootwear\nbag\tluggage\n".write(to: labels, atomically: true, encoding: .utf8)
        let options = ["--labels", labels.path, "--study", study.path]
        let svg = study.home.appending(path: "map.svg")
        let run = try CommandLineRun(["map", "--output", svg.path, "--json"] + options, home: study.home)
        #expect(run.status == 0, "\(run.errors)")
        let map = try run.json()
        let points = try #require(map["points"] as? [[String: Any]])
        #expect(points.count == 192)
        #expect(points.allSatisfy { $0["x"] is Double && $0["category"] is String && $0["unit"] is String })
        #expect((map["silhouette"] as? [String: [String: Any]])?["classes"]?["shuffles"] as? Int == 1000)
        #expect(map["categorySource"] as? String == labels.path)
        #expect(try String(contentsOf: svg, encoding: .utf8).hasPrefix("<svg "))
        let png = study.home.appending(path: "map.png")
        #expect(try CommandLineRun(["map", "--output", png.path] + options, home: study.home).status == 0)
        #expect(try Data(contentsOf: png).count > 10_000)
        #expect(try CommandLineRun(["map", "--output", "map.pdf"] + options, home: study.home).status == 64)

        let described = try study.run("describe", "7-", "--json").json()
        let quality = try #require((described["units"] as? [[String: Any]])?.first?["quality"] as? [String: Any])
        #expect(quality["clarity"] is Double && quality["dead"] as? Bool == false)
    }

    @Test(
        "sae trains and exports, and its features answer in the JSON that is promised; what is wrong is said in a line")
    func features() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let refused = try study.run("locate", "bag", "--units", "features")
        #expect(refused.status == 66 && refused.errors.contains("miclip sae train"))
        let trained = try study.run("sae", "train", "--features", "2x", "--k", "8", "--steps", "60", "--json").json()
        #expect(Set(trained.keys) == ["features", "k", "pooling", "explainedVariance", "l0", "deadShare", "seconds"])
        #expect(trained["features"] as? Int == 192)

        let info = try study.run("info", "--json").json()
        #expect((info["features"] as? [String: Any])?["features"] as? Int == 192)

        let sorted = try study.run("describe", "--units", "features", "--sort", "clarity", "--top", "1", "--json")
            .json()
        let list = try #require(sorted["units"] as? [[String: Any]])
        let qualities = list.compactMap { $0["quality"] as? [String: Any] }
        #expect(list.count == 192 && qualities.count == 192 && list[0]["does"] is [Any])
        let living = qualities.filter { $0["dead"] as? Bool == false }.compactMap { $0["clarity"] as? Double }
        #expect(living == living.sorted(by: >) && Set(living).count > 100)
        #expect(qualities.prefix(living.count).allSatisfy { $0["dead"] as? Bool == false }, "the dead come last")
        let picture = study.home.appending(path: "features.svg").path
        let map = try study.run("map", "--units", "features", "--output", picture, "--json").json()
        let points = try #require(map["points"] as? [[String: Any]])
        #expect(points.count == living.count && map["deadFeatures"] as? Int == 192 - living.count)
        #expect(points.allSatisfy { ($0["unit"] as? String)?.hasPrefix("norm:f") == true })
        #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("\(points.count) features of norm"))

        let located = try study.run("locate", "bag", "--units", "features", "--top", "3", "--json").json()
        let units = try #require(located["units"] as? [[String: Any]]).compactMap { $0["unit"] as? String }
        #expect(units.count == 3 && units.allSatisfy { $0.hasPrefix("norm:f") })
        let described = try study.run("describe", units[0], "--top", "2", "--json").json()
        let unit = try #require((described["units"] as? [[String: Any]])?.first)
        for key in ["concepts", "does", "density", "nearest", "neurons"] { #expect(unit[key] != nil, "\(key)") }
        let removed = try study.run(
            "intervene", "bag", "--units", "features", "--top", "3", "--scale", "0.5", "--json"
        ).json()
        #expect(removed["units"] as? [String] == units)

        let output = study.home.appending(path: "out").path
        #expect(try study.run("sae", "export", "--output", output).status == 0)
        let taken = try study.run("sae", "import", output, "--json").json()
        #expect(taken["explainedVariance"] as? Double == trained["explainedVariance"] as? Double)
        let pickle = study.home.appending(path: "sae.pt")
        try Data([0x80]).write(to: pickle)
        let unread = try study.run("sae", "import", pickle.path)
        #expect(unread.status == 65 && unread.errors.contains("python3 -c"))
    }

    @Test("export prints an empty list as JSON, CSV and Markdown")
    func emptyExport() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        #expect((try study.run("export", "--json").json()["findings"] as? [Any])?.isEmpty == true)
        let table = try study.run("export", "--format", "csv").output
        #expect(table.hasPrefix("kind,units,number of units,"))
        let file = study.home.appending(path: "findings.csv")
        #expect(try study.run("export", "--format", "csv", "--output", file.path).status == 0)
        #expect(try Data(contentsOf: file) == Data(table.utf8), "the same bytes, RFC 4180's line ends among them")
        #expect(try study.run("export").output.hasPrefix("# Findings"))
    }

    @Test(
        "every command has help with an example",
        arguments: [
            "explore", "extract", "align", "describe", "locate", "intervene", "evaluate", "map", "sae", "export",
            "info",
            "inspect", "layers", "predict", "embed", "activations", "merge", "shares",
        ])
    func help(command: String) throws {
        let run = try CommandLineRun([command, "--help"], home: FileManager.default.temporaryDirectory)
        #expect(run.status == 0)
        #expect(run.output.contains("Example") && run.output.contains("miclip \(command)"))
    }
}

/// Figures that stand on a guess.
@Suite struct DoubtTests {
    @Test("a pairing that was guessed is told by every verb that counts accuracy, and by info")
    func guessedPairing() throws {
        let home = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let images = home.appending(path: "images")
        var random = SeededRandom(seed: 3)
        let folders = [
            "t_shirt", "Trousers", "PULLOVERS", "dress", "coats", "sandal", "shirt", "sneaker", "zebra", "AnkleBoot",
        ]
        for folder in folders {
            let place = images.appending(path: folder)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for number in 0..<8 {
                let pixels = (0..<28 * 28).map { _ in UInt8.random(in: 0...255, using: &random) }
                try SmallPNG.grey(pixels, width: 28).write(to: place.appending(path: "\(number).png"))
            }
        }
        let study = home.appending(path: "a.study").path
        let made = try CommandLineRun(
            ["extract", "--study", study, "--probe-images", images.path, "--held-out-images", images.path], home: home)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("no class is called zebra; the only one left is bag"))
        let doubt = "1 class paired by what was left"
        #expect(try CommandLineRun(["info", "--study", study], home: home).output.contains("doubtful: \(doubt)"))
        for verb in [["intervene", "boot", "--scale", "0"], ["fit", "boot"]] {
            let run = try CommandLineRun(verb + ["--study", study], home: home)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("every accuracy is doubtful: \(doubt)"), "\(verb): \(run.errors)")
        }
    }
}
