import CursesTerminal
import Explorer
import Testing

/// What is written, read back by a terminal of a few lines.
@Suite("The screen's writer")
struct ScreenWriterTests {
    private let size = Size(columns: 23, rows: 7)

    private func writer(_ depth: ColorDepth, repeats: Bool = true) -> ScreenWriter {
        ScreenWriter(depth: depth, repeats: repeats)
    }

    @Test(
        "Whatever is drawn over whatever, the terminal shows the frame",
        arguments: [ColorDepth.indexed256, .direct], [true, false])
    func randomFrames(depth: ColorDepth, repeats: Bool) {
        var random = SystemRandomNumberGenerator()
        var (writer, terminal) = (writer(depth, repeats: repeats), PlainTerminal(size))
        var old: Frame?
        for _ in 0..<150 {
            let frame = RandomFrames.next(after: old, size: size, &random)
            terminal.take(writer.update(from: old, to: frame))
            for (index, cell) in frame.cells.enumerated() where cell.character != nil {
                let shown = terminal.cells[index]
                let pen = Pen(cell.style, depth)
                // A half block in one colour is a blank of that colour.
                let isOneColor = "▀▌".contains(cell.character!) && pen.ink >= 0 && pen.ink == pen.paper
                let character = isOneColor ? " " : cell.character
                #expect(shown.character == character)
                let codes = PlainTerminal.codes(pen)
                // A blank shows its paper alone, unless ink is its paper or a line.
                func seen(_ codes: Set<String>) -> Set<String> {
                    guard character == " ", codes.isDisjoint(with: ["4", "7"]) else { return codes }
                    return codes.filter {
                        $0.hasPrefix("48") || $0.count > 1 && $0.hasPrefix("4") || $0.hasPrefix("10")
                    }
                }
                #expect(seen(shown.codes) == seen(codes), "\(cell)")
            }
            #expect(terminal.showsCursor == (frame.cursor != nil))
            if let cursor = frame.cursor { #expect(terminal.place == cursor) }
            old = frame
        }
    }

    @Test("The same frame is nothing, one more figure a few bytes")
    func differences() {
        var writer = writer(.direct)
        var frame = Frame(size: Size(columns: 80, rows: 24), style: Style(foreground: RGB(1, 2, 3)))
        frame.put("0.123 0.456", at: Point(column: 4, row: 9), style: Style(foreground: RGB(1, 2, 3)))
        _ = writer.update(from: nil, to: frame)
        #expect(writer.update(from: frame, to: frame).isEmpty)
        var next = frame
        next.put("0.124 0.457", at: Point(column: 4, row: 9), style: Style(foreground: RGB(1, 2, 3)))
        #expect(String(decoding: writer.update(from: frame, to: next), as: UTF8.self) == "\u{8}7\u{1B}[7D4")
    }

    @Test("Runs of letters and blanks are repeated by the terminal; others are written out, which every terminal shows")
    func repeating() {
        for (character, isRepeated) in [("x", true), ("━", false), ("▞", false)] {
            var writer = writer(.direct)
            let blank = Frame(size: size, style: Style())
            var frame = blank
            frame.put(String(repeating: character, count: 20), at: Point(column: 1, row: 2), style: Style())
            let bytes = String(decoding: writer.update(from: blank, to: frame), as: UTF8.self)
            #expect(bytes.contains("\u{1B}[19b") == isRepeated, "\(character)")
            #expect(bytes.count { String($0) == character } == (isRepeated ? 1 : 20))
        }
    }

    @Test("Where a block or a line goes, the cell that it may have reached into is written too; not so of a letter")
    func overhang() {
        for (character, isWritten) in [("█", true), ("▅", true), ("━", true), ("│", true), ("m", false)] {
            var (writer, terminal) = (writer(.direct), PlainTerminal(size))
            let blank = Frame(size: size, style: Style())
            var frame = blank
            frame.put(character, at: Point(column: 4, row: 2), style: Style(foreground: RGB(95, 135, 175)))
            terminal.take(writer.update(from: blank, to: frame))
            let beside = 2 * size.columns + 5
            terminal.cells[beside].character = "?"
            terminal.take(writer.update(from: frame, to: blank))
            #expect(terminal.cells[beside].character == (isWritten ? " " : "?"), "\(character)")
        }
    }

    @Test("With 24 bits a colour that the palette of 256 has goes by its number, any other whole; a blank takes no ink")
    func numbers() {
        var writer = writer(.direct)
        var frame = Frame(size: Size(columns: 80, rows: 24))
        func draw(_ text: String, _ ink: RGB, _ paper: RGB? = nil) -> String {
            let old = frame
            frame.put(text, at: Point(column: 0, row: 0), style: Style(foreground: ink, background: paper))
            return String(decoding: writer.update(from: old, to: frame), as: UTF8.self)
        }
        _ = writer.update(from: nil, to: frame)
        #expect(draw("a", RGB(8, 8, 8)).contains("38;5;232ma"))
        #expect(draw("b", RGB(95, 135, 255)).contains("[38;5;69m"))
        #expect(draw("c", RGB(95, 136, 255)).contains("[38;2;95;136;255m"))
        #expect(draw("▀", RGB(28, 28, 28), RGB(28, 28, 28)).hasSuffix("[48;5;234m "))
    }

    @Test("What a change of pen costs is what it writes, and never more than to start over")
    func costs() {
        let colors: [Color?] = [nil, .ansi(3), .ansi(12), .exact(RGB(95, 135, 255)), .exact(RGB(9, 77, 200))]
        let pens = colors.flatMap { ink in
            colors.flatMap { paper in
                (UInt8(0)..<16).map { attributes in
                    let style = Style(
                        foreground: ink, background: paper, attributes: Style.Attributes(rawValue: attributes))
                    return Pen(style, .direct)
                }
            }
        }
        func bytes(_ codes: [String]) -> Int {
            codes.isEmpty ? 0 : "\u{1B}[\(codes.joined(separator: ";"))m".utf8.count
        }
        let starts = pens.filter { $0.cost(after: nil) != bytes($0.codes(after: nil)) }
        #expect(starts.isEmpty)
        let pairs = pens.enumerated().flatMap { index, pen in pens[(index / 3)...].prefix(90).map { (pen, $0) } }
        let wrong = pairs.filter { pen, old in
            pen.cost(after: old) != bytes(pen.codes(after: old)) || pen.cost(after: old) > pen.cost(after: nil)
        }
        #expect(wrong.isEmpty)
    }

    @Test("A frame is drawn colour by colour, not row by row")
    func colorByColor() {
        var writer = writer(.direct)
        var frame = Frame(size: Size(columns: 40, rows: 12))
        let styles = [RGB(200, 10, 10), RGB(10, 200, 10), RGB(10, 10, 200)].map { Style(foreground: $0) }
        for row in 0..<10 {
            for (index, style) in styles.enumerated() {
                frame.put("word\(row)", at: Point(column: index * 8, row: row), style: style)
            }
        }
        let text = String(decoding: writer.update(from: nil, to: frame), as: UTF8.self)
        #expect(text.components(separatedBy: "38;2;").count - 1 == 3)
    }

    @Test(
        "A terminal that shows 24 bits says so",
        arguments: [
            ("1+r524742=38", true), ("1+r5463", true), ("0+r524742", false), ("1$r0;48:2::1:2:3m", true),
            ("1$r48;2;1;2;3m", true), ("1$r0;48:5:16m", false), ("0$r", false), ("1$r0m", false), ("", false),
        ])
    func answers(answer: String, isDirect: Bool) {
        #expect(ColorDepth.isDirect(answer: Array(answer.utf8)[...]) == isDirect)
        var decoder = InputDecoder()
        let events = decoder.take(Array("\u{1B}P\(answer)\u{1B}\\x".utf8), at: 0)
        #expect(events == (isDirect ? [.colors(.direct)] : []) + [.key(.character("x"))])
    }

    @Test("The environment's word for 24 bits, or the name of a terminal that has them")
    func environment() {
        for environment in [["COLORTERM": "truecolor"], ["COLORTERM": "24bit"], ["TERM": "xterm-kitty"]] {
            #expect(CursesTerminal.claimsDirectColor(in: environment))
        }
        for environment in [[:], ["COLORTERM": "yes"], ["TERM": "xterm-256color"], ["TERM": "screen-256color"]] {
            #expect(!CursesTerminal.claimsDirectColor(in: environment))
        }
    }
}

/// Frames with wide characters, runs, colours of every kind, and mostly what the one before had.
enum RandomFrames {
    static func next(
        after old: Frame?, size: Size, _ random: inout some RandomNumberGenerator
    ) -> Frame {
        var frame = old ?? Frame(size: size)
        let colors: [Color?] = [
            nil, .ansi(3), .ansi(12), .exact(RGB(0, 0, 0)), .exact(RGB(255, 255, 255)), .exact(RGB(12, 200, 77)),
        ]
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let style = Style(
                foreground: colors.randomElement(using: &random)!, background: colors.randomElement(using: &random)!,
                attributes: Style.Attributes(rawValue: UInt8.random(in: 0..<16, using: &random)))
            let text = ["aaaaaaaaaaaaaaaa", "漢字", "e\u{301}x", "▀▀▀", " ", "0.51", "       "].randomElement(
                using: &random)!
            let at = Point(
                column: Int.random(in: 0..<size.columns, using: &random),
                row: Int.random(in: 0..<size.rows, using: &random))
            frame.put(text, at: at, style: style)
        }
        frame.cursor =
            Bool.random(using: &random) ? nil : Point(column: Int.random(in: 0..<size.columns, using: &random), row: 2)
        return frame
    }
}

/// A terminal that knows what the writer writes, and nothing else.
struct PlainTerminal {
    struct Shown: Equatable {
        var character: Character = " "
        var codes: Set<String> = []
    }

    let size: Size
    fileprivate(set) var cells: [Shown]
    private(set) var place: Point? = Point(column: 0, row: 0)
    private(set) var showsCursor = false
    private var attributes: Set<String> = []
    private var ink = ""
    private var paper = ""

    init(_ size: Size) {
        self.size = size
        cells = Array(repeating: Shown(), count: size.columns * size.rows)
    }

    /// What a pen must have been told.
    static func codes(_ pen: Pen) -> Set<String> {
        var terminal = PlainTerminal(Size(columns: 1, rows: 1))
        terminal.take(Array("\u{1B}[\(pen.codes(after: nil).joined(separator: ";"))mx".utf8))
        return terminal.cells[0].codes
    }

    mutating func take(_ bytes: [UInt8]) {
        var rest = Array(String(decoding: bytes, as: UTF8.self))[...]
        while let character = rest.popFirst() {
            guard character == "\u{1B}" else {
                if character == "\u{8}" { place!.column -= 1 } else { put(character) }
                continue
            }
            precondition(rest.popFirst() == "[")
            let end = rest.firstIndex { $0.isLetter }!
            control(String(rest[..<end]), rest[end])
            rest = rest[(end + 1)...]
        }
    }

    private mutating func put(_ character: Character) {
        let width = character.unicodeScalars.first!.value >= 0x3000 ? 2 : 1
        guard let at = place else { fatalError("a character whose place nobody knows") }
        cells[at.row * size.columns + at.column] = Shown(
            character: character, codes: attributes.union([ink, paper].filter { !$0.isEmpty }))
        place = at.column + width < size.columns ? Point(column: at.column + width, row: at.row) : nil
    }

    private mutating func control(_ parameters: String, _ final: Character) {
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        switch final {
        case "H": place = Point(column: max(1, numbers.count > 1 ? numbers[1] : 1) - 1, row: max(1, numbers[0]) - 1)
        case "A": place!.row -= max(1, numbers[0])
        case "B": place!.row += max(1, numbers[0])
        case "C": place!.column += max(1, numbers[0])
        case "D": place!.column -= max(1, numbers[0])
        case "b":
            let last = cells[place!.row * size.columns + place!.column - 1].character
            for _ in 0..<numbers[0] { put(last) }
        case "h", "l": if parameters == "?25" { showsCursor = final == "h" }
        case "m": style(numbers)
        default: fatalError("unknown: \(parameters)\(final)")
        }
    }

    private mutating func style(_ numbers: [Int]) {
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case 0: (attributes, ink, paper) = ([], "", "")
            case 1, 2, 4, 7: attributes.insert("\(number)")
            case 22: attributes.subtract(["1", "2"])
            case 24, 27: attributes.remove("\(number - 20)")
            case 39: ink = ""
            case 49: paper = ""
            case 38, 48:
                let parts = rest.prefix(rest.first == 5 ? 2 : 4)
                rest = rest.dropFirst(parts.count)
                let text = "\(number):" + parts.map(String.init).joined(separator: ":")
                if number == 38 { ink = text } else { paper = text }
            case 30...37, 90...97: ink = "\(number)"
            case 40...47, 100...107: paper = "\(number)"
            default: fatalError("unknown: \(number)m")
            }
        }
    }
}
