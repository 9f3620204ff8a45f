import Foundation
import TestSupport
import Testing

/// Dossiers as pages: computed again, and made again, by `verify`.
@Suite struct VerifiedPageTests {
    @Test("a page is verified as it was written, and whatever is edited in it is found")
    func pages() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let groups = study.home.appending(path: "groups.txt")
        try Data((0..<384).map { "t10k #\($0)\t\($0 % 2)\n" }.joined().utf8).write(to: groups)
        func verified(_ page: String, _ more: String...) throws -> CommandLineRun {
            let file = study.home.appending(path: "edited.html")
            try Data(page.utf8).write(to: file)
            return try CommandLineRun(["verify", file.path, "--study", study.path] + more, home: study.home)
        }
        let commands = [
            ["audit", "--groups", groups.path, "--list", "2"], ["compare", "bag", "--with", "norm", "--scale", "0"],
            ["report", "--groups"],
        ]
        for command in commands {
            let file = study.home.appending(path: "\(command[0]).html")
            let made = try CommandLineRun(command + ["--study", study.path, "--output", file.path], home: study.home)
            #expect(made.status == 0, "\(made.errors)")
            let page = try String(contentsOf: file, encoding: .utf8)
            let same = try verified(page)
            #expect(
                same.status == 0 && same.output.hasSuffix("values of the tables, and so is the page\n"),
                "\(same.output)")
            // A study may lie elsewhere on the machine that verifies.
            let moved = study.home.appending(path: "moved.study")
            try FileManager.default.copyItem(atPath: study.path, toPath: moved.path)
            let elsewhere = try CommandLineRun(["verify", file.path, "--study", moved.path], home: study.home)
            #expect(elsewhere.status == 0, "\(elsewhere.output)\(elsewhere.errors)")
            try FileManager.default.removeItem(at: moved)
        }
        let page = try String(contentsOf: study.home.appending(path: "audit.html"), encoding: .utf8)
        let shown = try #require(page.firstMatch(of: /<td>(\d)(\d*\.\d %)/))
        let figure = try #require(page.firstMatch(of: /"leaning" : -?\d+\.\d/))
        let sentence = try #require(page.firstRange(of: "<p>"))
        let cell = shown.output.0.replacing(shown.output.1, with: shown.output.1 == "9" ? "8" : "9", maxReplacements: 1)
        let edits: [(String, String, String)] = [
            (
                "a figure that is shown", page.replacingCharacters(in: shown.range, with: cell),
                "differs in the page: line "
            ),
            (
                "a figure of the document", page.replacingCharacters(in: figure.range, with: "\"leaning\" : 7.5"),
                "differs in the tables: "
            ),
            (
                "a sentence", page.replacingCharacters(in: sentence, with: "<p>Proven beyond doubt. "),
                "Proven beyond doubt."
            ),
            (
                "a line", page.replacing("</body>", with: "<p>And more.</p>\n</body>"),
                "And more. reported, nothing found"
            ),
            ("how it looks", page.replacing("h1 {", with: "td { display: none } h1 {"), "differs in the page: line 9"),
        ]
        for (name, edited, expected) in edits {
            #expect(edited != page)
            let run = try verified(edited)
            #expect(run.status == 1 && run.output.contains(expected), "\(name): \(run.output)\(run.errors)")
        }
        try JSONDocumentTests.compare(
            "verify", with: [try verified(edits[0].1, "--json").json(), try verified(edits[3].1, "--json").json()],
            unseen: [
                "otherLines", "otherLines[].reported", "differing[]", "otherValues[]", "differing[].name",
                "differing[].reported", "differing[].found", "missing[]", "leftOut[]",
                "otherValues[].place", "otherValues[].reported", "otherValues[].found", "otherDigests[]",
            ])
        let unnamed = try CommandLineRun(
            ["verify", study.home.appending(path: "audit.html").path], home: study.home)
        #expect(
            unnamed.status == 64 && unnamed.errors.contains("name the study that it was made of with --study"),
            "\(unnamed.output)\(unnamed.errors)")
        let none = try verified("<!doctype html>\n<html></html>\n")
        #expect(none.status != 0 && none.errors.contains("wrote as JSON or .html"), "\(none.errors)")
    }
}
