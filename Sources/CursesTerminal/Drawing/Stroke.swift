import Explorer

/// Cells side by side that one pen draws.
struct Stroke {
    let row: Int
    private(set) var columns: Range<Int>
    private(set) var pen: Pen
    /// Blanks alone, of which only the paper shows.
    private(set) var isBlank: Bool

    fileprivate init(_ glyph: Glyph, row: Int, columns: Range<Int>) {
        (self.row, self.columns) = (row, columns)
        (pen, isBlank) = (glyph.pen, glyph.isBlank)
    }

    /// Whether the pen draws a glyph too; blanks take whatever pen comes first.
    fileprivate mutating func takes(_ glyph: Glyph) -> Bool {
        if glyph.pen == pen {
            isBlank = isBlank && glyph.isBlank
            return true
        }
        if glyph.isBlank { return pen.drawsBlank(of: glyph.pen) }
        guard isBlank, glyph.pen.drawsBlank(of: pen) else { return false }
        (pen, isBlank) = (glyph.pen, false)
        return true
    }

    fileprivate mutating func grow(to end: Int) { columns = columns.lowerBound..<end }
}

/// A cell as the terminal shows it.
struct Glyph {
    let character: Character
    let pen: Pen
    let width: Int

    init(_ cell: Cell, isWide: Bool, _ depth: ColorDepth, _ shown: (Character, Bool) -> Character) {
        let character = shown(cell.character ?? " ", isWide)
        pen = Pen(cell.style, depth)
        // Half of a cell in the colour of the other half.
        let isPlain = (character == "▀" || character == "▌") && pen.ink >= 0 && pen.ink == pen.paper
        self.character = isPlain ? " " : character
        width = isWide ? 2 : 1
    }

    /// Whether nothing shows but the paper.
    var isBlank: Bool { character == " " && !pen.marksBlanks }

    func looks(like other: Glyph) -> Bool {
        guard character == other.character, width == other.width else { return false }
        return pen == other.pen || isBlank && other.isBlank && pen.paper == other.pen.paper
    }

    /// Written once.
    var bytes: Int { character.utf8.count + (width == 2 && character.isASCII ? 1 : 0) }
}

/// What must be drawn for one frame to become another.
struct Strokes {
    let frame: Frame
    let depth: ColorDepth
    let shown: @Sendable (Character, Bool) -> Character

    /// The glyph at an index; nil where a wide character on the left reaches over.
    func glyph(_ index: Int, of frame: Frame) -> Glyph? {
        let cell = frame.cells[index]
        guard cell.character != nil else { return nil }
        let columns = frame.size.columns
        let isWide = index % columns + 1 < columns && frame.cells[index + 1].character == nil
        return Glyph(cell, isWide: isWide, depth, shown)
    }

    /// Row by row. What need not be drawn anew is bridged where that is no longer than a jump.
    func changing(_ old: Frame?) -> [Stroke] {
        var strokes: [Stroke] = []
        let columns = frame.size.columns
        for row in 0..<frame.size.rows {
            // The stroke so far, and with what is bridged behind it.
            var (open, bridged): (Stroke?, Stroke?) = (nil, nil)
            var gap = 0
            var column = 0
            while column < columns {
                let index = row * columns + column
                let isOverhung = old.map { column > 0 && leavesTraces(left: index, $0) } ?? false
                let isSame = old.map { $0.cells[index] == frame.cells[index] && !isOverhung } ?? false
                guard !isSame || open != nil, let glyph = glyph(index, of: frame) else {
                    column += 1
                    continue
                }
                let isTaken = bridged?.takes(glyph) ?? false
                if !isSame, isOverhung || changes(glyph, index, old) {
                    if !isTaken {
                        if let open { strokes.append(open) }
                        bridged = Stroke(glyph, row: row, columns: column..<column)
                    }
                    bridged?.grow(to: column + glyph.width)
                    (open, gap) = (bridged, 0)
                } else if let done = open {
                    gap += glyph.bytes
                    if !isTaken || gap > Self.jump {
                        strokes.append(done)
                        (open, bridged) = (nil, nil)
                    }
                }
                column += glyph.width
            }
            if let open { strokes.append(open) }
        }
        return strokes
    }

    private func changes(_ glyph: Glyph, _ index: Int, _ old: Frame?) -> Bool {
        guard let old else { return !glyph.looks(like: Glyph(Cell(" ", Style()), isWide: false, depth, shown)) }
        return self.glyph(index, of: old).map { !glyph.looks(like: $0) } ?? true
    }

    /// Whether what stood left of a cell and is gone may have reached into it: terminals that draw lines and blocks with a
    /// font (xterm) let them stand over by a pixel, and clear only the cells that are written.
    private func leavesTraces(left index: Int, _ old: Frame) -> Bool {
        let was = old.cells[index - 1]
        guard was != frame.cells[index - 1], let character = was.character?.unicodeScalars.first else { return false }
        return (0x2500...0x259F).contains(character.value)
    }

    /// The bytes of a jump over two to nine columns.
    private static let jump = 4
}
