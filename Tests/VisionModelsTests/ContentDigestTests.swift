import Digests
import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("The digest of a folder of images")
struct ContentDigestTests {
    private let scratch: ScratchFolder
    private var folder: URL { scratch.url }

    init() throws {
        scratch = try ScratchFolder()
        for index in 0..<3 { try write("picture \(index)", to: "\(index).png", secondsAgo: 100) }
    }

    private func write(_ text: String, to name: String, secondsAgo: Double) throws {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: file.path)
    }

    @Test func `is the same from what is known, and files just written are read again`() throws {
        let files = try ImageFiles(folder: folder)
        var kept: [FileStamp: Digest] = [:]
        let digest = try files.contentDigest { kept = $0 }
        // Just written, whatever their dates say: the change of the file itself cannot be set back.
        #expect(kept.isEmpty)
        let stamps = try (0..<3).map { try #require(FileStamp(path: folder.appending(path: "\($0).png").path)) }
        let known = Dictionary(uniqueKeysWithValues: try stamps.enumerated().map { ($1, try files.digest(of: $0)) })
        #expect(try files.contentDigest(known: known) { _ in Issue.record("nothing is read") } == digest)
        // What is known is believed…
        #expect(try files.contentDigest(known: [stamps[1]: Digest("other")]) != digest)
        // …of the same state of a file alone.
        try write("picture X", to: "1.png", secondsAgo: 100)
        let changed = try files.contentDigest()
        #expect(changed != digest)
        #expect(try files.contentDigest(known: known) == changed)
    }
}
