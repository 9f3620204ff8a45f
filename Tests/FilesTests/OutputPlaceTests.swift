import Files
import Foundation
import TestSupport
import Testing

/// Where output goes that a user asked for; what is no file must never be replaced by one.
@Suite("Places of outputs")
struct OutputPlaceTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func write(_ text: String, to url: URL) throws { try OutputPlace(url).write(Array(text.utf8)) }
    private func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

    @Test("A file is replaced, a free name taken")
    func files() throws {
        let url = scratch.file("a.txt")
        for text in ["long text", "short"] {
            try write(text, to: url)
            #expect(try self.text(url) == text)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["a.txt"])
    }

    @Test("Links stay, and lead to what was written", arguments: [false, true])
    func links(isThere: Bool) throws {
        let (target, middle, link) = (scratch.file("target.txt"), scratch.file("middle"), scratch.file("link"))
        if isThere { try write("before", to: target) }
        let files = FileManager.default
        try files.createSymbolicLink(atPath: middle.path, withDestinationPath: "target.txt")
        try files.createSymbolicLink(at: link, withDestinationURL: middle)
        try write("after", to: link)
        #expect(try files.destinationOfSymbolicLink(atPath: middle.path) == "target.txt")
        #expect(try files.destinationOfSymbolicLink(atPath: link.path) == middle.path)
        #expect(try text(target) == "after")
    }

    @Test("A link is followed from where it really stands")
    func foldersBehindLinks() throws {
        let (files, real) = (FileManager.default, scratch.file("deep/real"))
        try files.createDirectory(at: real, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: scratch.file("alias").path, withDestinationPath: "deep/real")
        try files.createSymbolicLink(
            atPath: real.appending(path: "link").path, withDestinationPath: "../target.txt")
        try write("here", to: scratch.file("alias/link"))
        #expect(try text(scratch.file("deep/target.txt")) == "here")
    }

    @Test("Links in a circle and folders are told")
    func impossible() throws {
        let (one, other) = (scratch.file("one"), scratch.file("other"))
        try FileManager.default.createSymbolicLink(at: one, withDestinationURL: other)
        try FileManager.default.createSymbolicLink(at: other, withDestinationURL: one)
        #expect(throws: FileError.self) { try OutputPlace(one) }
        #expect(throws: FileError.unwritable(file: scratch.url.path, code: EISDIR)) { try OutputPlace(scratch.url) }
    }

    @Test("A pipe takes what is written, in order")
    func pipe() throws {
        let url = scratch.file("pipe")
        #expect(mkfifo(url.path, 0o600) == 0)
        let reader = open(url.path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try write("one ", to: url)
        try write("two", to: url)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 7 && String(decoding: bytes.prefix(7), as: UTF8.self) == "one two")
        // Its header would come last.
        #expect(throws: FileError.unwritable(file: url.path, code: EINVAL)) { _ = try NPYFile(url, rowShape: [1]) }
    }

    @Test("Devices stay devices, and what a process has open is gone on with")
    func devices() throws {
        try write("gone", to: URL(filePath: "/dev/null"))
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        let url = scratch.file("open.txt")
        let descriptor = open(url.path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        for word in ["one ", "two ", "three"] {
            try write(word, to: URL(filePath: "/dev/fd/\(descriptor)"))
            #expect(Glibc.write(descriptor, "| ", 2) == 2)
        }
        #expect(try text(url) == "one | two | three| ")
    }
}
