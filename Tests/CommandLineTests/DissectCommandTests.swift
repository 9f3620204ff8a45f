import Foundation
import TestSupport
import Testing

/// `miclip dissect` on small labelled images.
@Suite struct DissectCommandTests {
    @Test("labelled pixels give concepts to units, and a file that evaluate takes")
    func dissecting() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        #expect(try study.run("extract", "--layer", "blocks.1", "--layer", "logits").status == 0)
        let (broden, scenes) = (study.home.appending(path: "broden"), study.home.appending(path: "scenes"))
        try SmallMasks.broden(in: broden)
        try SmallMasks.sceneParsing(in: scenes)
        let table = study.home.appending(path: "dissected.csv").path
        func run(_ folder: URL, _ arguments: String...) throws -> CommandLineRun {
            try CommandLineRun(
                ["dissect", folder.path, "--study", study.path, "--layer", "blocks.1", "--share", "0.1"] + arguments,
                home: study.home)
        }
        let none = try run(study.home.appending(path: "nothere"))
        #expect(none.status == 66 && none.errors.contains("nothere: cannot be read: No such file or directory"))
        let runs = try [
            run(broden, "--json", "--output", table, "--top", "2"), run(scenes, "--json", "--images", "3"),
        ]
        for found in runs { #expect(found.status == 0, "\(found.errors)") }
        let documents = try runs.map { try $0.json() }
        try JSONDocumentTests.compare("dissect", with: documents)
        #expect(documents.map { $0["images"] as? Int } == [4, 3])
        #expect(documents.map { $0["concepts"] as? Int } == [3, 2])
        for document in documents {
            let units = try #require(document["units"] as? [[String: Any]])
            let first = try #require((units[0]["concepts"] as? [[String: Any]])?.first)
            let iou = try #require(first["iou"] as? Double)
            #expect(iou > 0.04 && iou <= 1)
        }
        let rows = try String(contentsOfFile: table, encoding: .utf8)
        #expect(rows.hasPrefix("layer,unit,description,similarity,category\r\nblocks.1,"))
        let text = try run(broden).output
        #expect(text.contains("stripe (object) ") && text.contains("4 images, 3 concepts: "))
        #expect(try run(broden).output == text, "the same again")
        let refused = try study.run("dissect", broden.path, "--layer", "logits")
        #expect(refused.status == 64 && refused.errors.contains("one vector an image"), "\(refused.errors)")
        let nothing = try run(study.home)
        #expect(nothing.status == 65 && nothing.errors.contains("expected labelled images"), "\(nothing.errors)")
    }
}
