import CursesTerminal
import Explorer
import TestSupport
import Testing

@Suite("What a terminal sends, decoded")
struct InputDecoderTests {
    /// The events of text that comes in one read, and of the silence after it.
    static func events(_ text: String, _ decoder: InputDecoder = InputDecoder()) -> [TerminalEvent] {
        var decoder = decoder
        return decoder.take(Array(text.utf8), at: 0) + decoder.pause(at: 5000)
    }

    @Test(
        "Every form of a key that terminals have",
        arguments: [
            // xterm, both modes of the arrows; PuTTY; the Linux console; rxvt; screen and tmux
            ("\u{1B}[A", .up), ("\u{1B}OA", .up), ("\u{1B}[D", .left), ("\u{1B}OD", .left),
            ("\u{1B}[H", .home), ("\u{1B}OH", .home), ("\u{1B}[1~", .home), ("\u{1B}[7~", .home),
            ("\u{1B}[F", .end), ("\u{1B}OF", .end), ("\u{1B}[4~", .end), ("\u{1B}[8~", .end),
            ("\u{1B}[3~", .delete), ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[Z", .backTab),
            ("\u{1B}OP", .function(1)), ("\u{1B}[11~", .function(1)), ("\u{1B}[[A", .function(1)),
            ("\u{1B}[[E", .function(5)), ("\u{1B}[15~", .function(5)), ("\u{1B}[17~", .function(6)),
            ("\u{1B}[24~", .function(12)), ("\u{1B}OM", .enter), ("\u{1B}Ow", .character("7")),
            ("\u{1B}Ok", .character("+")),
            // modified
            ("\u{1B}[1;2D", .shiftLeft), ("\u{1B}[d", .shiftLeft), ("\u{1B}[c", .shiftRight),
            ("\u{1B}[2C", .shiftRight),
            ("\u{1B}[1;5D", .wordLeft), ("\u{1B}[1;3D", .wordLeft), ("\u{1B}Od", .wordLeft), ("\u{1B}O5D", .wordLeft),
            ("\u{1B}\u{1B}[D", .wordLeft), ("\u{1B}\u{1B}OC", .wordRight), ("\u{1B}[5C", .wordRight),
            ("\u{1B}b", .alt("b")), ("\u{1B}D", .alt("D")), ("\u{1B}é", .alt("é")), ("\u{1B}\u{7F}", .wordBackspace),
            // kitty's and xterm's extended keys
            ("\u{1B}[97u", .character("a")), ("\u{1B}[97;2u", .character("A")), ("\u{1B}[97:65;2u", .character("A")),
            ("\u{1B}[65;2u", .character("A")), ("\u{1B}[27;2;65~", .character("A")),
            ("\u{1B}[49;2;33u", .character("!")),
            ("\u{1B}[27u", .escape), ("\u{1B}[13u", .enter), ("\u{1B}[13;2u", .enter), ("\u{1B}[9;2u", .backTab),
            ("\u{1B}[127;5u", .wordBackspace), ("\u{1B}[98;3u", .alt("b")), ("\u{1B}[27;3;98~", .alt("b")),
            ("\u{1B}[105;5u", .tab), ("\u{1B}[1;1:1A", .up), ("\u{1B}[1;129A", .up), ("\u{1B}[57421u", .pageUp),
            ("\u{1B}[57404u", .character("5")), ("\u{1B}[233u", .character("é")),
            // Ctrl-C in every protocol, with Caps Lock, and on a keyboard that writes Cyrillic
            ("\u{3}", .control("c")), ("\u{1B}[99;5u", .control("c")), ("\u{1B}[27;5;99~", .control("c")),
            ("\u{1B}[27;5;67~", .control("c")), ("\u{1B}[99;69u", .control("c")),
            ("\u{1B}[1089::99;5u", .control("c")), ("\u{1B}[99;5:1u", .control("c")), ("\u{1B}\u{3}", .control("c")),
        ] as [(String, Key)])
    func keys(text: String, key: Key) {
        #expect(Self.events(text) == [.key(key)], "\(text.debugDescription)")
    }

    @Test(
        "What has no meaning here is swallowed whole",
        arguments: [
            // modified keys, whatever the modifiers
            "[1;4D", "[1;7D", "[1;3A", "[1;5A", "[3;2~", "[3;5~", "[3$", "[7^", "[8@", "[a", "Oa", "[1;5P", "[2~",
            "[1;3", "[200", "[99;9u", "[99;5:3u", "[1;1:3A", "[57441u", "[57428u", "[99999999999999999999u",
            // answers: attributes, position, state, colours, sizes, versions, capabilities, focus
            "[?62;22;4c", "[>41;330;0c", "[24;80R", "[0n", "[?2026;1$y", "[2;1$y", "[8;24;80t", "[I", "[O", "[?1u",
            "]10;rgb:ffff/ffff/ffff\u{7}", "]4;1;rgb:cdcd/0000/0000\u{1B}\\", "]52;c;RGVsZXRl\u{7}", "]0;D q D\u{7}",
            "P>|XTerm(379)\u{1B}\\", "P1+r544e=787465726D\u{1B}\\", "P!|00000000\u{1B}\\", "P1$r0m\u{1B}\\",
            "_Gi=31;OK\u{1B}\\", "^private D\u{1B}\\", "Xstring q\u{1B}\\",
            // damage: the mouse, numbers, controls and letters where they do not belong, no end at all
            "[<0;D;q", "[<0;3M", "[<;;M", "[<0;0;0M", "[<999999999999999999999;1;1M", "[M\u{1}", "[1\u{1};3D",
            "[1;é3D", "[1;3\u{7F}D", "[1;\t3D", "]11;rgb:D", "PDDDD", "_D", "O", "[", "]", "[\u{1}\u{2}\u{4}D",
        ])
    func swallowed(rest: String) {
        let events = Self.events("\u{1B}" + rest)
        let isAlone = rest.count == 1
        #expect(events.filter { if case .key(.alt) = $0 { !isAlone } else { true } } == [])
        // Nor does it take anything with it that follows.
        var decoder = InputDecoder()
        _ = decoder.take(Array(("\u{1B}" + rest).utf8), at: 0)
        _ = decoder.pause(at: 2000)
        #expect(decoder.take([0x78], at: 2001) == [.key(.character("x"))])
    }

    static let sample =
        "q\u{1B}[1;3D\u{1B}[<0;230;3Mé漢\u{1B}\u{1B}[A\u{1B}]11;rgb:ffff/8080/0000\u{1B}\\\u{1B}[200~two\nlines\u{1B}[31mred"
        + "\u{1B}[201~\u{1B}Pxx\u{1B}\\\u{1B}[27;5;98~\u{1B}b\u{9B}B\u{1B}[M !!z"

    @Test("The same bytes mean the same, however they are cut")
    func cuts() {
        func all(_ pieces: [[UInt8]]) -> [TerminalEvent] {
            var (decoder, events) = (InputDecoder(), [TerminalEvent]())
            for piece in pieces { events += decoder.take(piece, at: 0) }
            // Whether keys came together is a matter of the cuts.
            return (events + decoder.pause(at: 5000)).map { if case .hurried(let key) = $0 { .key(key) } else { $0 } }
        }
        let bytes = Array(Self.sample.utf8)
        let whole = all([bytes])
        #expect(
            whole == [
                .key(.character("q")), .key(.wordLeft), .mouse(Mouse(.press, at: Point(column: 229, row: 2))),
                .key(.character("é")), .key(.character("漢")), .background(RGB(255, 128, 0)),
                .paste("two\nlines\u{1B}[31mred"), .key(.control("b")), .key(.alt("b")), .key(.down),
                .mouse(Mouse(.press, at: Point(column: 0, row: 0))), .key(.character("z")),
            ])
        #expect(all(bytes.map { [$0] }) == whole)
        for cut in 1..<bytes.count { #expect(all([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
    }

    @Test("Any bytes are taken; a second later the next key is a key again")
    func anything() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<3000 {
            var decoder = InputDecoder()
            var now = 0
            for _ in 0..<Int(random.next() % 6) {
                let alphabet: [UInt8] = [
                    0x1B, 0x5B, 0x4F, 0x50, 0x5D, 0x3B, 0x31, 0x32, 0x30, 0x7E, 0x4D, 0x3C, 0x9B, 0xC2,
                ]
                let bytes = (0..<Int(random.next() % 40)).map { _ in
                    random.next() % 3 == 0 ? UInt8(random.next() & 0xFF) : alphabet[Int(random.next() % 14)]
                }
                _ = decoder.take(bytes, at: now)
                now += Int(random.next() % 200)
                _ = decoder.pause(at: now)
            }
            now += 2000
            _ = decoder.pause(at: now)
            #expect(decoder.deadline == nil)
            #expect(decoder.take([0x78], at: now + 100) == [.key(.character("x"))])
        }
    }

    @Test("In a locale of one byte a character, that byte is the character, and a paste is read so")
    func singleBytes() {
        let characters = (UInt8(0x80)...0xFF).map { $0 < 0xA0 ? nil : Unicode.Scalar($0) }
        var decoder = InputDecoder(characters: characters)
        #expect(decoder.take([0xE9], at: 0) == [.key(.character("é"))])
        let paste = Array("\u{1B}[200~".utf8) + [0x6E, 0xE9] + Array("\u{1B}[201~".utf8)
        #expect(decoder.take(paste, at: 100) == [.paste("né")])
    }

    @Test("Broken UTF-8 is left out, and nothing else with it")
    func brokenCharacters() {
        var decoder = InputDecoder()
        #expect(decoder.take([0xE6, 0xBC, 0x61], at: 0) == [.key(.character("a"))])
        #expect(decoder.take([0xFF, 0x80, 0xC0, 0xED, 0xA0, 0x80, 0x62], at: 100) == [.hurried(.character("b"))])
    }
}
