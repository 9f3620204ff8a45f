import Files
import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("Class folders and classes")
struct ClassMatchingTests {
    private let fashion = ["t-shirt", "trousers", "pullover", "dress", "ankle boot"]

    private func pairs(
        _ folders: [String], _ classes: [String], map: ClassMap? = nil, lemmas: [String: String] = [:]
    ) throws -> ClassMatching {
        try ClassMatching(folders: folders, classes: classes, lemmas: { lemmas[$0] }, map: map)
    }

    private func mismatch(
        _ folders: [String], _ classes: [String], map: ClassMap? = nil
    ) -> ClassMatching.Mismatch? {
        do throws(ClassMatching.Mismatch) {
            _ = try ClassMatching(folders: folders, classes: classes, map: map)
            return nil
        } catch { return error }
    }

    @Test(arguments: ["t-shirt", "tshirt", "T-Shirt", "TShirt", "t_shirt", "t shirt", "T-Shirts", "tshirts", "t–shirt"])
    func `are paired however a name is written`(_ spelling: String) throws {
        let folders = [spelling, "AnkleBoot", "DRESS", "Trouser", "pull-over"].sorted()
        let found = try pairs(folders, fashion)
        let classes = Dictionary(uniqueKeysWithValues: zip(folders, found.classes))
        #expect(classes == [spelling: 0, "AnkleBoot": 4, "DRESS": 3, "Trouser": 1, "pull-over": 2])
        #expect(found.doubt == nil && found.pairings.allSatisfy { $0 == .name })
    }

    @Test func `are paired by plurals, accents and the words of a class`() throws {
        let classes = ["café", "pony", "leaf", "dress", "box", "plan", "tench, Tinca tinca", "tabby, tabby cat"]
        let folders = ["Cafe", "boxes", "dresses", "leaves", "plan", "ponies", "tabby_cat", "tench"]
        #expect(try pairs(folders, classes).classes == [0, 4, 3, 2, 5, 1, 7, 6])
        // A plane is no plan, a cape no cap.
        #expect(
            mismatch(["cape", "plane"], ["cap", "plan"])
                == .unmatched(folders: ["cape", "plane"], classes: ["cap", "plan"]))
        #expect(
            mismatch(["1.5", "C++"], ["15", "C"]) == .unmatched(folders: ["1.5", "C++"], classes: ["15", "C"]))
    }

    @Test func `are paired by WordNet identifiers, bare or before a name`() throws {
        let lemmas = ["n01440764": "tench, Tinca tinca", "n01443537": "goldfish, Carassius auratus"]
        let classes = ["goldfish, Carassius auratus", "tench, Tinca tinca"]
        for folders in [
            ["n01440764", "n01443537"], ["n01440764 tench", "n01443537 goldfish"],
            ["n01440764_tench", "n01443537-Goldfish"],
        ] { #expect(try pairs(folders, classes, lemmas: lemmas).classes == [1, 0]) }
        // The name alone will do, and so will an identifier on the other side.
        #expect(try pairs(["n01440764 tench", "n01443537 goldfish"], classes).classes == [1, 0])
        let identified = ["n01443537 goldfish", "n01440764"]
        let found = try pairs(["n01440764", "n01443537"], identified)
        #expect(found.classes == [1, 0] && found.pairings == [.name, .identifier])
    }

    @Test func `of one name in two classes are told by their neighbours`() throws {
        let classes = ["hen", "crane", "drake", "crane", "zebra"]
        let lemmas = ["n01": "", "n01500000": "hen", "n01600000": "crane", "n01700000": "drake", "n01800000": "crane"]
        let found = try pairs(["n01500000", "n01600000", "n01700000", "n01800000"], classes, lemmas: lemmas)
        #expect(found.classes == [0, 1, 2, 3])
        // Equal classes are one, whose images are the first's.
        #expect(try pairs(["crane", "hen"], ["hen", "crane", "crane"]).classes == [1, 0])
    }

    @Test func `are paired by what is left where that is one of each, and it is said`() throws {
        let folders = ["ankle boot", "dress", "jersey", "t-shirt", "trousers"]
        let found = try pairs(folders, fashion)
        #expect(found.classes == [4, 3, 2, 0, 1])
        #expect(found.doubt == .leftOver(folder: "jersey", class: "pullover"))
        #expect(found.pairings.filter { $0 == .leftOver }.count == 1)
        #expect(found.doubt?.description == "1 class paired by what was left")
        // Two of each tell nothing, and neither does one folder among more classes.
        #expect(
            mismatch(["ankle boot", "frock", "jersey", "t-shirt", "trousers"], fashion)
                == .unmatched(folders: ["frock", "jersey"], classes: ["pullover", "dress"]))
        #expect(mismatch(["jersey", "t-shirt"], fashion) != nil)
    }

    @Test func `are numbers from 0 or from 1 where all are`() throws {
        let classes = (0..<10).map { "class \($0)" }
        let fromOne = (1...10).map(String.init).sorted()
        let found = try pairs(fromOne, classes)
        #expect(found.classes == fromOne.map { Int($0)! - 1 } && found.doubt == nil)
        #expect(try pairs((0...9).map { "0\($0)" }, classes).classes == Array(0...9))
        #expect(mismatch((2...11).map(String.init), classes) != nil)
        #expect(mismatch((0...4).map(String.init), classes) != nil)
        #expect(mismatch(["0", "1", "one"], ["a", "b", "c"]) != nil)
        // Names that are numbers are names; from 0 where the names are from 1, nobody knows.
        #expect(try pairs(["1", "2", "3"], ["3", "2", "1"]).classes == [2, 1, 0])
        #expect(mismatch(["0", "1", "2"], ["1", "2", "3"]) != nil)
    }

    @Test func `are paired in order only where identifiers meet identifiers or numbers`() throws {
        let folders = ["n01440764", "n01443537", "n01484850"]
        let found = try pairs(folders, ["LABEL_0", "LABEL_1", "LABEL_2"])
        #expect(found.classes == [0, 1, 2] && found.doubt == .byOrder)
        #expect(found.doubt?.description == "classes paired by order")
        #expect(try pairs(folders, ["n02000001", "n02000002", "n02000003"]).doubt == .byOrder)
        #expect(mismatch(folders, ["n02000003", "n02000002", "n02000001"]) != nil)
        #expect(mismatch(folders, ["tench", "goldfish", "shark"]) != nil)
        #expect(mismatch(["a", "b", "c"], ["x", "y", "z"]) != nil)
    }

    @Test func `that name one class, or one of several that are written alike, are errors`() throws {
        #expect(
            mismatch(["T-shirt", "dress", "t_shirt"], ["t-shirt", "dress"])
                == .oneClass(folders: ["T-shirt", "t_shirt"], class: "t-shirt"))
        #expect(try pairs(["TShirt", "t-shirt"], ["T-Shirt", "t-shirt", "TShirt"]).classes == [2, 1])
        #expect(
            mismatch(["t shirt", "t-shirt", "x"], ["T-Shirt", "t-shirt"])
                == .unmatched(folders: ["t shirt", "x"], classes: ["T-Shirt"]))
        #expect(try pairs(["Crane", "crane"], ["crane", "crane", "hen"]).classes == [0, 0])
    }

    @Test func `are paired as a list of pairs says`() throws {
        let scratch = try ScratchFolder()
        let text = "\u{FEFF}# folder, class\r\nfrock\tdress\r\n\r\njersey, pullover\r\n\"boots, high\",ankle boot\r\n"
        let map = try ClassMap(contentsOf: scratch.write(Data(text.utf8), to: "map.txt"))
        let folders = ["boots, high", "frock", "jersey", "tshirt"]
        let found = try pairs(folders, fashion, map: map)
        #expect(found.classes == [4, 3, 2, 0] && found.pairings == [.map, .map, .map, .name])
        #expect(found.doubt == nil)
        // Two folders may be one class where somebody says so; a class may be told by its number.
        let both = ClassMap(file: "map", ["a": "dress", "b": "3", "c": "T-Shirt"])
        #expect(try pairs(["a", "b", "c"], fashion, map: both).classes == [3, 3, 0])
        #expect(
            mismatch(["a"], fashion, map: ClassMap(file: "map", ["a": "hat"]))
                == .unknownClass(folder: "a", class: "hat", file: "map"))
        for bad in ["frock\n", "frock,\n", "a\tb\na\tc\n"] {
            let file = try scratch.write(Data(bad.utf8), to: "bad.txt")
            #expect(throws: VisionModelsError.self) { try ClassMap(contentsOf: file) }
        }
    }
}
