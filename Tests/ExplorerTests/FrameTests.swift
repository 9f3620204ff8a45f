import Analysis
import Explorer
import Testing

@Suite("Frames")
struct FrameTests {
    @Test(
        "Width in columns",
        arguments: [
            ("boot", 4), ("né", 2), ("ne\u{301}", 2), ("漢字", 4), ("👟", 2), ("👩‍👩‍👧", 6), ("🇯🇵", 2), ("한", 2), ("ｱ", 1),
            ("a\u{1B}[2Jb", 6), ("\u{202E}x", 1), ("β−∆", 3), ("❤️", 1),
        ])
    func width(text: String, columns: Int) {
        #expect(displayWidth(of: text) == columns)
    }

    @Test("Text is cut at the edge, and a wide character is never halved")
    func clipping() {
        var frame = Frame(size: Size(columns: 5, rows: 2))
        frame.put("漢字漢", at: Point(column: 0, row: 0), style: Style())
        frame.put("outside", at: Point(column: 0, row: 2), style: Style())
        frame.put("ab", at: Point(column: 4, row: 1), style: Style())
        #expect(frame.text == "漢字\n    a")
        frame.put("x", at: Point(column: 1, row: 0), style: Style())
        #expect(frame.text == " x字\n    a", "the left half goes with the right")
        frame.put("y", at: Point(column: 2, row: 0), style: Style())
        #expect(frame.text == " xy\n    a")
    }

    @Test("Control characters never reach a cell")
    func controlCharacters() {
        var frame = Frame(size: Size(columns: 8, rows: 1))
        frame.put("\u{1B}]0;x\u{07}", at: Point(column: 0, row: 0), style: Style())
        #expect(frame.text == "�]0;x�")
    }

    @Test("Bars grow by halves of a cell, and something is never nothing")
    func bars() {
        func bar(_ fraction: Double) -> String {
            var frame = Frame(size: Size(columns: 4, rows: 1))
            frame.bar(fraction, in: frame.area, style: Style())
            return frame.text
        }
        #expect(bar(0).isEmpty)
        #expect(bar(-1).isEmpty)
        #expect(bar(0.001) == "╸")
        #expect(bar(0.5) == "━━")
        #expect(bar(0.625) == "━━╸")
        #expect(bar(2) == "━━━━")
    }

    @Test("Histogram columns grow from the ground")
    func columns() {
        var frame = Frame(size: Size(columns: 4, rows: 2))
        frame.columns([0, 0.25, 0.5, 1], in: frame.area, style: Style())
        #expect(frame.text == "   █\n ▄██")
    }

    @Test("Braille dots stand where Unicode numbers them")
    func braille() {
        var canvas = BrailleCanvas(columns: 1, rows: 1)
        let expected: [(Int, Int, Character)] = [
            (0, 0, "⠁"), (0, 1, "⠃"), (0, 2, "⠇"), (0, 3, "⡇"), (1, 0, "⡏"), (1, 1, "⡟"), (1, 2, "⡿"), (1, 3, "⣿"),
        ]
        #expect(canvas.cell(column: 0, row: 0) == nil)
        for (x, y, character) in expected {
            canvas.set(x: x, y: y)
            #expect(canvas.cell(column: 0, row: 0)?.character == character)
        }
        canvas.set(x: 2, y: 0)
        canvas.set(x: 0, y: -1)
    }

    @Test("A box keeps its title inside")
    func boxes() {
        var frame = Frame(size: Size(columns: 12, rows: 3))
        let inside = frame.box(frame.area, title: "a long title", border: Style(), titleStyle: Style())
        #expect(frame.text == "╭─ a lon… ─╮\n│          │\n╰──────────╯")
        #expect(inside == Area(column: 1, row: 1, width: 10, height: 1))
    }

    @Test("Strips taken off an area add up to it", arguments: [0, 3, 10, 99])
    func strips(taken: Int) {
        var rest = Area(column: 2, row: 3, width: 10, height: 10)
        let top = rest.takeTop(taken)
        #expect(top.height + rest.height == 10)
        #expect(rest.row == top.bottom)
        let right = rest.takeRight(taken)
        #expect(right.width + rest.width == 10)
        #expect(right.column == rest.end)
    }
}

@Suite("Colours")
struct ColorTests {
    @Test("Hexadecimal colours", arguments: [("#0080ff", RGB(0, 128, 255)), ("#FFFFFF", RGB(255, 255, 255))])
    func hex(text: String, color: RGB) {
        #expect(RGB(hex: text) == color)
    }

    @Test(
        "Anything else is no colour", arguments: ["", "#", "0080ff", "#0080f", "#0080ff0", "#+080ff", "#é080ff", "red"])
    func notHex(text: String) {
        #expect(RGB(hex: text) == nil)
    }
}
