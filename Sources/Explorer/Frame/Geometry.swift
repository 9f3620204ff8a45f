/// A place on the screen, counted from the upper left.
public struct Point: Sendable, Hashable {
    public var column: Int
    public var row: Int

    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// The extent of a screen in character cells.
public struct Size: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A rectangle of cells. Never of negative extent: taking more than there is leaves an empty area.
public struct Area: Sendable, Hashable {
    public var column: Int
    public var row: Int
    public var width: Int
    public var height: Int

    public init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    public init(_ size: Size) {
        self.init(column: 0, row: 0, width: size.columns, height: size.rows)
    }

    public var isEmpty: Bool { width == 0 || height == 0 }
    public var origin: Point { Point(column: column, row: row) }
    /// The first column right of the area.
    public var end: Int { column + width }
    /// The first row below the area.
    public var bottom: Int { row + height }

    public func contains(_ point: Point) -> Bool {
        (column..<end).contains(point.column) && (row..<bottom).contains(point.row)
    }

    /// The place `columns` to the right and `rows` down from the upper left corner.
    public func point(_ columns: Int = 0, _ rows: Int = 0) -> Point {
        Point(column: column + columns, row: row + rows)
    }

    /// One row of the area, empty where there is no such row.
    public func line(_ index: Int) -> Area {
        Area(column: column, row: row + index, width: width, height: (0..<height).contains(index) ? 1 : 0)
    }

    /// The area less `columns` on both sides and `rows` above and below.
    public func inset(columns: Int, rows: Int = 0) -> Area {
        Area(column: column + columns, row: row + rows, width: width - 2 * columns, height: height - 2 * rows)
    }

    /// An area of the given extent in the middle of this one, no larger than it.
    public func centered(width wanted: Int, height wantedHeight: Int) -> Area {
        let (w, h) = (min(wanted, width), min(wantedHeight, height))
        return Area(column: column + (width - w) / 2, row: row + (height - h) / 2, width: w, height: h)
    }

    // Layouts are written by taking strips off an area until nothing is left.

    public mutating func takeTop(_ rows: Int) -> Area {
        let taken = max(0, min(rows, height))
        defer { self = Area(column: column, row: row + taken, width: width, height: height - taken) }
        return Area(column: column, row: row, width: width, height: taken)
    }

    public mutating func takeBottom(_ rows: Int) -> Area {
        let taken = max(0, min(rows, height))
        height -= taken
        return Area(column: column, row: row + height, width: width, height: taken)
    }

    public mutating func takeLeft(_ columns: Int) -> Area {
        let taken = max(0, min(columns, width))
        defer { self = Area(column: column + taken, row: row, width: width - taken, height: height) }
        return Area(column: column, row: row, width: taken, height: height)
    }

    public mutating func takeRight(_ columns: Int) -> Area {
        let taken = max(0, min(columns, width))
        width -= taken
        return Area(column: column + width, row: row, width: taken, height: height)
    }
}
