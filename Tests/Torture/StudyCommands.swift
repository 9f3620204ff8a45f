import ArgumentParser
import Foundation

struct DamagedStudies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studies", abstract: "A finished study, damaged bit by bit and by SQL.")

    @OptionGroup var options: RunOptions
    @Option(help: "Studies with damaged files.") var files = 1000
    @Option(help: "Studies with damaged rows.") var rows = 1000
    @Option(help: "Studies at a time.") var workers = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        try options.run("damaged studies") { maker in
            let verdict = try Damage(maker: maker, seed: options.seed, workers: workers).run(
                bytes: files, statements: rows)
            print("damaged studies: \(verdict.summary)")
            return verdict.faults
        }
    }
}

struct KilledPrograms: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kills",
        abstract: "kill -9 before one of a command's changes to the disk, or at any time of the explorer.")

    @OptionGroup var options: RunOptions
    @Option(help: "Kills in all.") var count = 1600
    @Option(help: "One of the commands: it alone, killed before each of its changes.") var every: String?
    @Option(help: "Programs at a time.") var workers = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        try options.run("kills") { maker in
            let kills = Kills(maker: maker, seed: options.seed, workers: workers)
            if let every {
                let verdict = try kills.everywhere(every)
                print("kills everywhere in \(every): \(verdict.summary)")
                return verdict.faults
            }
            let results = try kills.run(count)
            for (name, verdict) in results { print("kills of \(name): \(verdict.summary)") }
            let all = results.reduce(Verdict()) { $0 + $1.verdict }
            print("kills in all: \(all.counts["killed", default: 0]) killed of \(all.tried)")
            return all.faults
        }
    }
}

struct FullDisks: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "disks", abstract: "A small disk, filled up.")

    @OptionGroup var options: RunOptions
    @Option(help: "Full disks.") var count = 100

    func run() throws {
        try options.run("full disks") { maker in
            guard let verdict = try Disks(maker: maker, seed: options.seed).run(count) else {
                print("full disks: skipped, as no disk can be mounted without being root")
                return []
            }
            print("full disks: \(verdict.summary)")
            return verdict.faults
        }
    }
}

struct TwoPrograms: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "together", abstract: "Two processes at one study.")

    @OptionGroup var options: RunOptions
    @Option(help: "Pairs.") var count = 40

    func run() throws {
        try options.run("two programs") { maker in
            let verdict = try Together(maker: maker, seed: options.seed).run(count)
            print("two programs: \(verdict.summary)")
            return verdict.faults
        }
    }
}

struct Terminals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Random keys, sequences and answers under every terminal.")

    @OptionGroup var options: RunOptions
    @Option(help: "Programs, each under another terminal.") var rounds = 44
    @Option(help: "What is sent to each.") var keys = 200
    @Option(help: "The number of the first.") var from = 0

    func run() throws {
        try options.run("terminals") { _ in
            let (verdict, terminals, tokens) = try TerminalTorture(seed: options.seed).run(
                rounds: rounds, keys: keys, from: from)
            print("terminals: \(terminals) kinds, \(tokens) tokens, \(verdict.summary)")
            return verdict.faults
        }
    }
}
