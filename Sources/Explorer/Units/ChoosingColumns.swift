/// Which figures the table of all units has, while they are chosen.
package struct ColumnsPlace: Sendable, Hashable {
    package var cursor = ListCursor()
    /// Every figure once, in the order of the columns.
    private(set) var order: [UnitSort]
    private(set) var shown: Set<UnitSort>

    init(_ columns: [UnitSort]) {
        order = columns + UnitSort.figures.filter { !columns.contains($0) }
        shown = Set(columns)
    }

    package var columns: [UnitSort] { order.filter(shown.contains) }

    mutating func toggle() {
        guard order.indices.contains(cursor.selected) else { return }
        let figure = order[cursor.selected]
        if shown.remove(figure) == nil { shown.insert(figure) }
    }

    /// Moves the figure under the cursor, and the cursor with it.
    mutating func move(by step: Int) {
        let (from, to) = (cursor.selected, cursor.selected + step)
        guard order.indices.contains(from), order.indices.contains(to) else { return }
        order.swapAt(from, to)
        cursor.jump(to: to)
    }
}

extension State {
    /// c: the figures of the table, those that it has now first.
    mutating func chooseColumns() {
        let width = layout[.table]?.width ?? size.columns
        overlay = .columns(ColumnsPlace(unitColumns ?? UnitColumns.figures(in: width)))
    }

    /// The table follows every key.
    mutating func changeColumns(_ change: (inout ColumnsPlace) -> Void) {
        guard case .columns(var place) = overlay else { return }
        change(&place)
        unitColumns = place.columns
        overlay = .columns(place)
    }

    /// As many as there is room for, as at first.
    mutating func resetColumns() {
        guard case .columns = overlay else { return }
        unitColumns = nil
        chooseColumns()
    }
}

extension KeyTable {
    static let columns = [
        Binding(.columns, [.enter, .character(" ")], .accept, "show or hide", "show this figure, or hide it"),
        Binding(.columns, [.character("<"), .left], .moveColumn(by: -1), "move", "one place to the left"),
        Binding(.columns, [.character(">"), .right], .moveColumn(by: 1), "move", "one place to the right"),
        Binding(.columns, [.character("=")], .resetColumns, "as at first", "the figures that there is room for"),
        Binding(.columns, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.columns, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.columns, [.escape, .character("c"), .character("q")], .cancel, "close", "close"),
    ]
}

extension OverlayLayout {
    /// At the bottom, so that the head of the table and its first units are seen.
    static func columns(in size: Size) -> OverlayLayout {
        OverlayLayout(right: 54, height: UnitSort.figures.count + 2, atBottom: true, in: size)
    }
}

extension Painter {
    mutating func columnsOverlay(_ place: ColumnsPlace) {
        _ = box(OverlayLayout.columns(in: frame.size), "Columns")
        guard let list = state.overlayList(in: frame.size) else { return }
        for (row, line) in list.rows(place.cursor) {
            let figure = place.order[row]
            let isShown = place.shown.contains(figure)
            frame.put(isShown ? "✓" : " ", at: line.point(1), style: palette[.accent])
            frame.put(figure.title, at: line.point(3), width: 9, style: palette[isShown ? .text : .dim])
            frame.put(
                figure.meaning.fitted(to: line.width - 14), at: line.point(13), style: palette[.dim])
            if row == place.cursor.selected { select(line, focused: true) }
        }
    }
}
