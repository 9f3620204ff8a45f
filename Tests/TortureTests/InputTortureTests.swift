import Foundation
import TestSupport
import Testing

/// A short part of `make torture`, from a fixed seed.
@Suite("Torture", .serialized)
struct TortureTests {
    @Test("of every parser: no crash, no hang, no error without words")
    func inputs() throws {
        let run = try TortureRun("inputs", "--count", "20000", "--workers", "2")
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("of 31 parsers"), "\(run.output)")
    }

    @Test("tells a crash, a hang, too much memory, an error without words and a wrong answer, and goes on")
    func planted() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try TortureRun(
            "inputs", "--parser", "planted", "--count", "400", "--folder", folder.path,
            environment: ["MICLIP_TORTURE_SECONDS": "0.5"])
        #expect(run.status == 1)
        for words in [
            "ended by signal", "takes more than 0.5 seconds", "planted: planted", "an error that nobody words",
        ] {
            #expect(run.output.contains(words), "\(words): \(run.output)")
        }
        // Each is kept, and comes back by its number; on a busy machine not one that only took long.
        let lines = run.output.split(separator: "\n")
        let fault = try #require(lines.firstIndex { $0.contains("planted: planted") })
        let again = try #require(lines[fault...].first { $0.contains("again:") })
        let number = try #require(again.split(separator: "--from ").last?.split(separator: " ").first)
        let once = try TortureRun(
            "inputs", "--parser", "planted", "--from", String(number), "--count", "1", "--folder", folder.path,
            environment: ["MICLIP_TORTURE_SECONDS": "0.5"])
        #expect(once.status == 1 && once.output.contains("1 faults"), "\(once.output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.hasPrefix("planted-") })
    }
}

/// The program that tortures, run to its end.
struct TortureRun {
    let status: Int32
    let output: String

    init(_ arguments: String..., environment: [String: String] = [:]) throws {
        let program = Samples.program.deletingLastPathComponent().appending(path: "miclip-torture")
        // Tests beside it measure times.
        let run = try CommandRun(
            ["/usr/bin/nice", "-n", "19", program.path] + arguments,
            environment: ["MICLIP_RESOURCES": Samples.root.path].merging(environment) { $1 })
        (status, output) = (run.status, run.output)
    }
}
