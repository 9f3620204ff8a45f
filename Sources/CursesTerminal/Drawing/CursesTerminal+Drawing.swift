import CNcurses
import Explorer

extension CursesTerminal {
    /// Milliseconds after a key in which pictures stay as they are: they are most of what a line has to carry, and
    /// whoever holds a key down looks at none of them.
    static let picturePause: InputDecoder.Time = 80

    package func draw(_ frame: Frame) {
        if shown?.size != frame.size { redraw() }
        let due = lastInput.map { $0 + Self.picturePause }
        if let due, due > CursesTerminal.now(), case let held = frame.holding(of: shown), held != frame {
            waiting = (frame, due)
            show(held)
        } else {
            waiting = nil
            show(frame)
        }
    }

    /// Draws the pictures that waited for a pause, once it is there.
    func drawWaiting() {
        guard let (frame, due) = waiting, due <= CursesTerminal.now() else { return }
        waiting = nil
        if frame.size == shown?.size { show(frame) }
    }

    private func show(_ frame: Frame) {
        if writer != nil {
            let bytes = pixels.map { updateInPixels($0, frame) } ?? writer?.update(from: shown, to: frame) ?? []
            // A long frame at once, where the terminal can: no half of it is seen.
            send(bytes.count > 1024 ? ModeSequences.frameBegin + bytes + ModeSequences.frameEnd : bytes)
        } else {
            showByCurses(frame)
        }
        shown = frame
    }

    /// Text as characters, pictures in pixels, after all the text.
    private func updateInPixels(_ pixels: PixelWriter, _ frame: Frame) -> [UInt8] {
        let wanted = Set(frame.pictures)
        let gone = shown?.pictures.filter { !wanted.contains($0) } ?? []
        let base = shown?.withoutPictureCells.scratching(gone)
        var bytes = writer?.update(from: base, to: frame.withoutPictureCells) ?? []
        let whole = shown?.pictures.filter { !pixels.way.isErasedByText || writer?.wrote(in: $0.area) == false }
        let pictures = pixels.update(from: whole ?? [], to: frame.pictures)
        guard !pictures.isEmpty else { return bytes }
        bytes += pictures
        writer?.leave()
        // The cursor goes back to where it belongs.
        bytes += writer?.update(from: frame.withoutPictureCells, to: frame.withoutPictureCells) ?? []
        return bytes
    }

    /// Shows pictures in pixels from now on, where the terminal has said that it can.
    func takePixels() {
        guard writer != nil, let way = wantedPixels.way(decoder.pixels), pixels?.way != way else { return }
        let cell = decoder.cellSize ?? CursesTerminal.cellSize(output)
        guard way != .sixel || cell != nil else { return }
        pixels = PixelWriter(way, cell: cell ?? CellSize(width: 8, height: 16))
        let frame = shown
        redraw()
        if let frame, frame.size == size { draw(frame) }
    }

    private func showByCurses(_ frame: Frame) {
        if !put(frame) {
            // Out of colour pairs: forget them all, and draw the frame from nothing.
            pairs.forget()
            redraw()
            _ = put(frame)
        }
        if let cursor = frame.cursor, frame.contains(cursor) {
            terminal_show_cursor(Int32(cursor.row), Int32(cursor.column))
        } else {
            terminal_hide_cursor()
        }
        terminal_refresh()
    }

    /// Puts the cells that changed; false if the pairs ran out on the way.
    private func put(_ frame: Frame) -> Bool {
        let (old, new, columns) = (shown?.cells, frame.cells, frame.size.columns)
        for index in new.indices {
            let cell = new[index]
            if let old, old[index] == cell { continue }
            guard let character = cell.character else { continue }
            guard let pair = pairs.number(for: cell.style) else { return false }
            let isWide = index + 1 < new.count && (index + 1) % columns != 0 && new[index + 1].character == nil
            put(character, isWide: isWide, style: cell.style, pair: pair, row: index / columns, column: index % columns)
        }
        return true
    }

    private func put(_ character: Character, isWide: Bool, style: Style, pair: Int32, row: Int, column: Int) {
        let character = CursesTerminal.drawn(character, isWide: isWide, isUnicode: isUnicode)
        withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: 8) { text in
            var count = 0
            for scalar in character.unicodeScalars.prefix(5) {
                text[count] = wchar_t(bitPattern: scalar.value)
                count += 1
            }
            text[count] = 0
            let attributes = Int32(style.attributes.rawValue)
            terminal_put(Int32(row), Int32(column), text.baseAddress, attributes, pair)
            if isWide, character.isASCII {
                text[0] = wchar_t(0x20)
                text[1] = 0
                terminal_put(Int32(row), Int32(column + 1), text.baseAddress, attributes, pair)
            }
        }
    }

    /// What a character is drawn as: in ASCII where the locale knows no more, and not at all where the C library's width
    /// is another, for then no two programs agree where the next one stands.
    static func drawn(_ character: Character, isWide: Bool, isUnicode: Bool) -> Character {
        let character = isUnicode ? character : transliterated(character)
        if let first = character.unicodeScalars.first, !first.isASCII,
            terminal_width(wchar_t(bitPattern: first.value)) != (isWide ? 2 : 1)
        {
            return "?"
        }
        return character
    }

    /// A writer of our own, where the terminal's entry says that it takes xterm's sequences and has 256 colours or more.
    static func writer(_ depth: ColorDepth, isUnicode: Bool) -> ScreenWriter? {
        guard depth == .indexed256 || depth == .direct,
            databaseSequence("cup") == "\u{1B}[%i%p1%d;%p2%dH", terminal_flag("xenl"),
            let hide = databaseSequence("civis"), let show = databaseSequence("cnorm")
        else { return nil }
        return ScreenWriter(
            depth: depth, repeats: databaseSequence("rep") != nil, hideCursor: Array(hide.utf8),
            showCursor: Array(show.utf8)
        ) { character, isWide in drawn(character, isWide: isWide, isUnicode: isUnicode) }
    }
}
