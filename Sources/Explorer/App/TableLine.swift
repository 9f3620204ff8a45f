/// A line of a list or a text that has tables in it.
protocol TableLine {
    var place: TablePlace { get }
}

/// Where a line stands: it is a table's head, a row below one, or outside of tables.
enum TablePlace { case head, row, outside }

extension Array where Element: TableLine {
    /// The head of the table that a line stands in; nil on the head itself, and outside of tables.
    func head(of line: Int) -> Int? {
        guard let above = self[...line].lastIndex(where: { $0.place != .row }), above != line else { return nil }
        return self[above].place == .head ? above : nil
    }

    /// The lines on show of a text scrolled to `first`: in place of that one the head of its table, where it has one.
    func shown(from first: Int, height: Int) -> [Element] {
        var shown = Array(dropFirst(first).prefix(height))
        if height > 1, !shown.isEmpty, let head = head(of: first) { shown[0] = self[head] }
        return shown
    }
}

extension ListPanel {
    /// A list of lines that has tables in it.
    init(cursor: WritableKeyPath<State, ListCursor>, lines: [some TableLine], area: Area) {
        self.init(cursor: cursor, count: lines.count, area: area, head: lines.head)
    }
}
