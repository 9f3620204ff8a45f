import Foundation
import GRDB
import TestSupport

/// Random keys, sequences and answers under every terminal of the database: no crash, no hang, the terminal restored, no
/// finding lost.
struct TerminalTorture {
    let seed: UInt64

    /// - Parameters:
    ///   - rounds: programs run, each under another terminal.
    ///   - keys: tokens sent to each.
    func run(rounds: Int, keys: Int, from first: Int = 0) throws -> (verdict: Verdict, terminals: Int, tokens: Int) {
        var order = SeededRandom(seed: seed)
        let terminals = TerminalDatabase.names.shuffled(using: &order)
        var study = try Self.markedStudy()
        var (verdict, tokens, seen) = (Verdict(), 0, Set<String>())
        for number in first..<first + rounds {
            var place = number
            while !TerminalDatabase.canPositionCursor(terminals[place % terminals.count]) { place += 1 }
            let term = terminals[place % terminals.count]
            var round = TortureRound(seed: seed &+ UInt64(number), term: term, study: study)
            let status = try round.run(tokens: keys)
            verdict.tried += 1
            verdict.count("ended with status \(status)")
            verdict.faults += round.faults
            tokens += round.sent.count
            seen.insert(term)
            if try study.findings().count < 2 {
                verdict.faults.append("a finding is lost; \(round.place); all \(round.sent)")
                study = try Self.markedStudy()
            }
        }
        return (verdict, seen.count, tokens)
    }

    /// A study with two findings.
    private static func markedStudy() throws -> PreparedStudy {
        let program = try RunningProgram()
        guard program.hasOpened() else { throw Fault("the explorer does not open: \(program.screen.text)") }
        for key in ["mone\r", "\u{1B}", "j", "mtwo\r"] {
            program.type(key)
            program.look(for: 0.1)
        }
        guard program.wait(for: "Kept") else { throw Fault("nothing is kept: \(program.screen.text)") }
        program.look(for: 0.3)
        program.send("\u{3}")
        guard program.exitStatus() == 0 else { throw Fault("the explorer does not end") }
        return program.study
    }
}

enum TerminalDatabase {
    static let names: [String] = {
        let folders = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"]
        let names = folders.flatMap { (try? FileManager.default.subpathsOfDirectory(atPath: $0)) ?? [] }
            .filter { $0.contains("/") }.map { String($0.split(separator: "/")[1]) }
        return Set(names).sorted()
    }()

    /// Without a cursor to move the program refuses, as another test shows; parts of entries that others are made of
    /// (`dg+color8`) have none either.
    static func canPositionCursor(_ name: String) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/infocmp")
        process.arguments = ["-1", name]
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return true }
        let entry = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return entry.split(separator: "\n").contains { $0.hasPrefix("\tcup=") }
    }
}

/// One program, tortured.
struct TortureRound {
    let seed: UInt64
    let term: String
    let study: PreparedStudy
    private(set) var sent: [String] = []
    private(set) var faults: [String] = []
    private var random: SeededRandom

    init(seed: UInt64, term: String, study: PreparedStudy) {
        (self.seed, self.term, self.study) = (seed, term, study)
        random = SeededRandom(seed: seed)
    }

    private mutating func expect(_ isTrue: Bool, _ words: String) {
        if !isTrue { faults.append("\(words); \(place)") }
    }

    var place: String { "seed \(seed), TERM=\(term), after \(sent.suffix(12).map(\.debugDescription))" }

    /// Runs to the end; the exit status.
    mutating func run(tokens: Int) throws -> Int32 {
        let program = try RunningProgram(
            study: study, term: term, columns: Int.random(in: 10...220, using: &random),
            rows: Int.random(in: 3...70, using: &random))
        program.answers = Bool.random(using: &random)
        expect(program.wait { _ in !program.sent.isEmpty }, "it says nothing")
        // Half of them while the study opens, where Escape stops it.
        if Bool.random(using: &random) { expect(program.settles(), "it does not come to rest") }
        for index in 0..<tokens {
            if let status = program.exitStatus(within: 0) {
                expect(status == 0, "status \(status)")
                if ProcessInfo.processInfo.environment["MICLIP_TORTURE_TELL"] != nil {
                    print("ended early: \(place); all \(sent)")
                }
                return status
            }
            step(program)
            // The moment it happens, not the end, tells why.
            guard findings() >= 2 else {
                expect(false, "a finding is deleted")
                break
            }
            if index % 50 == 49 { probe(program) }
        }
        return end(program)
    }

    /// As the study has them now.
    private func findings() -> Int {
        let file = study.folder.appending(path: "study.sqlite").path
        let sql = "SELECT count(*) FROM finding WHERE deleted IS NULL"
        return (try? DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: sql) }) ?? 2
    }

    private mutating func step(_ program: RunningProgram) {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<3:
            program.resize(
                columns: Int.random(in: 1...250, using: &random), rows: Int.random(in: 1...90, using: &random))
            sent.append("resize")
        case 3:
            program.signal([SIGWINCH, SIGCONT, SIGTSTP].randomElement(using: &random) ?? SIGWINCH)
            sent.append("signal")
        default:
            let token = TortureToken.random(&random)
            sent.append(token.text)
            // Escape and a character are Alt with it only together.
            if token.isTearable, token.text.unicodeScalars.count > 2,
                Int.random(in: 0..<4, using: &random) == 0
            {
                let bytes = Array(token.text.unicodeScalars)
                let cut = Int.random(in: 1..<bytes.count, using: &random)
                program.send(String(String.UnicodeScalarView(bytes[..<cut])))
                program.look(for: Double.random(in: 0...0.06, using: &random))
                program.send(String(String.UnicodeScalarView(bytes[cut...])))
            } else {
                program.send(token.text)
            }
        }
        program.look(for: Double.random(in: 0...0.008, using: &random))
    }

    /// Whether it still draws.
    private mutating func probe(_ program: RunningProgram) {
        // Whatever was left without its end is given up first.
        program.look(for: 1.1)
        let before = program.sent.count
        program.send("\u{0C}")
        sent.append("probe")
        let answered = program.wait { _ in
            program.sent.count > before || program.exitStatus(within: 0) != nil
        }
        expect(answered, "it hangs (\(program.doing))")
    }

    private mutating func end(_ program: RunningProgram) -> Int32 {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: program.signal(SIGTERM)
        case 1: program.signal(SIGHUP)
        case 2: program.tearOff()
        default:
            program.look(for: 1.1)
            program.send("\u{3}")
        }
        guard let status = program.exitStatus(within: 20) else {
            expect(Bool(false), "it does not end")
            return -1
        }
        expect([0, 129, 143].contains(status), "status \(status)")
        expect(program.isLineRestored, "the line is not as it was")
        return status
    }
}
