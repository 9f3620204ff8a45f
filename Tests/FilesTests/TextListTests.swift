import Files
import Foundation
import TestSupport
import Testing

@Suite("A list that people write")
struct TextListTests {
    private static let expected = [
        TextList.Entry(text: "ankle boot", line: 2), TextList.Entry(text: "t-shirt", line: 4),
    ]

    private func list(_ bytes: some Sequence<UInt8>) throws -> TextList { try TextList(Array(bytes), file: "list") }

    private func fault(_ bytes: some Sequence<UInt8>) -> (line: Int, fault: ListFault)? {
        do { _ = try list(bytes) } catch FileError.malformedList(_, let line, let fault) {
            return (line, fault)
        } catch { Issue.record(error) }
        return nil
    }

    @Test(arguments: ["\n", "\r\n", "\r", "\u{85}", "\u{2028}"])
    func `is the same whatever ends its lines`(end: String) throws {
        let text = ["# ours", "ankle boot \t", "", " t-shirt", "\u{A0}"].joined(separator: end)
        #expect(try list(text.utf8).entries == Self.expected)
        #expect(try list(([0xEF, 0xBB, 0xBF] + text.utf8) + end.utf8).entries == Self.expected)
        for mark in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] {
            let wide = text.utf16.flatMap {
                mark[0] == 0xFF ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)]
            }
            #expect(try list(mark + wide).entries == Self.expected)
        }
    }

    @Test func `is parted by NUL as find prints it`() throws {
        #expect(try list("a b\0c\0".utf8).texts == ["a b", "c"])
    }

    @Test func `keeps a combining mark at the start of a line apart from its end`() throws {
        #expect(try list("a\n\u{301}b\n".utf8).texts == ["a", "\u{301}b"])
    }

    @Test(arguments: [
        #"["ankle boot", "t-shirt"]"#, "['ankle boot', \"t-shirt\",]\n", "[\n  'ankle\\x20boot',\n 't\\u002dshirt'\n]",
    ])
    func `is read as JSON and Python write it`(text: String) throws {
        #expect(try list(text.utf8).texts == ["ankle boot", "t-shirt"])
    }

    @Test func `is lines where brackets are part of a name`() throws {
        #expect(try list("[MASK]\n{}\n{} of a boot".utf8).texts == ["[MASK]", "{}", "{} of a boot"])
    }

    @Test func `that is none says why and where`() {
        #expect(fault([])! == (0, .empty))
        #expect(fault("# nothing\n\n".utf8)! == (0, .empty))
        #expect(fault("[]".utf8)! == (0, .empty))
        #expect(fault(Array("a\n".utf8) + [0xC3, 0x28])! == (2, .encoding))
        #expect(fault("boot\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })! == (0, .encoding))
        #expect(fault([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0])! == (0, .utf32))
        #expect(fault([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A])! == (0, .binary))
        #expect(fault("a\nb\nlong line\0c".utf8)! == (3, .binary))
        #expect(fault(#"{"0": "boot"}"#.utf8)! == (1, .json(expected: "a list of texts, found an object")))
        #expect(fault("[\n\"a\",\n2]".utf8)! == (3, .json(expected: "a text between quotation marks")))
        #expect(fault("[1, 2]".utf8)! == (1, .json(expected: "a list of texts, found other things in it")))
        #expect(fault("[\"a\"] b".utf8)! == (1, .json(expected: "nothing behind the list")))
    }

    @Test func `tells what stands in it more than once`() throws {
        let found = try list("a\nb\na\n#\nb\nc\na".utf8).repetitions()
        #expect(found.map(\.text) == ["a", "b"])
        #expect(found.map(\.lines) == [[1, 3, 7], [2, 5]])
    }

    @Test func `of identifiers and words gives both, on every line or on none`() throws {
        let names = try list("n01440764 tench, Tinca tinca\nn01443537\tgoldfish".utf8).names()
        #expect(names.map(\.name) == ["tench, Tinca tinca", "goldfish"])
        #expect(names.map(\.identifier) == ["n01440764", "n01443537"])
        #expect(try list("n01440764\nboot".utf8).names().map(\.name) == ["n01440764", "boot"])
        #expect(throws: FileError.self) { try list("n01440764 tench\nboot".utf8).names() }
    }

    @Test func `is read from a pipe`() throws {
        let scratch = try ScratchFolder()
        let pipe = scratch.file("pipe")
        try #require(mkfifo(pipe.path, 0o600) == 0)
        Thread.detachNewThread { try? Data("boot\nbag\n".utf8).write(to: pipe) }
        #expect(try TextList(pipe).texts == ["boot", "bag"])
    }

    /// Read in a fraction of a second; with time as the square of the length it would take minutes.
    @Test func `takes time as it is long`() throws {
        let lines = String(repeating: "a concept of some words\r\n", count: 200_000)
        var count = 0
        let seconds = try processorSeconds { count = try list(lines.utf8).entries.count }
        #expect(count == 200_000 && seconds < 20)
    }
}
