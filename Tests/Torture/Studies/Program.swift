import Foundation
import TestSupport

/// How a run of `miclip` ended.
struct Ending {
    /// Nil where a signal ended it.
    var status: Int32?
    var isHung = false
    var output: String
    var errors: String

    /// One line on standard error that says what is wrong, and a status of sysexits for data, input or reading and writing.
    var isWordedFailure: Bool {
        guard let status, [65, 66, 74].contains(status) else { return false }
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("miclip: ") }
        return lines.count == 1 && output.isEmpty
    }

    var summary: String {
        let how = isHung ? "hangs" : status.map { "status \($0)" } ?? "ended by a signal"
        return "\(how); \(errors.suffix(300).debugDescription)"
    }
}

/// The built program on studies below a folder.
struct Program: Sendable {
    let home: URL

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - seconds: after which it hangs.
    ///   - environment: what it has beside the usual.
    func run(
        _ arguments: [String], within seconds: Double = 120, environment: [String: String] = [:]
    ) throws -> Ending {
        let process = Process()
        process.executableURL = Samples.program
        process.arguments = arguments
        process.currentDirectoryURL = home
        process.environment = [
            "HOME": home.path, "XDG_DATA_HOME": home.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
            "MICLIP_RESOURCES": Samples.root.path, "SWIFT_BACKTRACE": "enable=no",
        ].merging(environment) { $1 }
        let files = try ["out", "err"].map { kind in
            let url = FileManager.default.temporaryDirectory.appending(
                path: "miclip-torture-\(UUID().uuidString).\(kind)")
            _ = FileManager.default.createFile(atPath: url.path, contents: nil)
            return (url: url, handle: try FileHandle(forWritingTo: url))
        }
        defer { for file in files { try? FileManager.default.removeItem(at: file.url) } }
        (process.standardOutput, process.standardError) = (files[0].handle, files[1].handle)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let began = Date()
        var isHung = false
        while process.isRunning {
            usleep(2000)
            if Date().timeIntervalSince(began) > seconds {
                isHung = true
                kill(process.processIdentifier, SIGKILL)
            }
        }
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: $0.url), as: UTF8.self) }
        return Ending(
            status: process.terminationReason == .exit ? process.terminationStatus : nil, isHung: isHung,
            output: texts[0],
            errors: texts[1])
    }

    /// Runs it until `kill -9` comes before a change to the disk, or to its end where it makes fewer.
    ///
    /// - Parameter change: the first is 1.
    func run(_ arguments: [String], killedBeforeChange change: Int) throws -> Ending {
        try run(arguments, environment: ["LD_PRELOAD": diskChanges.path, "DISK_CHANGES_END": "\(change)"])
    }

    /// How many changes to the disk something makes that must not fail; threads make some more or fewer of them.
    func changes(by arguments: [String]) throws -> Int {
        let file = home.appending(path: "changes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let environment = ["LD_PRELOAD": diskChanges.path, "DISK_CHANGES_COUNT": file.path]
        try must(arguments, run(arguments, environment: environment))
        let count = try Data(contentsOf: file).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard count > 0 else { throw Fault("\(diskChanges.path) counts no changes to the disk") }
        return Int(count)
    }

    private var diskChanges: URL { home.appending(path: "disk-changes.so") }

    /// Compiles what counts changes to the disk.
    func prepareDiskChanges() throws {
        let built = try CommandRun(
            ["/usr/bin/env", "clang", "-O1", "-shared", "-fPIC", "Tests/DiskChanges/changes.c", "-ldl"]
                + ["-o", diskChanges.path])
        guard built.status == 0 else { throw Fault("changes.c: \(built.output)") }
    }

    /// Runs what must not fail.
    @discardableResult
    func must(_ arguments: [String]) throws -> String { try must(arguments, run(arguments)) }

    @discardableResult
    private func must(_ arguments: [String], _ ending: Ending) throws -> String {
        guard ending.status == 0 else { throw Fault("miclip \(arguments.joined(separator: " ")): \(ending.summary)") }
        return ending.output
    }
}

/// What a study answers, question by question.
struct Answers: Equatable, Sendable {
    var texts: [String]

    /// Questions to a study; those that its layers allow.
    static let neurons = [
        ["info", "--json"], ["locate", "boot", "--json"], ["describe", "--top", "3", "--json"],
        ["intervene", "bag", "--top", "5", "--scale", "0", "--json"], ["export", "--json"],
    ]
    static let imported = [["info", "--json"], ["locate", "boot", "--json"], ["describe", "--top", "3", "--json"]]
    static let features = [
        ["locate", "boot", "--units", "features", "--json"], ["describe", "--units", "features", "--json"],
    ]
    static let deep = [
        ["locate", "boot", "--layer", "blocks.1", "--json"],
        ["intervene", "bag", "--layer", "blocks.1", "--top", "5", "--scale", "0", "--json"],
    ]

    /// - Throws: what fails.
    init(_ program: Program, _ study: String, _ questions: [[String]]) throws {
        texts = try questions.map { Self.lasting(try program.must($0 + ["--study", study])) }
    }

    /// Without the time that something took, which no two runs share.
    static func lasting(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { line in !["\"seconds\"", "\"created\"", "\"folder\"", "\"study\""].contains { line.contains($0) }
            }
            .joined(separator: "\n")
    }
}

/// What was tried and what was wrong.
struct Verdict: Sendable {
    var tried = 0
    /// By a word for how it ended.
    var counts: [String: Int] = [:]
    var faults: [String] = []

    mutating func count(_ word: String) { counts[word, default: 0] += 1 }

    static func + (a: Verdict, b: Verdict) -> Verdict {
        Verdict(
            tried: a.tried + b.tried, counts: a.counts.merging(b.counts, uniquingKeysWith: +),
            faults: a.faults + b.faults)
    }

    var summary: String {
        let counts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(tried) tried: \(counts), \(faults.count) faults"
    }
}
