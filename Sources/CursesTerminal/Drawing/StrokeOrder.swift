import Explorer

/// Strokes in an order that costs few bytes: changes of colour are most of what a frame takes, jumps are short.
///
/// From each stroke on to the one that is cheapest to reach, among the next of the rows and those of the same pen.
struct StrokeOrder {
    private let strokes: [Stroke]
    /// Links from each stroke that is left to the one before and behind it; the last entry is the start and the end.
    private var before: [Int]
    private var behind: [Int]
    /// By pen, the first last.
    private var alike: [Pen: [Int]] = [:]
    private var isDone: [Bool]
    /// How many are compared: a screen of photographs has thousands.
    private let reach: Int

    init(_ strokes: [Stroke]) {
        self.strokes = strokes
        let count = strokes.count
        before = [count] + Array(0..<count)
        behind = Array(1..<count + 1) + [0]
        isDone = Array(repeating: false, count: count)
        reach = max(16, min(256, 100_000 / max(1, count)))
        for index in strokes.indices.reversed() { alike[strokes[index].pen, default: []].append(index) }
    }

    /// The stroke to draw next, taken out; nil when none is left.
    mutating func next(after pen: Pen?, at place: Point?) -> Stroke? {
        let end = strokes.count
        var (best, least) = (end, Int.max)
        func weigh(_ index: Int) {
            let stroke = strokes[index]
            let wanted = stroke.isBlank ? stroke.pen.forBlanks(after: pen) : stroke.pen
            let start = Point(column: stroke.columns.lowerBound, row: stroke.row)
            let cost = wanted.cost(after: pen) + CursorMove(from: place, to: start).count
            if cost < least { (best, least) = (index, cost) }
        }
        if let pen, let index = firstLeft(of: pen) { weigh(index) }
        var (index, count) = (behind[end], 0)
        while index != end, count < reach, least > 0 {
            weigh(index)
            index = behind[index]
            count += 1
        }
        guard best != end else { return nil }
        take(best)
        return strokes[best]
    }

    private mutating func firstLeft(of pen: Pen) -> Int? {
        while let index = alike[pen]?.last {
            if !isDone[index] { return index }
            alike[pen]?.removeLast()
        }
        return nil
    }

    private mutating func take(_ index: Int) {
        isDone[index] = true
        behind[before[index]] = behind[index]
        before[behind[index]] = before[index]
    }
}

/// The shortest way of the cursor from one place to another.
enum CursorMove {
    case none
    /// By row and column.
    case absolute(Point)
    /// Rows down and columns right; negative ones up and left.
    case relative(rows: Int, columns: Int)

    init(from place: Point?, to point: Point) {
        guard let place else {
            self = .absolute(point)
            return
        }
        let (rows, columns) = (point.row - place.row, point.column - place.column)
        if rows == 0, columns == 0 {
            self = .none
            return
        }
        let relative = CursorMove.relative(rows: rows, columns: columns)
        self = relative.count < CursorMove.absolute(point).count ? relative : .absolute(point)
    }

    /// How many bytes it takes.
    var count: Int {
        func digits(_ value: Int) -> Int { value > 99 ? 3 : value > 9 ? 2 : 1 }
        func step(_ value: Int) -> Int { value == 0 ? 0 : value == 1 ? 3 : 3 + digits(value) }
        switch self {
        case .none: return 0
        case .absolute(let point):
            return 3 + digits(point.row + 1) + (point.column > 0 ? 1 + digits(point.column + 1) : 0)
        case .relative(let rows, let columns):
            return step(abs(rows)) + (columns < 0 ? min(-columns, step(-columns)) : step(columns))
        }
    }

    var bytes: [UInt8] {
        func step(_ value: Int, _ letter: Character) -> String {
            value == 0 ? "" : "\u{1B}[\(value == 1 ? "" : String(value))\(letter)"
        }
        switch self {
        case .none: return []
        case .absolute(let point):
            return Array("\u{1B}[\(point.row + 1)\(point.column > 0 ? ";\(point.column + 1)" : "")H".utf8)
        case .relative(let rows, let columns):
            let back = Array(repeating: UInt8(8), count: max(0, -columns))
            let left = Array(step(max(0, -columns), "D").utf8)
            return Array((step(max(0, rows), "B") + step(max(0, -rows), "A") + step(max(0, columns), "C")).utf8)
                + (back.count < left.count ? back : left)
        }
    }
}
