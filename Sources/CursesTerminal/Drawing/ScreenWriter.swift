import Explorer

/// Writes frames as control sequences of ECMA-48 (xterm, tmux, kitty and all that are like them), and only what changed.
///
/// ncurses knows no colours but those of the terminal's entry in the database, and has a number for a pair of them only
/// some thousand times; this knows none of these limits. Everything but drawing remains ncurses'.
package struct ScreenWriter: Sendable {
    var depth: ColorDepth
    /// Whether `CSI b` repeats a character.
    let repeats: Bool
    let hideCursor: [UInt8]
    let showCursor: [UInt8]
    /// What a character of the frame is drawn as.
    let shown: @Sendable (_ character: Character, _ isWide: Bool) -> Character

    /// How the next character would look; nil when that is not known.
    private var pen: Pen?
    /// Where it would stand; nil when that is not known.
    private var place: Point?
    private var showsCursor = false
    private var bytes: [UInt8] = []

    package init(
        depth: ColorDepth, repeats: Bool, hideCursor: [UInt8] = Array("\u{1B}[?25l".utf8),
        showCursor: [UInt8] = Array("\u{1B}[?25h".utf8),
        shown: @escaping @Sendable (Character, Bool) -> Character = { character, _ in character }
    ) {
        self.depth = depth
        self.repeats = repeats
        self.hideCursor = hideCursor
        self.showCursor = showCursor
        self.shown = shown
    }

    /// The screen was cleared, the cursor hidden, or someone else drew.
    mutating func forget() {
        (pen, place, showsCursor) = (nil, nil, false)
    }

    /// Someone moved the cursor.
    package mutating func leave() { place = nil }

    /// What turns a screen that shows `old` into one that shows `frame`. Nil is a cleared screen.
    package mutating func update(from old: Frame?, to frame: Frame) -> [UInt8] {
        bytes = []
        let blank = Cell(" ", Style())
        let columns = frame.size.columns
        var index = 0
        while index < frame.cells.count {
            let cell = frame.cells[index]
            if cell == old?.cells[index] ?? blank || cell.character == nil {
                index += 1
                continue
            }
            index += put(at: index, of: frame, old, columns)
        }
        putCursor(frame)
        return bytes
    }

    /// Draws the cell at an index, and those right of it that are the same. Returns how many.
    private mutating func put(at index: Int, of frame: Frame, _ old: Frame?, _ columns: Int) -> Int {
        let cell = frame.cells[index]
        let (row, column) = (index / columns, index % columns)
        move(to: Point(column: column, row: row), over: frame)
        let isWide = column + 1 < columns && frame.cells[index + 1].character == nil
        var character = shown(cell.character ?? " ", isWide)
        var pen = Pen(cell.style, depth)
        if character == "▀" || character == "▌", pen.ink >= 0, pen.ink == pen.paper {
            (character, pen) = (" ", pen.keepingInk(of: self.pen))
        }
        take(pen)
        let text = String(character)
        bytes += text.utf8
        if isWide, character.isASCII { bytes.append(0x20) }
        var count = 1
        if character.isASCII, !isWide {
            // The same again, as far as it changes.
            while column + count < columns, frame.cells[index + count] == cell,
                frame.cells[index + count] != old?.cells[index + count] ?? Cell(" ", Style())
            {
                count += 1
            }
            repeated(character, count - 1)
        }
        let end = column + (isWide ? 2 : count)
        // Nobody agrees on the cursor after the last column.
        place = end < columns ? Point(column: end, row: row) : nil
        return count
    }

    private mutating func repeated(_ character: Character, _ count: Int) {
        guard let byte = character.asciiValue else { return }
        if repeats, count > 5 {
            bytes += "\u{1B}[\(count)b".utf8
        } else {
            bytes += repeatElement(byte, count: count)
        }
    }

    private mutating func move(to point: Point, over frame: Frame) {
        guard place != point else { return }
        defer { place = point }
        guard let from = place, from.row == point.row, from.column < point.column else {
            bytes += "\u{1B}[\(point.row + 1)\(point.column > 0 ? ";\(point.column + 1)" : "")H".utf8
            return
        }
        let gap = point.column - from.column
        let start = from.row * frame.size.columns + from.column
        let between = frame.cells[start..<start + gap]
        if gap <= 4, let pen, between.allSatisfy({ Pen($0.style, depth) == pen && $0.character?.isASCII == true }) {
            // What stands there already costs no more than to jump over it.
            bytes += between.compactMap { $0.character.flatMap { shown($0, false).asciiValue } }
        } else {
            bytes += (gap == 1 ? "\u{1B}[C" : "\u{1B}[\(gap)C").utf8
        }
    }

    private mutating func take(_ next: Pen) {
        let codes = next.codes(after: pen)
        if !codes.isEmpty { bytes += "\u{1B}[\(codes.joined(separator: ";"))m".utf8 }
        pen = next
    }

    private mutating func putCursor(_ frame: Frame) {
        guard let cursor = frame.cursor, frame.contains(cursor) else {
            if showsCursor { bytes += hideCursor }
            return showsCursor = false
        }
        move(to: cursor, over: frame)
        if !showsCursor { bytes += showCursor }
        showsCursor = true
    }
}

/// Attributes and colours as one terminal has them: two styles that look the same on it are equal.
package struct Pen: Equatable, Sendable {
    private let attributes: Style.Attributes
    package private(set) var ink: Int32
    package let paper: Int32
    private let isDirect: Bool

    package init(_ style: Style, _ depth: ColorDepth) {
        attributes = style.attributes
        isDirect = depth == .direct
        (ink, paper) = (Self.number(of: style.foreground, depth), Self.number(of: style.background, depth))
    }

    /// With 24 bits, from 2²⁴ on; else the palette's; -1 for the terminal's own.
    private static func number(of color: Color?, _ depth: ColorDepth) -> Int32 {
        if depth == .direct, case .exact(let color) = color {
            if let number = ColorDepth.exactNumber(of: color) { return number }
            return 1 << 24 | Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)
        }
        return depth.number(of: color)
    }

    /// For a blank: ink shows there only where it is the paper, or as a line.
    func keepingInk(of old: Pen?) -> Pen {
        guard let old, old.attributes == attributes, attributes.isDisjoint(with: [.reverse, .underline]) else {
            return self
        }
        var pen = self
        pen.ink = old.ink
        return pen
    }

    /// Parameters of `CSI m` that lead here from another pen, as few as there need be.
    package func codes(after old: Pen?) -> [String] {
        var codes: [String] = []
        var base = old
        if old.map({ !$0.attributes.isSubset(of: attributes) }) ?? true {
            codes.append("0")
            base = nil
        }
        let names: [(Style.Attributes, String)] = [(.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7")]
        for (attribute, code) in names
        where attributes.contains(attribute) && base?.attributes.contains(attribute) != true {
            codes.append(code)
        }
        if ink != base?.ink ?? -1 { codes.append(Self.code(ink, 30)) }
        if paper != base?.paper ?? -1 { codes.append(Self.code(paper, 40)) }
        // All else is off, and what is left is nothing: the shortest form.
        return codes == ["0"] ? [""] : codes
    }

    private static func code(_ number: Int32, _ first: Int) -> String {
        switch number {
        case (1 << 24)...: "\(first + 8);2;\(number >> 16 & 255);\(number >> 8 & 255);\(number & 255)"
        case 16...: "\(first + 8);5;\(number)"
        case 8...: "\(first + 60 + Int(number) - 8)"
        case 0...: "\(first + Int(number))"
        default: "\(first + 9)"
        }
    }
}
