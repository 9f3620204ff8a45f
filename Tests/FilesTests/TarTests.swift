import Files
import Foundation
import TestSupport
import Testing

@Suite("The index of a tar")
struct TarTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func index(_ bytes: [UInt8]) throws -> TarIndex {
        try TarIndex(MappedFile(scratch.write(bytes, to: "a.tar")))
    }

    private func fault(_ bytes: [UInt8]) -> String {
        do {
            let index = try index(bytes)
            return "\(index.members.map { String(decoding: $0.name, as: UTF8.self) })"
        } catch FileError.malformedTar(_, let byte, let member, let expected, let found) {
            return "\(byte) \(member): \(expected); \(found)"
        } catch {
            return "\(error)"
        }
    }

    /// Goldens/make_tar_goldens.py.
    @Test(arguments: ["ustar", "gnu", "pax"])
    func `of Python's tarfile has its members`(format: String) throws {
        let file = try MappedFile(Samples.root.appending(path: "Tests/Goldens/tars/\(format).tar"))
        let members = try TarIndex(file).members
        let found = members.map { member in
            (
                String(decoding: member.name, as: UTF8.self),
                file.withBytes { String(decoding: $0[member.bytes], as: UTF8.self) }
            )
        }
        var expected = [
            ("0001.jpg", "first"), ("0001.cls", "7\n"),
            (
                String(repeating: "a/", count: 40) + String(repeating: "b", count: 60) + ".png",
                String(repeating: "x", count: 513)
            ),
            ("empty.png", ""), ("grün/五.webp", String(repeating: "y", count: 512)),
        ]
        if format != "ustar" { expected.append((String(repeating: "c", count: 150) + ".jpg", "long")) }
        expected.append(("link.jpg", "first"))
        #expect(found.map(\.0) == expected.map(\.0))
        #expect(found.map(\.1) == expected.map(\.1))
    }

    @Test func `takes a size of pax in place of the header's, and GNU's numbers in base 256`() throws {
        let name = String(repeating: "d/", count: 100) + "e.png"
        let pax = SmallTar.pax([("size", "3"), ("path", name), ("mtime", "1.5")])
        let member = SmallTar.member("e.png", Array("abc".utf8), size: "00000000000")
        var large = SmallTar.member("f.png", Array("xyz".utf8), size: "")
        large.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0, count: 10) + [3])
        var archive = SmallTar.archive([pax + member + large])
        let start = pax.count + member.count
        var header = Array(archive[start..<start + 512])
        header.replaceSubrange(148..<156, with: [UInt8](repeating: 32, count: 8))
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        archive.replaceSubrange(start + 148..<start + 156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum).utf8) + [0, 32])
        let members = try index(archive).members
        #expect(members.map { String(decoding: $0.name, as: UTF8.self) } == [name, "f.png"])
        #expect(members.map(\.bytes.count) == [3, 3])
        #expect(members.map { String(decoding: archive[$0.bytes], as: UTF8.self) } == ["abc", "xyz"])
    }

    @Test func `that is damaged says where`() throws {
        let whole = SmallTar.archive([("one.png", Array("1".utf8)), ("two.png", [UInt8](repeating: 50, count: 600))])
        #expect(try index(whole).members.count == 2)
        #expect(fault(Array(whole[..<1600])).hasPrefix("1024 two.png: 600 bytes; 64"))
        #expect(
            fault(Array(whole[..<2560])).contains("2560 : the archive's end, a block of zeros; the end of the file"))
        #expect(fault(whole + Array("more".utf8)).hasPrefix("3584 : nothing behind the archive's end at byte 2560"))
        #expect(fault(whole + whole).hasPrefix("3584 : nothing behind"))
        var damaged = whole
        damaged[1030] ^= 1
        #expect(fault(damaged).hasPrefix("1024 : a header with its checksum; none"))
        #expect(fault(Array("no tar at all".utf8)).hasPrefix("0 : the archive's end"))
        #expect(fault([0x1F, 0x8B] + whole).contains("gzip"))
        #expect(fault([UInt8](repeating: 0, count: 512)) == "[]", "an empty archive")
    }

    @Test func `refuses what is not read`() throws {
        func one(_ name: String, type: Character = "0", link: String = "") -> String {
            fault(SmallTar.archive([SmallTar.member("z.png", [1]), SmallTar.member(name, [], type: type, link: link)]))
        }
        #expect(one("a.png") == #"["z.png", "a.png"]"#)
        #expect(one("./a.png") == #"["z.png", "a.png"]"#)
        #expect(one("folder/", type: "5") == #"["z.png"]"#)
        #expect(one("/etc/a.png").contains(#"a file's name within the archive; "/etc/a.png""#))
        #expect(one("a/../../b.png").contains("within the archive"))
        #expect(one("").contains("within the archive; none"))
        #expect(one("a.png", type: "S").contains("a whole file; a sparse one"))
        #expect(one("a.png", type: "M").contains(#"type "M""#))
        #expect(one("a.png", type: "1", link: "y.png").contains("the file it is a link to"))
        #expect(one("a.png", type: "1", link: "z.png") == #"["z.png", "a.png"]"#)
        let sparse = SmallTar.pax([("GNU.sparse.major", "1")]) + SmallTar.member("a.png", [1])
        #expect(fault(SmallTar.archive([sparse])).contains("a sparse one"))
        let malformed = SmallTar.member("x", Array("99 path=a\n".utf8), type: "x") + SmallTar.member("a.png", [1])
        #expect(fault(SmallTar.archive([malformed])).hasPrefix("512 : a pax record"))
        #expect(
            fault(SmallTar.archive([SmallTar.member("a.png", [], size: "00000000009")])).contains("a number from 0"))
        #expect(fault(SmallTar.archive([SmallTar.member("a.png", [], size: "77777777777")])).contains("cut short"))
    }

    @Test func `is named in ranges of braces as shells have them`() {
        #expect(BraceRange.names("t-{008..011}.tar") == ["t-008.tar", "t-009.tar", "t-010.tar", "t-011.tar"])
        #expect(BraceRange.names("{a,b}/{0..4..2}") == ["a/0", "a/2", "a/4", "b/0", "b/2", "b/4"])
        #expect(BraceRange.names("{3..1}") == ["3", "2", "1"])
        #expect(BraceRange.names("{9..10}") == ["9", "10"])
        #expect(BraceRange.names("{x}{1..2}") == ["{x}1", "{x}2"])
        for none in ["a.tar", "{a}", "{1..}", "{1..2", "{0..9999999}", "{0..999}{0..999}", "{}"] {
            #expect(BraceRange.names(none) == nil, "\(none)")
        }
    }
}
