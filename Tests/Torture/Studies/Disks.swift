import Foundation
import TestSupport

/// A small disk that is filled up: reading goes on with no byte free; writing says in one line that there is no room, loses
/// nothing, and goes on where there is.
struct Disks {
    let maker: StudyMaker
    let seed: UInt64

    private static let writers: [(name: String, arguments: @Sendable (StudyMaker, String) -> [String])] = [
        ("add a layer", { $0.extraction($1, layers: ["blocks.1"]) }),
        ("align", { StudyMaker.alignment + ["--study", $1] }),
        ("sae train", { StudyMaker.training + ["--study", $1] }),
        ("export", { ["export", "--output", $1 + ".json", "--study", $1] }),
        ("map", { ["map", "--output", $1 + ".svg", "--study", $1] }),
    ]

    /// - Parameter count: how many full disks.
    /// - Returns: nil where no disk can be mounted.
    func run(_ count: Int) throws -> Verdict? {
        let disk = maker.program.home.appending(path: "disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        guard geteuid() == 0, try Self.shell("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.path) == 0 else {
            return nil
        }
        defer { _ = try? Self.shell("umount", "-l", disk.path) }
        try maker.program.must(maker.extraction("plain"))
        try maker.program.must(StudyMaker.alignment + ["--study", "plain"])
        try maker.mark("plain", notes: ["first", "second"])
        let answers = try Answers(maker.program, "plain", Answers.neurons)
        var results: [String: Answers] = [:]
        var verdict = Verdict()
        for index in 0..<count {
            var random = SeededRandom(seed: seed &+ UInt64(index) << 24)
            let (name, arguments) = Self.writers[index % Self.writers.count]
            if results[name] == nil {
                try maker.copy("plain", as: "whole")
                try maker.program.must(arguments(maker, "whole"))
                results[name] = try Answers(maker.program, "whole", Answers.neurons)
            }
            let room =
                index < Self.writers.count
                ? 0 : Int.random(in: 0...64, using: &random) << Int.random(in: 8...14, using: &random)
            verdict.tried += 1
            let place = "seed \(seed), disk \(index), \(room) bytes free, \(name)"
            do {
                try one(room: room, "disk/study", arguments(maker, "disk/study"), (answers, results[name]!), &verdict)
            } catch {
                verdict.faults.append("\(place): \(error)")
            }
            for file in try FileManager.default.contentsOfDirectory(at: disk, includingPropertiesForKeys: nil) {
                try FileManager.default.removeItem(at: file)
            }
        }
        return verdict
    }

    private func one(
        room: Int, _ study: String, _ arguments: [String], _ whole: (before: Answers, after: Answers),
        _ verdict: inout Verdict
    ) throws {
        let program = maker.program
        try maker.copy("plain", as: study)
        let filler = program.home.appending(path: "disk/filler")
        try Self.fill(filler, leaving: room)
        func check(_ answers: Answers, _ when: String) throws {
            let found = try Answers(program, study, Answers.neurons).texts.map { $0.replacing(study, with: "plain") }
            for (place, texts) in zip(found, answers.texts.map { $0.replacing("whole", with: "plain") }).enumerated()
            where texts.0 != texts.1 {
                throw Fault("\(when), another answer to “\(Answers.neurons[place].joined(separator: " "))”")
            }
        }
        try check(whole.before, "full")
        let ending = try program.run(arguments)
        if ending.status == 0 {
            verdict.count("had room enough")
        } else {
            guard ending.status == 74, ending.isWordedFailure else { throw Fault("full: \(ending.summary)") }
            verdict.count("full")
            // What an interrupted command began may stand; what was there must.
            let text = try program.must(["export", "--json", "--study", study])
            guard text.contains("first"), text.contains("second") else { throw Fault("findings are lost") }
            _ = try Answers(program, study, [["info", "--json"], ["locate", "boot", "--json"]])
        }
        try FileManager.default.removeItem(at: filler)
        try program.must(arguments)
        try check(whole.after, "with room again")
    }

    /// Takes all room but some.
    private static func fill(_ file: URL, leaving room: Int) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw Fault("\(file.path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 1, count: 4096)
        var size = 0
        while write(descriptor, page, page.count) == page.count { size += page.count }
        ftruncate(descriptor, off_t(max(0, size - room)))
    }

    static func shell(_ command: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
