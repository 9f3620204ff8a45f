import Analysis

/// A whole screen as a value: what `view` makes and a terminal draws. Drawing outside it is cut off.
package struct Frame: Sendable, Equatable {
    package let size: Size
    package private(set) var cells: [Cell]
    /// Where the terminal's cursor stands; nil hides it.
    package var cursor: Point?
    /// The pictures on the screen. Their cells show them too, for terminals that have no pixels.
    package private(set) var pictures: [Picture] = []

    /// What answers the last key; all else waits for a pause between keys, as pictures do. Nil where only pictures wait.
    package var hurried: Area?

    /// Where a letter or a figure was drawn over another; noted where somebody asks for it.
    package var overwritten: [Point]?

    /// A picture and the cells it takes.
    package struct Picture: Sendable, Hashable {
        package var area: Area
        package var thumbnail: Thumbnail
        /// What is laid over it.
        package var tint: HeatTint?

        package init(area: Area, thumbnail: Thumbnail, tint: HeatTint? = nil) {
            self.area = area
            self.thumbnail = thumbnail
            self.tint = tint
        }

        /// As a terminal shows it that has pixels.
        package var pixels: Thumbnail { tint.map { $0.framed(thumbnail) } ?? thumbnail }
    }

    package init(size: Size, style: Style = Style()) {
        self.size = size
        cells = Array(repeating: Cell(" ", style), count: size.columns * size.rows)
    }

    package var area: Area { Area(size) }

    package func contains(_ point: Point) -> Bool { area.contains(point) }

    package subscript(point: Point) -> Cell {
        precondition(contains(point))
        return cells[point.row * size.columns + point.column]
    }

    /// The characters row by row, without trailing blanks: for tests and pictures.
    package var text: String {
        (0..<size.rows).map { row in
            var line = String(cells[row * size.columns..<(row + 1) * size.columns].compactMap(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// Draws `text` from `point` to the right, in at most `width` columns, and returns the columns used.
    @discardableResult
    package mutating func put(_ text: String, at point: Point, width limit: Int = .max, style: Style) -> Int {
        guard (0..<size.rows).contains(point.row) else { return 0 }
        var used = 0
        for glyph in glyphs(of: text) {
            guard used + glyph.width <= limit, point.column + used + glyph.width <= size.columns else { break }
            let place = Point(column: point.column + used, row: point.row)
            if overwritten != nil { noteOverwriting(glyph.character, at: place) }
            set(glyph, at: place, style: style)
            used += glyph.width
        }
        return used
    }

    /// Draws `text` so that it ends just before the end of `area`'s first row.
    mutating func putRight(_ text: String, in area: Area, style: Style) {
        guard !area.isEmpty else { return }
        let fitted = text.fitted(to: area.width)
        put(fitted, at: area.point(area.width - displayWidth(of: fitted)), width: area.width, style: style)
    }

    /// Draws `text` in the middle of `area`'s first row.
    mutating func putCentered(_ text: String, in area: Area, style: Style) {
        guard !area.isEmpty else { return }
        let fitted = text.fitted(to: area.width)
        put(fitted, at: area.point((area.width - displayWidth(of: fitted)) / 2), width: area.width, style: style)
    }

    /// Makes every cell of `area` the same character.
    package mutating func fill(_ area: Area, with character: Character = " ", style: Style) {
        for row in area.row..<area.bottom {
            for column in area.column..<area.end {
                set(Glyph(character: character, width: 1), at: Point(column: column, row: row), style: style)
            }
        }
    }

    /// Notes that the cells of an area show a picture.
    package mutating func show(_ picture: Picture) { pictures.append(picture) }

    /// Takes the pictures away that something else is to be drawn over, also what would be left of them: a slice of a
    /// picture says nothing, and beside pictures in pixels it would be of another grain.
    mutating func cover(_ area: Area) {
        guard let style = cells.last?.style else { return }
        for picture in pictures where !picture.area.intersection(area).isEmpty {
            fill(picture.area, style: Style(foreground: style.foreground, background: style.background))
        }
        pictures.removeAll { !$0.area.intersection(area).isEmpty }
    }

    /// Another cell in the place of one.
    mutating func replace(_ index: Int, by cell: Cell) { cells[index] = cell }

    /// Forgets that cells show a picture.
    mutating func hide(_ picture: Picture) { pictures.removeAll { $0 == picture } }

    /// Changes the style of what is already drawn.
    mutating func restyle(_ area: Area, _ change: (inout Style) -> Void) {
        for row in max(0, area.row)..<max(0, min(area.bottom, size.rows)) {
            for column in max(0, area.column)..<max(max(0, area.column), min(area.end, size.columns)) {
                change(&cells[row * size.columns + column].style)
            }
        }
    }

    private mutating func noteOverwriting(_ character: Character, at point: Point) {
        guard contains(point), let old = self[point].character, old.isLetter || old.isNumber, old != character else {
            return
        }
        overwritten?.append(point)
    }

    private mutating func set(_ glyph: Glyph, at point: Point, style: Style) {
        guard contains(point) else { return }
        let index = point.row * size.columns + point.column
        // Half of a wide character cannot stay behind.
        if cells[index].character == nil, point.column > 0 { cells[index - 1].character = " " }
        let last = index + glyph.width - 1
        if point.column + glyph.width < size.columns, cells[last + 1].character == nil {
            cells[last + 1].character = " "
        }
        cells[index] = Cell(glyph.character, style)
        if glyph.width == 2 { cells[last] = Cell(nil, style) }
    }
}
