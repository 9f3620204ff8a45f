import CursesTerminal
import Explorer
import Foundation
import Testing

/// On a real pseudo-terminal; one at a time, as ncurses has but one current screen.
@Suite("The ncurses terminal", .serialized)
struct CursesTerminalTests {
    let line = PseudoTerminal()

    /// - Parameter isTold: whether the terminal says at once what it is, as it is asked to.
    private func open(_ name: String = "xterm-256color", colors: ColorDepth? = nil, isTold: Bool = true) throws
        -> CursesTerminal
    {
        let terminal = try CursesTerminal(name: name, input: line.program, output: line.program, colors: colors)
        if isTold { line.send("\u{1B}[?62;22c") }
        return terminal
    }

    private func frame(_ text: String, _ size: Size, style: Style = Style()) -> Frame {
        var frame = Frame(size: size)
        frame.put(text, at: Point(column: 0, row: 0), style: style)
        return frame
    }

    @Test("It knows its size, shows a frame, and gives the line back")
    func drawing() throws {
        let terminal = try open()
        #expect(terminal.size == Size(columns: 40, rows: 10))
        #expect(!line.isCooked)
        terminal.draw(frame("ankle boot", terminal.size))
        let sent = line.received()
        #expect(sent.contains("ankle boot"))
        #expect(sent.contains("\u{1B}[?1002h\u{1B}[?1006h"), "the mouse is asked for")
        #expect(sent.contains("\u{1B}[>5u"), "keys told apart are asked for")
        terminal.close()
        terminal.close()
        #expect(line.isCooked)
        let farewell = line.received()
        for mode in ["\u{1B}[?1002l", "\u{1B}[?1006l", "\u{1B}[<u", "\u{1B}[?2004l", "\u{1B}[?1049l"] {
            #expect(farewell.contains(mode), "\(mode.dropFirst()) is missing")
        }
    }

    @Test("A second frame sends only what changed, and the same frame nothing")
    func differences() throws {
        let terminal = try open()
        defer { terminal.close() }
        var frame = frame("score 0.500 of norm:17+", terminal.size)
        terminal.draw(frame)
        _ = line.received()
        terminal.draw(frame)
        #expect(line.received().isEmpty)
        frame.put("7", at: Point(column: 8, row: 0), style: Style())
        terminal.draw(frame)
        let sent = line.received()
        #expect(sent.contains("7") && !sent.contains("score") && !sent.contains("norm"))
        terminal.redraw()
        terminal.draw(frame)
        #expect(line.received().contains("score 0.700"))
    }

    @Test("The screen is cleared in the terminal's own colours, whatever was drawn last")
    func clearing() throws {
        let terminal = try open()
        defer { terminal.close() }
        let red = Style(background: .exact(RGB(255, 0, 0)))
        for clears in [terminal.redraw, { line.resize(columns: 60, rows: 20) }] {
            terminal.draw(frame("red", terminal.size, style: red))
            _ = line.received()
            clears()
            _ = terminal.nextEvent(timeoutMilliseconds: 200)
            terminal.draw(frame("red", terminal.size, style: red))
            let sent = line.received()
            let clear = try #require(sent.range(of: "\u{1B}[2J")?.lowerBound)
            #expect(sent[..<clear].contains("\u{1B}[m"), "\(sent.debugDescription)")
        }
    }

    @Test("Wide characters, marks, blocks and Braille arrive as they are")
    func characters() throws {
        let terminal = try open()
        defer { terminal.close() }
        terminal.draw(frame("漢字 ne\u{301} ▍ ⣿ ▀ 👟|", terminal.size, style: Style(attributes: .bold)))
        #expect(line.received().contains("漢字 ne\u{301} ▍ ⣿ ▀ 👟|"))
    }

    @Test("Colours are quantised to the terminal's, and left out where none are wanted")
    func colors() throws {
        let red = Style(foreground: RGB(255, 0, 0), background: RGB(0, 0, 95))
        let terminal = try open()
        #expect(terminal.depth == .indexed256)
        terminal.draw(frame("red", terminal.size, style: red))
        let sent = line.received()
        #expect(sent.contains("38;5;196") && sent.contains("48;5;17"))
        terminal.close()
        let plain = try open(colors: ColorDepth.none)
        defer { plain.close() }
        _ = line.received()
        plain.draw(frame("red", plain.size, style: red.with(.bold)))
        let text = line.received()
        #expect(!text.contains("38;5;") && !text.contains("48;5;") && text.contains(/\e\[(0;)?1m/))
    }

    @Test("More pairs of colours than the terminal has still draw")
    func pairs() throws {
        let terminal = try open("xterm-color")
        defer { terminal.close() }
        for step in 0..<80 {
            var frame = Frame(size: terminal.size)
            for column in 0..<40 {
                let color = RGB(UInt8(column * 6), UInt8(step * 3), UInt8(255 - column * 6))
                frame.put("▀", at: Point(column: column, row: 0), style: Style(foreground: color, background: color))
            }
            frame.put("end", at: Point(column: 0, row: 1), style: Style())
            terminal.draw(frame)
            _ = line.received()
        }
        terminal.redraw()
        terminal.draw(frame("still here", terminal.size))
        #expect(line.received().contains("still here"))
    }

    @Test("A key arrives, and one that is Escape alone too")
    func keys() throws {
        let terminal = try open()
        defer { terminal.close() }
        for (bytes, key) in [
            ("é", Key.character("é")), ("\u{1B}OA", .up), ("\u{1B}", .escape), ("\u{1B}[1;3D", .wordLeft),
        ] {
            line.send(bytes)
            #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .key(key))
            #expect(terminal.nextEvent(timeoutMilliseconds: 0) == nil)
        }
    }

    @Test("Every key that the database gives a terminal is that key", arguments: KeyNames.terminals)
    func databaseKeys(name: String) throws {
        let terminal = try open(name)
        defer { terminal.close() }
        for (capability, key) in KnownSequences.names {
            guard let sequence = KeyNames.sequence(capability), sequence.utf8.count > 1 else { continue }
            line.send(sequence)
            #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .key(key), "\(name) \(capability)")
        }
    }

    @Test("LINES and COLUMNS of the environment do not cut the screen")
    func environment() throws {
        setenv("COLUMNS", "20", 1)
        setenv("LINES", "5", 1)
        defer { for name in ["COLUMNS", "LINES"] { unsetenv(name) } }
        let terminal = try open()
        defer { terminal.close() }
        #expect(terminal.size == Size(columns: 40, rows: 10))
        var frame = Frame(size: terminal.size)
        frame.put("corner", at: Point(column: 30, row: 9), style: Style())
        terminal.draw(frame)
        #expect(line.received().contains("corner"))
    }

    @Test("Leaving takes in the answers that are still to come, so that none lands on the prompt")
    func lateAnswers() throws {
        let terminal = try open(isTold: false)
        #expect(line.received().hasSuffix("\u{1B}]11;?\u{1B}\\\u{1B}[c"))
        let answering = Thread { [line] in
            usleep(150_000)
            line.send("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\")
            usleep(50_000)
            line.send("\u{1B}[?62;22c")
        }
        answering.start()
        terminal.close()
        #expect(line.isCooked)
        #expect(line.waiting == 0)
    }

    @Test("The mouse is reported beyond column 223, a paste in one piece, the background when it is told")
    func reports() throws {
        let terminal = try open()
        defer { terminal.close() }
        line.send("\u{1B}[<0;230;3M\u{1B}[<32;231;3M\u{1B}[<0;231;3m\u{1B}[<65;1;1M\u{1B}[<2;1;1M")
        line.send("\u{1B}[200~ankle\nboot\u{1B}[201~\u{1B}]11;rgb:ffff/8080/0000\u{1B}\\x")
        let expected: [TerminalEvent] = [
            .mouse(Mouse(.press, at: Point(column: 229, row: 2))), .mouse(Mouse(.drag, at: Point(column: 230, row: 2))),
            .mouse(Mouse(.release, at: Point(column: 230, row: 2))),
            .mouse(Mouse(.wheelDown, at: Point(column: 0, row: 0))),
            .paste("ankle\nboot"), .background(RGB(255, 128, 0)), .key(.character("x")),
        ]
        for event in expected { #expect(terminal.nextEvent(timeoutMilliseconds: 500) == event) }
    }

    @Test("A new size of the window is an event")
    func resizing() throws {
        let terminal = try open()
        defer { terminal.close() }
        line.resize(columns: 100, rows: 30)
        #expect(terminal.nextEvent(timeoutMilliseconds: 1000) == .resize(Size(columns: 100, rows: 30)))
        #expect(terminal.size == Size(columns: 100, rows: 30))
        terminal.draw(frame("wider", terminal.size))
        #expect(line.received().contains("wider"))
    }

    @Test("Another thread wakes a waiting terminal")
    func waking() throws {
        let terminal = try open()
        defer { terminal.close() }
        let wake = terminal.wake
        let thread = Thread { wake() }
        thread.start()
        #expect(terminal.nextEvent(timeoutMilliseconds: nil) == .wake)
        #expect(terminal.nextEvent(timeoutMilliseconds: 10) == nil)
    }

    @Test("A terminal that hangs up ends the input")
    func hangingUp() throws {
        let terminal = try open()
        defer { terminal.close() }
        line.hangUp()
        #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .endOfInput)
        #expect(terminal.endingSignal == SIGHUP)
    }

    @Test(
        "A request to end ends the input, so that the session can be saved, and says which it was",
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func terminating(signal: Int32) throws {
        let terminal = try open()
        defer { terminal.close() }
        #expect(terminal.endingSignal == nil)
        kill(getpid(), signal)
        #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .endOfInput)
        #expect(terminal.endingSignal == signal)
    }

    @Test("What cannot be a screen is refused, and nothing is sent to it")
    func refusals() throws {
        #expect(throws: TerminalError.unknownTerminal(name: "no-such-terminal")) { try open("no-such-terminal") }
        #expect(throws: TerminalError.unknownTerminal(name: "")) { try open("") }
        #expect(throws: TerminalError.cannotPositionCursor(name: "dumb")) { try open("dumb") }
        let pipe = Pipe()
        #expect(throws: TerminalError.notATerminal) {
            try CursesTerminal(
                name: "xterm", input: pipe.fileHandleForReading.fileDescriptor,
                output: pipe.fileHandleForWriting.fileDescriptor)
        }
        #expect(line.received().isEmpty)
        #expect(line.isCooked)
    }
}

/// What the terminal database of this machine has.
enum KeyNames {
    static let terminals: [String] = {
        let all = [
            "xterm-256color", "xterm", "screen", "screen-256color", "tmux-256color", "rxvt", "rxvt-unicode", "linux",
            "vt52", "vt100", "vt220", "putty", "xterm-kitty", "sun", "cons25", "mach", "hurd", "wsvt25", "Eterm",
            "cygwin",
        ]
        let folders = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"]
        return all.filter { name in
            folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(name.prefix(1))/\(name)") }
        }
    }()

    /// What the open terminal sends for a key, by the database.
    static func sequence(_ capability: String) -> String? {
        CursesTerminal.databaseSequence(capability)
    }
}
