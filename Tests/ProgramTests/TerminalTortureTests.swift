import Foundation
import TestSupport
import Testing

/// Random keys, sequences and answers under every terminal of the database.
///
/// `make torture` sets MICLIP_TORTURE_ROUNDS (programs run), MICLIP_TORTURE_KEYS (tokens sent to each) and
/// MICLIP_TORTURE_SEED. A failure names its round's seed, terminal and last tokens.
@Suite("Torture of the terminal")
struct TerminalTortureTests {
    @Test("No crash, no hang, the terminal restored, no finding lost")
    func torture() throws {
        let environment = ProcessInfo.processInfo.environment
        func number(_ name: String, _ standard: Int) -> Int { environment[name].flatMap { Int($0) } ?? standard }
        let (rounds, keys) = (number("MICLIP_TORTURE_ROUNDS", 3), number("MICLIP_TORTURE_KEYS", 100))
        let seed = UInt64(number("MICLIP_TORTURE_SEED", 20_261_126))
        var order = SeededRandom(seed: seed)
        let terminals = TerminalDatabase.names.shuffled(using: &order)
        let study = try Self.markedStudy()
        var (tokens, endings, seen) = (0, [Int32: Int](), Set<String>())
        for round in 0..<rounds {
            let term = terminals[round % terminals.count]
            var run = TortureRound(seed: seed &+ UInt64(round), term: term, study: study)
            let ending = try run.run(tokens: keys)
            tokens += run.sent.count
            endings[ending, default: 0] += 1
            seen.insert(term)
            #expect(try study.findings().count >= 2, "a finding was lost; \(run.place)")
        }
        let ends = endings.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
        print("terminal torture: \(rounds) programs, \(seen.count) terminals, \(tokens) tokens; statuses \(ends)")
    }

    /// A study with two findings.
    private static func markedStudy() throws -> PreparedStudy {
        let program = try opened(RunningProgram())
        for key in ["mone\r", "\u{1B}", "j", "mtwo\r"] {
            program.type(key)
            program.look(for: 0.1)
        }
        #expect(program.wait(for: "Kept"))
        program.look(for: 0.3)
        program.send("\u{3}")
        #expect(program.exitStatus() == 0)
        return program.study
    }
}

enum TerminalDatabase {
    /// All terminals that can position a cursor.
    static let names: [String] = {
        let folders = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"]
        let names = folders.flatMap { (try? FileManager.default.subpathsOfDirectory(atPath: $0)) ?? [] }
            .filter { $0.contains("/") }.map { String($0.split(separator: "/")[1]) }
        // Without a cursor to move the program refuses, as another test shows.
        return Set(names).subtracting(["dumb", "unknown", "lpr", "network", "dialup"]).sorted()
    }()
}

/// One program, tortured.
struct TortureRound {
    let seed: UInt64
    let term: String
    let study: PreparedStudy
    private(set) var sent: [String] = []
    private var random: SeededRandom

    init(seed: UInt64, term: String, study: PreparedStudy) {
        (self.seed, self.term, self.study) = (seed, term, study)
        random = SeededRandom(seed: seed)
    }

    var place: String { "seed \(seed), TERM=\(term), after \(sent.suffix(12).map(\.debugDescription))" }

    /// Runs to the end; the exit status.
    mutating func run(tokens: Int) throws -> Int32 {
        let program = try RunningProgram(
            study: study, term: term, columns: Int.random(in: 10...220, using: &random),
            rows: Int.random(in: 3...70, using: &random))
        program.answers = Bool.random(using: &random)
        #expect(program.wait { _ in !program.sent.isEmpty }, "it says nothing; \(place)")
        // Half of them while the study opens, where Escape stops it.
        if Bool.random(using: &random) { #expect(program.settles(), "it does not come to rest; \(place)") }
        for index in 0..<tokens {
            if let status = program.exitStatus(within: 0) {
                #expect(status == 0, "status \(status); \(place)")
                if ProcessInfo.processInfo.environment["MICLIP_TORTURE_TELL"] != nil {
                    print("ended early: \(place); all \(sent)")
                }
                return status
            }
            step(program)
            if program.screen.text.contains("Deleted “") {
                #expect(Bool(false), "a finding is deleted; \(place)")
                break
            }
            if index % 50 == 49 { probe(program) }
        }
        return end(program)
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
        #expect(answered, "it hangs; \(place)")
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
            #expect(Bool(false), "it does not end; \(place)")
            return -1
        }
        #expect([0, 129, 143].contains(status), "status \(status); \(place)")
        #expect(program.isLineRestored, "the line is not as it was; \(place)")
        return status
    }
}

/// Something a keyboard, a person or a terminal may send; `isTearable` if a line may deliver it in two pieces.
struct TortureToken {
    var text: String
    var isTearable = true

    static func random(_ random: inout SeededRandom) -> TortureToken {
        func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }
        func digits() -> String { String(Int.random(in: 0...pick([3, 9, 300, 100_000]), using: &random)) }
        switch Int.random(in: 0..<20, using: &random) {
        // Plain keys: all but those that delete, and those that quit.
        case 0..<6: return TortureToken(text: pick(plain), isTearable: false)
        case 6..<9: return TortureToken(text: pick(keys))
        case 9..<12:
            let numbers = (0..<Int.random(in: 0...4, using: &random)).map { _ in digits() }
            return TortureToken(
                text: "\u{1B}[" + pick(["", "?", "<", ">"]) + numbers.joined(separator: pick([";", ":"])) + pick(finals)
            )
        case 12: return TortureToken(text: "\u{1B}" + pick(["O", "", "\u{1B}["]) + pick(finals))
        case 13..<15: return TortureToken(text: pick(answers))
        case 15..<17:
            let mouse = "\u{1B}[<\(pick([0, 0, 0, 32, 64, 65, 2]));\(digits());\(digits())"
            return TortureToken(text: mouse + pick(["M", "m", "M", "q"]))
        case 17:
            let pasted = pick(["boot", "D\nq\nD", "漢字 né", "\u{1B}[31mD\u{1B}[m", "\u{3}\u{1B}D"])
            return TortureToken(
                text: "\u{1B}[200~\(pasted)" + pick(["\u{1B}[201~", "\u{1B}[201~", ""]), isTearable: false)
        case 18:
            return TortureToken(text: pick(["Dragon quiz\n", "DDDDDD", "q D q D", "wDqwD\r\rD"]), isTearable: false)
        default:
            let garbage = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Unicode.Scalar(UInt8.random(in: 0x80...0xFF, using: &random))
            }
            return TortureToken(text: String(String.UnicodeScalarView(garbage)))
        }
    }

    private static let plain =
        "abcefghijklmnoprstuvxyzABCEFGHIJKLMNOPRSTUVWXYZ012345[]{}<>,.=+-/? é漢".map { String($0) }
        + [
            "\r", "\t", "\u{1B}", "\u{7F}", "\u{1}", "\u{5}", "\u{B}", "\u{15}", "\u{17}", "\u{12}", "\u{C}", "\u{1A}",
            "\u{13}",
        ]
    private static let keys = [
        "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}OA", "\u{1B}OB", "\u{1B}OC", "\u{1B}OD", "\u{1B}[5~",
        "\u{1B}[6~",
        "\u{1B}[H", "\u{1B}[F", "\u{1B}[1~", "\u{1B}[4~", "\u{1B}[Z", "\u{1B}[1;2C", "\u{1B}[1;2D", "\u{1B}b",
        "\u{1B}f", "\u{1B}d",
        "\u{1B}[a", "\u{1B}Od", "\u{1B}[[A", "\u{1B}OP", "\u{1B}[1;3D", "\u{1B}[1;4D", "\u{1B}\u{1B}[D", "\u{1B}D",
        "\u{1B}[68;3u",
        "\u{1B}[97;5u", "\u{1B}[27;2;65~", "\u{1B}[57421u",
    ]
    /// Without those that could make a Delete, Ctrl-C, Ctrl-Q, q or D of random numbers.
    private static let finals = "ABCDEFHPQRSZacdhlmnrtxy$".map { String($0) }
    private static let answers = [
        "\u{1B}[?62;22;4c", "\u{1B}[24;80R", "\u{1B}[0n", "\u{1B}[I", "\u{1B}[O",
        "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\",
        "\u{1B}]11;rgb:0000/0000/0000\u{7}", "\u{1B}]10;D\u{7}", "\u{1B}P>|XTerm(379)\u{1B}\\",
        "\u{1B}P1+r544e=787465726D\u{1B}\\",
        "\u{1B}_Gi=31;OK D\u{1B}\\", "\u{1B}^D\u{1B}\\", "\u{1B}XDqD\u{1B}\\", "\u{1B}]52;c;RA==", "\u{1B}[M !!",
        "\u{1B}[?2026;1$y",
        "\u{1B}[8;24;80t", "\u{1B}P", "\u{1B}]", "\u{9B}1;3D",
    ]
}
