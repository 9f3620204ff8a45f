import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("An activation file")
struct ActivationFileTests {
    private let scratch: ScratchFolder
    private let url: URL
    private let rows: Tensor

    init() throws {
        scratch = try ScratchFolder()
        url = scratch.file("norm.safetensors")
        var random = SeededRandom(seed: 2)
        rows = random.tensor([10, 2, 3])
    }

    private func open(metadata: [String: String] = ["model": "a"]) throws(FileError) -> ActivationFile {
        try ActivationFile(url, tensor: "activations", shape: [10, 2, 3], metadata: metadata)
    }

    private func batch(_ range: Range<Int>) -> Tensor {
        rows.reshaped([10, 6]).rows(range).reshaped([range.count, 2, 3])
    }

    @Test func `filled in batches is one tensor under its own name`() throws {
        var file = try open()
        for range in [0..<4, 4..<8, 8..<10] { try file.append(batch(range)) }
        #expect(try scratch.names == ["norm.safetensors.partial"], "nothing whole stands there yet")
        try file.finish()
        #expect(try scratch.names == ["norm.safetensors"])
        let checkpoint = try Checkpoint(url)
        #expect(checkpoint.metadata == ["model": "a"])
        #expect(try checkpoint.tensor("activations") == rows)
    }

    @Test func `left half-done goes on where it stopped`() throws {
        do {
            var file = try open()
            try file.append(batch(0..<4))
            try file.append(batch(4..<7))
        }
        var file = try open()
        #expect(file.completedRows == 7)
        try file.append(batch(7..<10))
        try file.finish()
        #expect(try Checkpoint(url).tensor("activations") == rows)
    }

    @Test func `starts afresh when the work is another or the rows are damaged`() throws {
        do {
            var file = try open()
            try file.append(batch(0..<4))
        }
        do { #expect(try open(metadata: ["model": "b"]).completedRows == 0) }
        do {
            var file = try open(metadata: ["model": "b"])
            try file.append(batch(0..<4))
        }
        let partial = URL(filePath: url.path + ".partial")
        var bytes = try Data(contentsOf: partial)
        bytes[bytes.count - 16 - 10 * 24 + 3] ^= 1  // in row 0
        try bytes.write(to: partial)
        #expect(try open(metadata: ["model": "b"]).completedRows == 0)
    }

    @Test func `has one writer at a time`() throws {
        let first = try open()
        #expect(throws: FileError.beingWritten(file: url.path)) { _ = try open() }
        #expect(first.completedRows == 0)
    }

    @Test func `larger than the disk is refused at once and leaves nothing behind`() throws {
        let error = #expect(throws: FileError.self) {
            _ = try ActivationFile(url, tensor: "a", shape: [1 << 40, 1 << 10])
        }
        switch error {
        case .unwritable(let file, let code): #expect(file == url.path && [ENOSPC, EFBIG].contains(code))
        default: Issue.record("\(String(describing: error)) is about something else")
        }
        #expect(try scratch.names == [])
    }
}
