import ArgumentParser
import Foundation
import TestSupport

/// Looks for what is silently wrong, lost or let in: `make torture`. Everything is made from a seed, so what fails comes
/// back.
@main
struct Torture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "miclip-torture", abstract: "Damaged inputs, studies, disks and processes.",
        subcommands: [
            Inputs.self, DamagedStudies.self, KilledPrograms.self, FullDisks.self, TwoPrograms.self, Terminals.self,
            Work.self,
        ])
}

/// How large a run is.
struct RunOptions: ParsableArguments {
    @Option(help: "From which everything is made.") var seed: UInt64 = 20_261_126
    @Option(help: "Where inputs that fail are kept (default: a new folder).") var folder: String?

    func makeFolder() throws -> URL {
        let url =
            folder.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "miclip-torture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Runs in a folder, which is left where something was found.
    func run(_ name: String, _ body: (StudyMaker) throws -> [String]) throws {
        let folder = try makeFolder().appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let began = Date()
        let faults = try body(StudyMaker(in: folder))
        print("\(name): \(Int(Date().timeIntervalSince(began))) s, seed \(seed)")
        for fault in faults { print("FAULT \(name): \(fault)") }
        try? FileManager.default.removeItem(at: folder)
        guard faults.isEmpty else { throw ExitCode.failure }
    }
}

enum Parsers {
    static func all() throws -> [Parser] {
        try Parser.pictures() + Parser.imageSets() + Parser.archives() + Parser.tensors() + Parser.settings()
            + Parser.autoencoders()
            + Parser.tokenizers() + Parser.lists() + Parser.wordNet() + Parser.ground() + Parser.own()
    }

    /// One that does all that none may, for the tests of this program.
    static let planted = Parser(
        name: "planted", share: 1, samples: [Parser.Sample("a", "a")],
        prepare: { _ in
            { _, bytes in
                switch bytes.reduce(0, { $0 + Int($1) }) % 64 {
                case 1: fatalError("planted")
                case 2: throw Fault("planted")
                case 3: throw CocoaError(.coderInvalidValue)
                case 4: if [UInt8](repeating: 1, count: 3 << 30).reduce(0, &+) == bytes.count { throw Refusal() }
                case 5: while true { Thread.sleep(forTimeInterval: 0.1) }
                default: break
                }
            }
        })

    static func named(_ names: [String]) throws -> [Parser] {
        let all = try all() + [planted]
        return try names.map { name in
            guard let parser = all.first(where: { $0.name == name }) else {
                throw ValidationError("no parser “\(name)”; there are \(all.map(\.name).joined(separator: ", "))")
            }
            return parser
        }
    }
}

struct Inputs: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Damaged inputs for every parser.")

    @OptionGroup var options: RunOptions
    @Option(help: "Inputs in all.") var count = 1_200_000
    @Option(help: "The number of each parser's first input.") var from = 0
    @Option(help: "Only these parsers.") var parser: [String] = []
    @Option(help: "Processes at a time.") var workers = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        let parsers = parser.isEmpty ? try Parsers.all() : try Parsers.named(parser)
        let folder = try options.makeFolder()
        let campaign = Campaign(parsers: parsers, seed: options.seed, folder: folder, workers: workers)
        let (counts, found) = try campaign.run(total: count, from: from)
        for (parser, count) in zip(parsers, counts) {
            print(
                "\(parser.name): \(count.tried) inputs, \(count.accepted) read, \(count.refused) refused, "
                    + "\(count.faults) faults, \(Int(count.seconds)) s")
        }
        print("in all \(counts.reduce(0) { $0 + $1.tried }) inputs of \(parsers.count) parsers, seed \(options.seed)")
        for fault in found {
            print(
                "FAULT \(fault.parser): \(fault.words); \(fault.file)\n  again: miclip-torture inputs --parser "
                    + "'\(fault.parser)' --seed \(options.seed) --from \(fault.index) --count 1")
        }
        guard found.isEmpty else { throw ExitCode.failure }
        if options.folder == nil { try? FileManager.default.removeItem(at: folder) }
    }
}

struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One parser's inputs.", shouldDisplay: false)

    @Argument var parser: String
    @Option var seed: UInt64
    @Option var from: Int
    @Option var to: Int
    @Option var report: String

    func run() throws {
        let report = try ReportPage(URL(filePath: report))
        try Worker(parser: try Parsers.named([parser])[0], seed: seed).run(from..<to, report: report)
    }
}
