import CursesTerminal
import Explorer
import Testing

@Suite("Keys and time")
struct InputTimingTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("Escape is a key once nothing followed for the delay, and not before")
    func escape() {
        for delay in [25, 100] {
            var decoder = InputDecoder(escapeDelay: delay)
            #expect(decoder.take([0x1B], at: 10) == [])
            #expect(decoder.deadline == 10 + delay)
            #expect(decoder.pause(at: 9 + delay) == [])
            #expect(decoder.pause(at: 10 + delay) == [.key(.escape)])
            #expect(decoder.deadline == nil)
        }
    }

    @Test("A sequence whose Escape a slow line tore off is still one sequence: none of it is a key")
    func tornOff() {
        var decoder = InputDecoder()
        _ = decoder.take([0x1B], at: 0)
        #expect(decoder.pause(at: 30) == [.key(.escape)])
        #expect(decoder.take(bytes("[1;4D"), at: 90) == [])
        // The same, typed by hand.
        _ = decoder.take([0x1B], at: 2000)
        _ = decoder.pause(at: 2030)
        #expect(decoder.take(bytes("["), at: 2200) == [.key(.character("["))])
        #expect(decoder.take(bytes("D"), at: 2400) == [.key(.character("D"))])
    }

    @Test(
        "A string whose Escape was torn off runs nothing, nor does any other pair of keys that comes at once then",
        arguments: ["^D\u{1B}\\", "XD\u{7}", "_D\u{1B}\\", "PD\u{1B}\\", "]D\u{7}"])
    func tornString(rest: String) {
        var decoder = InputDecoder()
        _ = decoder.take([0x1B], at: 0)
        #expect(decoder.pause(at: 30) == [.key(.escape)])
        #expect(decoder.take(bytes(rest), at: 90) == [])
        #expect(decoder.take(bytes("j"), at: 500) == [.key(.character("j"))])
        _ = decoder.take([0x1B], at: 2000)
        _ = decoder.pause(at: 2030)
        let pair = decoder.take(bytes("~D"), at: 2090)
        #expect(pair == [.hurried(.character("~")), .hurried(.character("D"))])
        // Long after, two keys are two keys.
        _ = decoder.take([0x1B], at: 4000)
        _ = decoder.pause(at: 4030)
        #expect(decoder.take(bytes("jD"), at: 6000) == [.key(.character("j")), .key(.character("D"))])
    }

    @Test("A sequence may stop in its midst for most of a second")
    func slowLine() {
        var decoder = InputDecoder()
        _ = decoder.take(bytes("\u{1B}[1;"), at: 0)
        #expect(decoder.pause(at: 900) == [])
        #expect(decoder.take(bytes("2D"), at: 900) == [.key(.shiftLeft)])
    }

    @Test(
        "A paste that does not end is ended by Escape, by Ctrl-C, or by a second of silence",
        arguments: [0x1B, 0x03, 0])
    func pasteWithoutEnd(byte: UInt8) {
        var decoder = InputDecoder()
        #expect(decoder.take(bytes("\u{1B}[200~boot\u{3}s"), at: 0) == [])
        #expect(decoder.pause(at: 999) == [])
        if byte != 0 {
            #expect(decoder.take([byte], at: 999) == [])
            #expect(decoder.pause(at: 999 + 10) == [.paste("boot\u{3}s")])
        } else {
            #expect(decoder.pause(at: 1000) == [.paste("boot\u{3}s")])
        }
        #expect(decoder.take([0x78], at: 3000) == [.key(.character("x"))])
    }

    @Test("A megabyte is pasted, and no more")
    func longPaste() {
        var decoder = InputDecoder()
        _ = decoder.take(bytes("\u{1B}[200~"), at: 0)
        for _ in 0..<300 { _ = decoder.take([UInt8](repeating: 0x61, count: 4096), at: 1) }
        guard case .paste(let text) = decoder.take(bytes("\u{1B}[201~"), at: 2).first else {
            return #expect(Bool(false), "no paste")
        }
        #expect(text.utf8.count == 1 << 20)
    }

    @Test("Three plain keys in one read are hurried, and what follows at once; keys typed one by one are not")
    func bursts() {
        var decoder = InputDecoder()
        #expect(decoder.take(bytes("Da"), at: 0) == [.key(.character("D")), .key(.character("a"))])
        #expect(decoder.take(bytes("D\ra\u{4}\u{3}"), at: 1000).map(Self.isHurried) == [true, true, true, true, false])
        #expect(decoder.take(bytes("y"), at: 1020).map(Self.isHurried) == [true])
        #expect(decoder.take(bytes("D"), at: 1200) == [.key(.character("D"))])
        #expect(
            decoder.take(bytes("\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A"), at: 2000).map(Self.isHurried).contains(true)
                == false)
    }

    @Test("What is left of a burst when a broken sequence swallowed its beginning is still one")
    func partOfBurst() {
        for beginning in ["\u{1B}[<0;8;2q", "\u{1B}[1;", "\u{1B}[", "\u{1B}O", "\u{1B}]", "\u{1B}[M !"] {
            for text in ["DqD", "DqDqwDMD", "DqwDmqD", "\u{7}qD"] {
                var decoder = InputDecoder()
                _ = decoder.take(bytes(beginning), at: 0)
                let events = decoder.take(bytes(text), at: 60) + decoder.pause(at: 2000)
                #expect(!events.contains(.key(.character("D"))) && !events.contains(.key(.character("q"))), "\(events)")
            }
        }
        // But keys of an extended protocol, each a sequence, may come together.
        var decoder = InputDecoder()
        #expect(
            decoder.take(bytes("\u{1B}[68;2u\u{1B}[97u\u{1B}[98u\u{1B}[99u"), at: 0).contains(.key(.character("D"))))
    }

    private static func isHurried(_ event: TerminalEvent) -> Bool {
        if case .hurried = event { true } else { false }
    }

    @Test("Ctrl-Q after Ctrl-S takes it back; another Ctrl-Q is a key")
    func flow() {
        var decoder = InputDecoder()
        #expect(decoder.take([0x13], at: 0) == [.key(.control("s"))])
        #expect(decoder.take([0x11], at: 500) == [])
        #expect(decoder.take([0x11], at: 900) == [.key(.control("q"))])
        #expect(decoder.take(bytes("\u{1B}[115;5u\u{1B}[113;5u"), at: 1900) == [.key(.control("s"))])
    }

    @Test("ESCDELAY is honoured; without it the delay is longer over a network")
    func delay() {
        #expect(CursesTerminal.escapeDelay(in: [:]) == 10)
        #expect(CursesTerminal.escapeDelay(in: ["SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"]) == 50)
        #expect(CursesTerminal.escapeDelay(in: ["SSH_CONNECTION": "x", "TMUX": "/tmp/tmux-1/default,1,0"]) == 10)
        #expect(CursesTerminal.escapeDelay(in: ["SSH_CONNECTION": "x", "ESCDELAY": "70"]) == 70)
        #expect(CursesTerminal.escapeDelay(in: ["ESCDELAY": "-5"]) == 10)
        #expect(CursesTerminal.escapeDelay(in: ["ESCDELAY": "soon"]) == 10)
    }
}
