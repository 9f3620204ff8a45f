import Digests
import Files
import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("Images in tars")
struct ImageArchiveTests {
    private let scratch: ScratchFolder
    private let png = [UInt8](SmallPNG.grey([7], width: 1))
    private var folder: URL { scratch.url.standardizedFileURL }

    init() throws { scratch = try ScratchFolder() }

    private func open(_ files: [(String, [UInt8])], as name: String = "a.tar") throws -> any NamedImages {
        let url = try scratch.write(SmallTar.archive(files.map { (name: $0.0, bytes: $0.1) }), to: name)
        return try #require(try openImages(at: url) as? any NamedImages)
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func names(_ images: any NamedImages) -> [String] { (0..<images.count).map(images.name(of:)) }

    private func fault(_ files: [(String, [UInt8])]) -> String {
        do {
            let images = try open(files)
            return "\(names(images)) \(images.classNames ?? []) \(images.labels ?? [])"
        } catch VisionModelsError.file(.malformedTar(_, let byte, let member, let expected, let found)) {
            return "\(byte) \(member): \(expected); \(found)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `are those of a folder, byte for byte`() throws {
        let images = try open([("b/1.png", png), ("b/2.png", text("none")), ("a/3.png", png)])
        #expect(names(images) == ["a.tar/b/1.png", "a.tar/b/2.png", "a.tar/a/3.png"])
        #expect(images.classNames == ["a", "b"])
        #expect(images.labels == [1, 1, 0])
        #expect(images.root == folder.path)
        #expect(try images.image(0) == RawImage(shape: ImageShape(channels: 1, height: 1, width: 1), bytes: [7]))
        #expect(try images.digest(of: 2) == Digest(of: png))
        #expect(
            throws: VisionModelsError.malformedImage(
                file: "\(folder.path)/a.tar/b/2.png", .format(.text))
        ) { try images.image(1) }
    }

    @Test func `have the labels that stand beside them, numbers or names`() throws {
        let numbers = try open([
            ("1.png", png), ("1.cls", text("4")), ("1.txt", text("a cat")), ("0.jpg", png), ("0.cls", text("2\n")),
        ])
        #expect(numbers.classNames == nil)
        #expect(numbers.labels == [4, 2])
        let names = try open([
            ("x/1.png", png), ("x/1.json", text(#"{"label": "tench", "url": "…"}"#)), ("x/1.seg.png", png),
            ("x/2.PNG", png), ("x/2.json", text(#"{"label": "cock"}"#)),
        ])
        #expect(names.count == 2)
        #expect(names.classNames == ["cock", "tench"])
        #expect(names.labels == [1, 0])
        let both = try open([("1.png", png), ("1.json", text(#"{"label": 3}"#)), ("1.cls", text("5"))])
        #expect(both.labels == [5])
        let captions = try open([("1.png", png), ("1.json", text(#"{"caption": "x"}"#)), ("b.c.png", png)])
        #expect(captions.labels == nil)
        #expect(self.names(captions) == ["a.tar/1.png", "a.tar/b.c.png"])
        let some = try open([
            ("1.png", png), ("1.cls", text("a")), ("2.png", png), ("3.png", png), ("3.cls", text("b")),
        ])
        #expect(some.labels == nil)
        #expect(some.unclassified == 1)
        #expect(some.classified.labels == [0, 1])
        #expect(self.names(some.classified) == ["a.tar/1.png", "a.tar/3.png"])
        #expect(some.withoutClasses.count == 3)
    }

    @Test func `whose folders are called by numbers have names all the same`() throws {
        let images = try open([("d/10/a.png", png), ("d/9/a.png", png)])
        #expect(images.classNames == ["10", "9"])
        #expect(images.labels == [0, 1])
    }

    @Test func `that contradict themselves are refused by name and byte`() {
        #expect(
            fault([("1.png", png), ("1.png", png)]).hasPrefix(
                "1024 1.png: every name once; the name of the member at byte 0"))
        #expect(
            fault([("1.png", png), ("1.jpg", png), ("1.cls", text("0"))]).hasPrefix(
                "1024 1.jpg: one image of each sample"))
        #expect(fault([("1.png", png), ("1.jpg", png)]) == #"["a.tar/1.png", "a.tar/1.jpg"] [] []"#)
        #expect(
            fault([("1.png", png), ("1.cls", [0xFF])]).hasPrefix("1024 1.cls: a class: a number or a name; other bytes")
        )
        #expect(fault([("1.png", png), ("1.cls", [])]).contains("a class: a number or a name; nothing"))
        #expect(fault([("1.png", png), ("1.json", text("{"))]).hasPrefix("1024 1.json: "))
        #expect(
            fault([("1.png", png), ("1.json", text(#"{"label": [1]}"#))]).contains(
                "a number or a name as `label`; a list of 1"))
        #expect(
            fault([("1.png", png), ("1.cls", text("1")), ("2.png", png), ("2.cls", text("cat"))]).contains(
                #"2.png: a number from 0, as labels before it are, for a label; "cat""#))
        #expect(fault([("1.png", png), ("1.cls", text("-1"))]).contains(#"a number from 0, for a label; "-1""#))
        #expect(fault([("1.txt", text("x"))]).hasPrefix("noImages"))
        #expect(fault([("1.heic", text("x"))]).contains(#"["heic": 1]"#))
    }

    @Test func `are found in folders and by braces, and compressed ones are refused`() throws {
        for number in 8...11 {
            _ = try open([("\(number).png", png)], as: "t-\(number < 10 ? "0" : "")\(number).tar")
        }
        let all = try #require(try openImages(at: folder) as? any NamedImages)
        #expect(names(all) == ["t-08.tar/8.png", "t-09.tar/9.png", "t-10.tar/10.png", "t-11.tar/11.png"])
        let some = try #require(try openImages(at: folder.appending(path: "t-{09..10}.tar")) as? any NamedImages)
        #expect(names(some) == ["t-09.tar/9.png", "t-10.tar/10.png"])
        #expect(some.name == "t")
        #expect(throws: VisionModelsError.unreadable(file: "\(folder.path)/t-12.tar", code: ENOENT)) {
            try openImages(at: folder.appending(path: "t-{10..12}.tar"))
        }
        let packed = try scratch.write([0x1F, 0x8B, 8], to: "t-12.tar.gz")
        for url in [folder, packed] {
            #expect(throws: VisionModelsError.file(.compressedTar(file: "\(folder.path)/t-12.tar.gz", .gzip))) {
                try openImages(at: url.standardizedFileURL)
            }
        }
    }

    @Test func `are found again by their names, and where they changed it is told`() throws {
        let images = try open([("å/1.png", png), ("2.png", text("none"))])
        let archives = OpenArchives()
        func image(_ name: String, _ bytes: [UInt8]) throws -> RawImage? {
            try archives.image(at: folder.appending(path: name), ofDigest: Digest(of: bytes))
        }
        #expect(try image(images.name(of: 0), png) == images.image(0))
        #expect(try image(images.name(of: 0), [1]) == nil)
        #expect(throws: VisionModelsError.self) { try image("a.tar/2.png", text("none")) }
        #expect(throws: VisionModelsError.unreadable(file: "\(folder.path)/a.tar/3.png", code: ENOTDIR)) {
            try image("a.tar/3.png", png)
        }
        #expect(throws: VisionModelsError.unreadable(file: "\(folder.path)/b.tar/3.png", code: ENOENT)) {
            try image("b.tar/3.png", png)
        }
    }

    @Test func `have the digest of their archives, which are not read where their stamps are known`() throws {
        let images = try open([("1.png", png), ("1.cls", text("a"))])
        let stamp = try #require(FileStamp(path: folder.appending(path: "a.tar").path))
        let digest = try images.contentDigest(known: [:]) { _ in Issue.record("just written") }
        let known = Digest(of: try Data(contentsOf: folder.appending(path: "a.tar")))
        #expect(try images.contentDigest(known: [stamp: known]) { _ in } == digest)
        #expect(try images.contentDigest(known: [stamp: Digest("x")]) { _ in } != digest)
        let other = try open([("1.png", png), ("1.cls", text("b"))])
        #expect(try other.contentDigest(known: [stamp: known]) { _ in } != digest)
    }
}

@Suite("A folder of pictures with metadata")
struct ImageMetadataTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        let png = SmallPNG.grey([7], width: 1)
        for name in ["1.png", "2.png", "3.png", "sub/4.png"] {
            let file = scratch.file(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try png.write(to: file)
        }
    }

    private func labels(_ text: String, _ name: String = "metadata.csv") throws -> String {
        _ = try scratch.write(text, to: name)
        let images = try ImageFiles(folder: scratch.url)
        let kept = images.unclassified > 0 ? images.classified : images
        return (0..<kept.count).map { index in
            let label = kept.labels.map { String($0[index]) } ?? "?"
            return "\(kept.name(of: index))=\(label)"
        }.joined(separator: " ") + " \(kept.classNames ?? [])"
    }

    @Test func `has its labels`() throws {
        #expect(
            try labels("label,file_name\ntench,1.png\ncock,./2.png\ntench,3.png\ncock,sub/4.png\n")
                == #"1.png=1 2.png=0 3.png=1 sub/4.png=0 ["cock", "tench"]"#)
        #expect(try labels("file_name,label\n1.png,3\nsub/4.png,0\n2.png,\n") == "1.png=3 sub/4.png=0 []")
        try FileManager.default.removeItem(at: scratch.file("metadata.csv"))
        #expect(
            try labels(
                #"{"file_name": "2.png", "label": "a"}"# + "\n\n" + #"{"file_name": "1.png", "label": null}"#,
                "metadata.jsonl")
                == #"2.png=0 ["a"]"#)
    }

    @Test func `without labels, or of others, has none of them`() throws {
        let plain = #"sub/4.png=0 ["sub"]"#
        #expect(try labels("file_name,text\n1.png,a cat\n") == plain)
        #expect(try labels("isic_id,age\n1,3\n") == plain)
    }

    @Test func `that is wrong says the line`() {
        func fault(_ text: String) -> String {
            do { return try labels(text) } catch VisionModelsError.file(.malformedList(_, let line, let fault)) {
                return "\(line) \(fault)"
            } catch { return "\(error)" }
        }
        #expect(fault("file_name,label\n1.png,a\n9.png,b\n").hasPrefix(#"3 line(expected: "a file in the folder""#))
        #expect(fault("file_name,label\n1.png,a\n1.png,b\n").hasPrefix(#"3 line(expected: "the class that line 2"#))
        #expect(fault("file_name,label\n1.png,1\n2.png,b\n").hasPrefix(#"3 line(expected: "a number from 0"#))
        #expect(fault("file_name,label\n1.png\n").hasPrefix(#"2 line(expected: "2 columns""#))
    }
}
