import Analysis
import CursesTerminal
import Explorer
import Testing

@Suite("Pictures in pixels")
struct PixelTests {
    /// Two rows of three pixels.
    static let thumbnail = Thumbnail(
        width: 3, height: 2, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 128, 128])

    private func picture(_ column: Int) -> Frame.Picture {
        Frame.Picture(area: Area(column: column, row: 1, width: 4, height: 2), thumbnail: Self.thumbnail)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("kitty: a picture is sent once, scaled to its cells, and deleted where it goes")
    func kitty() {
        let writer = PixelWriter(.kitty)
        let sent = text(writer.update(from: [], to: [picture(5)]))
        #expect(sent.hasPrefix("\u{1B}[2;6H\u{1B}_Ga=T,f=24,s=3,v=2,c=4,r=2,"))
        #expect(sent.hasSuffix("/wAAAP8AAAD/////AAAAgICA\u{1B}\\"))
        #expect(writer.update(from: [picture(5)], to: [picture(5)]).isEmpty)
        let moved = text(writer.update(from: [picture(5)], to: [picture(9)]))
        #expect(moved.contains("a=d,d=I,i=1006,") && moved.contains("i=1010,"))
    }

    @Test("kitty: a long picture goes in pieces of 4096 characters")
    func pieces() {
        let large = Thumbnail(width: 64, height: 64, pixels: Array(repeating: 7, count: 64 * 64 * 3))
        let picture = Frame.Picture(area: Area(column: 0, row: 0, width: 8, height: 4), thumbnail: large)
        let sent = text(PixelWriter(.kitty).update(from: [], to: [picture]))
        #expect(sent.split(separator: "\u{1B}_G").dropFirst().map { $0.contains("m=1;") } == [true, true, true, false])
    }

    @Test("iTerm2: a bitmap file with the size it says")
    func iterm() {
        let sent = text(PixelWriter(.iterm).update(from: [], to: [picture(0)]))
        #expect(
            sent.contains(
                "]1337;File=inline=1;size=78;width=4;height=2;preserveAspectRatio=0;doNotMoveCursor=1:Qk1OAAAA"))
        #expect(sent.hasSuffix("\u{07}"))
    }

    @Test("Sixels paint every pixel in the nearest of 240 colours")
    func sixel() {
        let writer = PixelWriter(.sixel, cell: CellSize(width: 3, height: 4))
        let sent = text(writer.update(from: [], to: [picture(0)]))
        #expect(sent.hasPrefix("\u{1B}[2;1H\u{1B}P0;1q\"1;1;12;8"))
        #expect(sent.contains("#180;2;100;0;0") && sent.contains("#239;2;100;100;100"))
        let body = sent.split(separator: "-")
        // The upper four rows of the first band are the first row of pixels, four wide each.
        #expect(body[0].contains("#180!4N!8?"))
        #expect(sent.hasSuffix("-\u{1B}\\"))
    }
}

/// On the one terminal that ncurses can have at a time.
extension CursesTerminalTests {
    @Test(
        "The terminal's answer chooses; a setting overrides",
        arguments: [
            ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", WantedPixels.auto(nil), "\u{1B}_Ga=T"),
            ("\u{1B}[6;16;8t\u{1B}[?62;4;22c", .auto(nil), "\u{1B}P0;1q\"1;1;32;32"),
            ("\u{1B}[?62;22c", .auto(nil), "▀"),
            ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", .never, "▀"),
            ("\u{1B}[?62;22c", .always(.iterm), "\u{1B}]1337;File"),
        ])
    func answers(answer: String, wanted: WantedPixels, expected: String) throws {
        let terminal = try CursesTerminal(
            name: "xterm-256color", input: line.program, output: line.program, pixels: wanted)
        defer { terminal.close() }
        #expect(line.received().contains("_Gi=31") == (wanted != .never))
        line.send(answer)
        #expect(terminal.nextEvent(timeoutMilliseconds: 100) == nil)
        var frame = Frame(size: terminal.size)
        let style = Style(foreground: RGB(255, 0, 0), background: RGB(0, 255, 0))
        for row in 1..<3 { frame.put("▀▀▀▀", at: Point(column: 3, row: row), style: style) }
        frame.put("caption", at: Point(column: 3, row: 3), style: Style())
        frame.show(Frame.Picture(area: Area(column: 3, row: 1, width: 4, height: 2), thumbnail: PixelTests.thumbnail))
        terminal.draw(frame)
        let sent = line.received()
        #expect(sent.contains(expected))
        #expect(sent.contains("▀") == (expected == "▀"))
        #expect(sent.contains("caption"))
        // Text in its place draws every cell of it, blanks too.
        var next = Frame(size: terminal.size)
        next.put("caption", at: Point(column: 3, row: 3), style: Style())
        terminal.draw(next)
        #expect(line.received().contains("    "))
    }

    @Test(
        "A picture under which the paper changed is sent anew where text erases pictures",
        arguments: [(PixelProtocol.sixel, true), (.iterm, true), (.kitty, false)])
    func otherPaper(way: PixelProtocol, isSent: Bool) throws {
        let terminal = try CursesTerminal(
            name: "xterm-256color", input: line.program, output: line.program, pixels: .always(way))
        defer { terminal.close() }
        line.send("\u{1B}[6;16;8t\u{1B}[?62;22c")
        #expect(terminal.nextEvent(timeoutMilliseconds: 100) == nil)
        func frame(_ paper: RGB, caption: String) -> Frame {
            var frame = Frame(size: terminal.size, style: Style(background: .exact(paper)))
            frame.put(caption, at: Point(column: 3, row: 3), style: Style(background: .exact(paper)))
            frame.show(
                Frame.Picture(area: Area(column: 3, row: 1, width: 4, height: 2), thumbnail: PixelTests.thumbnail))
            return frame
        }
        func isPictureSent(_ frame: Frame) -> Bool {
            terminal.draw(frame)
            let sent = line.received()
            return sent.contains("\u{1B}P0;1q") || sent.contains("1337;File") || sent.contains("_Ga=T")
        }
        #expect(isPictureSent(frame(RGB(0, 0, 0), caption: "dark")))
        #expect(!isPictureSent(frame(RGB(0, 0, 0), caption: "dusk")))
        #expect(isPictureSent(frame(RGB(255, 255, 255), caption: "dusk")) == isSent)
    }

    @Test("A terminal that has eight colours by its entry and answers for 24 bits has those, and its pixels")
    func plainXterm() throws {
        let terminal = try CursesTerminal(name: "xterm", input: line.program, output: line.program)
        defer { terminal.close() }
        #expect(terminal.depth == .ansi8 && line.received().contains("P$qm"))
        line.send("\u{1B}P1$r0;48:2::1:2:3m\u{1B}\\\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;22c")
        #expect(terminal.nextEvent(timeoutMilliseconds: 100) == .colors(.direct))
        #expect(terminal.depth == .direct)
        var frame = Frame(size: terminal.size)
        frame.put("exact", at: Point(column: 3, row: 4), style: Style(foreground: RGB(1, 2, 3)))
        frame.show(Frame.Picture(area: Area(column: 3, row: 1, width: 4, height: 2), thumbnail: PixelTests.thumbnail))
        terminal.draw(frame)
        let sent = line.received()
        #expect(sent.contains("38;2;1;2;3") && sent.contains("\u{1B}_Ga=T"))
    }

    @Test("What says nothing of itself keeps the colours of its entry")
    func silentXterm() throws {
        let terminal = try CursesTerminal(name: "xterm", input: line.program, output: line.program)
        defer { terminal.close() }
        line.send("\u{1B}[?62;22c")
        #expect(terminal.nextEvent(timeoutMilliseconds: 100) == nil && terminal.depth == .ansi8)
    }
}
