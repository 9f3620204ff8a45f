import Explorer

/// Writes frames as control sequences of ECMA-48 (xterm, tmux, kitty and all that are like them), and only what changed.
///
/// ncurses knows no colours but those of the terminal's entry in the database, and has a number for a pair of them only
/// some thousand times; this knows none of these limits. Everything but drawing remains ncurses'.
package struct ScreenWriter: Sendable {
    var depth: ColorDepth
    /// Whether `CSI b` repeats a character. Only those of ASCII are asked to be, as by ncurses: a tmux whose `TERM` was set
    /// to `xterm-256color` repeats no other, and leaves holes.
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
    /// The strokes of the last update.
    private var strokes: [Stroke] = []

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
        let cells = Strokes(frame: frame, depth: depth, shown: shown)
        strokes = cells.changing(old)
        var order = StrokeOrder(strokes)
        while let stroke = order.next(after: pen, at: place) { put(stroke, cells) }
        putCursor(frame)
        return bytes
    }

    /// Whether the last update wrote into an area.
    package func wrote(in area: Area) -> Bool {
        strokes.contains { (area.row..<area.bottom).contains($0.row) && $0.columns.overlaps(area.column..<area.end) }
    }

    private mutating func put(_ stroke: Stroke, _ cells: Strokes) {
        move(to: Point(column: stroke.columns.lowerBound, row: stroke.row))
        take(stroke.isBlank ? stroke.pen.forBlanks(after: pen) : stroke.pen)
        let columns = cells.frame.size.columns
        var run: (glyph: Glyph, count: Int)?
        for column in stroke.columns {
            guard let glyph = cells.glyph(stroke.row * columns + column, of: cells.frame) else { continue }
            if let known = run, known.glyph.character == glyph.character, glyph.width == 1 {
                run = (known.glyph, known.count + 1)
            } else {
                put(run)
                run = (glyph, 1)
            }
        }
        put(run)
        // Nobody agrees on the cursor after the last column.
        let end = stroke.columns.upperBound
        place = end < columns ? Point(column: end, row: stroke.row) : nil
    }

    /// A character, and the same again.
    private mutating func put(_ run: (glyph: Glyph, count: Int)?) {
        guard let (glyph, count) = run else { return }
        let text = Array(glyph.character.utf8) + (glyph.width == 2 && glyph.character.isASCII ? [0x20] : [])
        bytes += text
        let more = "\u{1B}[\(count - 1)b".utf8
        if repeats, glyph.character.isASCII, glyph.width == 1, count - 1 > more.count {
            bytes += more
        } else {
            for _ in 1..<count { bytes += text }
        }
    }

    private mutating func move(to point: Point) {
        bytes += CursorMove(from: place, to: point).bytes
        place = point
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
        move(to: cursor)
        if !showsCursor { bytes += showCursor }
        showsCursor = true
    }
}
