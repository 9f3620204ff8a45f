import CursesTerminal
import Explorer
import Foundation
import Testing

/// On a real pseudo-terminal; one at a time, as ncurses has but one current screen.
@Suite("The ncurses terminal", .serialized)
struct CursesTerminalTests {
    let line = PseudoTerminal()

    private func open(_ name: String = "xterm-256color", usesColor: Bool = true) throws -> CursesTerminal {
        try CursesTerminal(name: name, input: line.program, output: line.program, usesColor: usesColor)
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
        terminal.close()
        terminal.close()
        #expect(line.isCooked)
        let farewell = line.received()
        for mode in ["\u{1B}[?1002l", "\u{1B}[?1006l", "\u{1B}[?2004l", "\u{1B}[?1049l"] {
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

    @Test("Wide characters, marks, blocks and Braille arrive as they are")
    func characters() throws {
        let terminal = try open()
        defer { terminal.close() }
        terminal.draw(frame("漢字 ne\u{301} ▍ ⣿ ▀ 👟|", terminal.size))
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
        let plain = try open(usesColor: false)
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

    @Test(
        "Keys",
        arguments: [
            ("q", Key.character("q")), ("é", .character("é")), ("漢", .character("漢")), ("\r", .enter), ("\t", .tab),
            ("\u{7F}", .backspace), ("\u{3}", .control("c")), ("\u{1A}", .control("z")), ("\u{1B}", .escape),
            ("\u{1B}OA", .up), ("\u{1B}[B", .down), ("\u{1B}[1;2D", .shiftLeft), ("\u{1B}[1;2C", .shiftRight),
            ("\u{1B}[Z", .backTab), ("\u{1B}[5~", .pageUp), ("\u{1B}[3~", .delete), ("\u{1B}OH", .home),
            ("\u{1B}[F", .end),
        ])
    func keys(bytes: String, key: Key) throws {
        let terminal = try open()
        defer { terminal.close() }
        line.send(bytes)
        #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .key(key))
        #expect(terminal.nextEvent(timeoutMilliseconds: 0) == nil)
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
    }

    @Test("A request to terminate ends the input, so that the session can be saved")
    func terminating() throws {
        let terminal = try open()
        defer { terminal.close() }
        kill(getpid(), SIGTERM)
        #expect(terminal.nextEvent(timeoutMilliseconds: 500) == .endOfInput)
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
