import Files
import Foundation
import TestSupport
import Testing
import WordNet

@Suite struct WordNetTests {
    private let folder: URL

    init() throws {
        folder = try Samples.temporaryFolder()
        for (name, text) in SmallWordNet().files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
    }

    @Test("nouns are found as they are, in any case, and by the base form of a plural")
    func lookup() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let wordNet = try WordNet(folder)
        for (noun, base) in [
            ("Boot", "boot"), ("boots", "boot"), ("ankle boots", "ankle_boot"), ("women", "woman"),
            ("glasses", "glass"),
        ] {
            #expect(
                wordNet.senses(of: noun) == wordNet.senses(of: base) && !wordNet.senses(of: noun).isEmpty, "\(noun)")
        }
        for noun in ["boo", "bootz", "", "zebra", "a", "1"] { #expect(wordNet.senses(of: noun).isEmpty, "\(noun)") }
        let boot = try #require(wordNet.senses(of: "boot").first)
        #expect(try wordNet.hypernyms(of: boot) == wordNet.senses(of: "footwear"))
    }

    @Test(
        "a concept's category is the nearest listed ancestor; a phrase is read by its tail, an adjective is an attribute"
    )
    func categories() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let categories = SuperCategories(try WordNet(folder))
        for (concept, category) in [
            ("ankle boot", "footwear"), ("dark ankle boots", "footwear"), ("clothing", "clothing"),
            ("striped glass", "container"), ("artifact", "artifact"), ("plain", "attribute"), ("loop", "other"),
            ("nothing known", "other"), ("", "other"),
        ] {
            #expect(try categories.category(of: concept) == category, "\(concept)")
        }
    }

    @Test("in a set a rarer sense counts where more of the set speaks of its kind")
    func categoriesOfASet() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let categories = SuperCategories(try WordNet(folder))
        #expect(try categories.category(of: "case") == "container")
        #expect(try categories.categories(of: ["case", "boot"])["case"] == "container", "1/1 against 1/2")
        #expect(try categories.categories(of: ["case", "boot", "ankle boot"])["case"] == "container", "a tie")
        let found = try categories.categories(of: ["dark case", "boots", "ankle boot", "dark boot", "plain", "nothing"])
        #expect(
            found == [
                "dark case": "footwear", "boots": "footwear", "ankle boot": "footwear", "dark boot": "footwear",
                "plain": "attribute", "nothing": "other",
            ])
    }

    @Test("a database that is not what its index says is named, not trusted")
    func damaged() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try "boot n 1 1 @ 1 0 3  \n".write(
            to: folder.appending(path: "index.noun"), atomically: true, encoding: .utf8)
        let file = folder.appending(path: "data.noun").path
        let wordNet = try WordNet(folder)
        let sense = try #require(wordNet.senses(of: "boot").first)
        #expect(throws: FileError.damagedDatabase(file: file, byte: 3, expected: "a synset")) {
            try wordNet.hypernyms(of: sense)
        }
        #expect(throws: FileError.self) { try WordNet(folder.appending(path: "none")) }
    }

    @Test("an identifier has the lemmas of the database, or of a list of words before it")
    func lemmas() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let wordNet = try WordNet(folder)
        let boot = try #require(wordNet.senses(of: "boot").first)
        let digits = String(boot.offset)
        let identifier = "n" + String(repeating: "0", count: 8 - digits.count) + digits
        #expect(try WordNetLemmas(words: nil, database: wordNet)[identifier] == "boot")
        let words = folder.appending(path: "words.txt")
        try "\u{FEFF}n00000009\ta shoe, a thing \r\n\(identifier) Stiefel\r\n".write(
            to: words, atomically: true, encoding: .utf8)
        let lemmas = try WordNetLemmas(words: words, database: wordNet)
        #expect(lemmas[identifier] == "Stiefel")
        #expect(lemmas["n00000009"] == "a shoe, a thing")
        #expect(lemmas["n0000000"] == nil && lemmas["n99999999"] == nil && lemmas["boot"] == nil)
    }

    @Test("counts that no line can have are damage, not a crash")
    func wrongCounts() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (index, data) = (folder.appending(path: "index.noun"), folder.appending(path: "data.noun"))
        let (lines, synsets) = (
            try String(contentsOf: index, encoding: .utf8), try String(contentsOf: data, encoding: .utf8)
        )
        let boot = try #require(WordNet(folder).senses(of: "boot").first)
        for count in ["-1", "0", "9223372036854775807"] {
            try lines.replacing("boot n 1", with: "boot n \(count)").write(to: index, atomically: true, encoding: .utf8)
            #expect(try WordNet(folder).senses(of: "boot").isEmpty, "\(count) senses")
            try lines.write(to: index, atomically: true, encoding: .utf8)
            // As long as before, so that the offsets hold.
            let pointers = count.count < 3 ? count + String(repeating: " ", count: 3 - count.count) : count
            try synsets.replacing("boot 0 002", with: "boot 0 \(pointers)")
                .write(to: data, atomically: true, encoding: .utf8)
            let damaged = try WordNet(folder)
            if count == "0" {
                #expect(try damaged.hypernyms(of: boot) == [])
            } else {
                #expect(throws: FileError.self, "\(count) pointers") { try damaged.hypernyms(of: boot) }
            }
            try synsets.write(to: data, atomically: true, encoding: .utf8)
        }
    }

    @Test("WNSEARCHDIR goes before every other place")
    func folders() {
        #expect(WordNet.folders(["WNSEARCHDIR": "/a", "WNHOME": "/b"]).map(\.path) == ["/a"])
        #expect(WordNet.folders(["WNHOME": "/b"]).first?.path == "/b/dict")
    }

    @Test("Counts that no file of WordNet can have are no counts")
    func damagedCounts() throws {
        let most = Int.max
        let text = "boot%1:06:00:: 1 2\nboot%1:06:01:: 2 \(most)\nboot%3:00:00:: 1 3\nboot%5:00:00:x:00 2 \(most)\n"
        try Data(text.utf8).write(to: folder.appending(path: "cntlist.rev"))
        #expect(try WordNet(folder).isMostlyAdjective("boot"))
    }

    @Test("a labels file takes the place of WordNet; a line without a tab is refused")
    func labels() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "labels.txt")
        try "# ours\nAnkle Boot\tshoes\n\nbag\tthings\n".write(to: file, atomically: true, encoding: .utf8)
        let categories = try SuperCategories(labels: file)
        #expect(try ["ankle boot", "bag", "hat"].map(categories.category) == ["shoes", "things", "other"])
        try "bag things\n".write(to: file, atomically: true, encoding: .utf8)
        let fault = ListFault.line(expected: "a concept, a tab and its category", found: "bag things")
        #expect(throws: FileError.malformedList(file: file.path, line: 1, fault)) {
            try SuperCategories(labels: file)
        }
    }
}
