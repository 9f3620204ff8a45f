/// A place on the screen, counted from the upper left.
package struct Point: Sendable, Hashable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// The extent of a screen in character cells.
package struct Size: Sendable, Hashable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A rectangle of cells. Never of negative extent: taking more than there is leaves an empty area.
package struct Area: Sendable, Hashable {
    package var column: Int
    package var row: Int
    package var width: Int
    package var height: Int

    package init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package init(_ size: Size) {
        self.init(column: 0, row: 0, width: size.columns, height: size.rows)
    }

    package var isEmpty: Bool { width == 0 || height == 0 }
    package var origin: Point { Point(column: column, row: row) }
    /// The first column right of the area.
    package var end: Int { column + width }
    /// The first row below the area.
    package var bottom: Int { row + height }

    package func contains(_ point: Point) -> Bool {
        (column..<end).contains(point.column) && (row..<bottom).contains(point.row)
    }

    /// What two areas share; empty where they share nothing.
    package func intersection(_ other: Area) -> Area {
        let (column, row) = (max(column, other.column), max(row, other.row))
        return Area(
            column: column, row: row, width: min(end, other.end) - column, height: min(bottom, other.bottom) - row)
    }

    /// The place `columns` to the right and `rows` down from the upper left corner.
    package func point(_ columns: Int = 0, _ rows: Int = 0) -> Point {
        Point(column: column + columns, row: row + rows)
    }

    /// One row of the area, empty where there is no such row.
    package func line(_ index: Int) -> Area {
        Area(column: column, row: row + index, width: width, height: (0..<height).contains(index) ? 1 : 0)
    }

    /// The area less `columns` on both sides and `rows` above and below.
    func inset(columns: Int, rows: Int = 0) -> Area {
        Area(column: column + columns, row: row + rows, width: width - 2 * columns, height: height - 2 * rows)
    }

    /// An area of the given extent in the middle of this one, no larger than it.
    package func centered(width wanted: Int, height wantedHeight: Int) -> Area {
        let (w, h) = (min(wanted, width), min(wantedHeight, height))
        return Area(column: column + (width - w) / 2, row: row + (height - h) / 2, width: w, height: h)
    }

    // Layouts are written by taking strips off an area until nothing is left.

    package mutating func takeTop(_ rows: Int) -> Area {
        let taken = max(0, min(rows, height))
        defer { self = Area(column: column, row: row + taken, width: width, height: height - taken) }
        return Area(column: column, row: row, width: width, height: taken)
    }

    mutating func takeBottom(_ rows: Int) -> Area {
        let taken = max(0, min(rows, height))
        height -= taken
        return Area(column: column, row: row + height, width: width, height: taken)
    }

    mutating func takeLeft(_ columns: Int) -> Area {
        let taken = max(0, min(columns, width))
        defer { self = Area(column: column + taken, row: row, width: width - taken, height: height) }
        return Area(column: column, row: row, width: taken, height: height)
    }

    package mutating func takeRight(_ columns: Int) -> Area {
        let taken = max(0, min(columns, width))
        width -= taken
        return Area(column: column + width, row: row, width: taken, height: height)
    }
}
