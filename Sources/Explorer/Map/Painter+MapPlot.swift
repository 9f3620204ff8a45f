import Analysis

/// The points of the map.
extension Painter {
    mutating func plot(_ map: UnitMap, in area: Area) {
        guard !area.isEmpty else { return }
        let projection = MapProjection(
            state.map.bounds, state.map.window, width: area.width * 2, height: area.height * 4)
        let shown = VisiblePoints(state.map.places, projection, width: area.width * 2, height: area.height * 4)
        let cells = area.width * area.height
        let cursor = state.map.selectedPoint.flatMap { MapCursor(on: $0, projection, in: area) }
        if showsColors, shown.count * 12 > cells {
            dots(shown, in: area)
        } else {
            marks(shown, in: area)
            if shown.count * 60 < cells { labels(shown, map, in: area, beside: cursor?.label) }
        }
        let lit = litCells(shown, in: area)
        regions(shown, map, in: area, beside: cursor?.label, lit: lit)
        lights(lit, in: area)
        if let cursor { put(cursor, map) }
    }

    /// A mark a point; a cell has the mark of its last.
    private mutating func marks(_ points: VisiblePoints, in area: Area) {
        var last = [Int?](repeating: nil, count: area.width * area.height)
        points.forEach { index, x, y in last[y / 4 * area.width + x / 2] = index }
        for (cell, index) in last.enumerated() {
            guard let index else { continue }
            let group = state.map.grouping.group(of: index)
            frame.put(
                showsColors ? "●" : letter(group), at: area.point(cell % area.width, cell / area.width),
                style: style(ofGroup: group))
        }
    }

    /// Many points, as dots; a cell has the colour of its last.
    private mutating func dots(_ points: VisiblePoints, in area: Area) {
        var canvas = BrailleCanvas(columns: area.width, rows: area.height)
        let (groups, grey) = (state.map.grouping.ofPoint, GroupColors.onDark.count)
        // Where there is room, a point is four dots: one alone is hard to see, and harder to tell the colour of.
        let isRoomy = points.count * 24 < canvas.width * canvas.height
        points.forEach { index, x, y in
            let isDim = state.map.isLit.indices.contains(index) && !state.map.isLit[index]
            let layer = groups[index] < 0 || isDim ? grey : min(Int(groups[index]), grey)
            canvas.set(x: x, y: y, layer: layer)
            guard isRoomy else { return }
            // Within the cell, so that a point is of one colour.
            let (right, below) = (x ^ 1, y % 4 == 3 ? y - 1 : y + 1)
            canvas.set(x: right, y: y, layer: layer)
            canvas.set(x: x, y: below, layer: layer)
            canvas.set(x: right, y: below, layer: layer)
        }
        frame.draw(canvas, at: area.origin, styles: (0...grey).map { style(ofGroup: $0) })
    }

    /// What few points stand for, right of each where nothing else stands.
    private mutating func labels(_ points: VisiblePoints, _ map: UnitMap, in area: Area, beside taken: Area?) {
        points.forEach { index, x, y in
            let (text, at) = (map.points[index].concept.concept, area.point(x / 2, y / 4))
            let width = displayWidth(of: text)
            guard at.column + 2 + width <= area.end else { return }
            let place = Area(column: at.column + 1, row: at.row, width: width + 1, height: 1)
            guard taken?.intersection(place).isEmpty != false else { return }
            let isFree = (at.column + 1...at.column + 2 + width).allSatisfy { column in
                column >= area.end || frame[Point(column: column, row: at.row)].character == " "
            }
            if isFree {
                frame.put(text, at: Point(column: at.column + 2, row: at.row), width: width, style: palette[.dim])
            }
        }
    }

    /// The selected unit, with its name and concept beside it.
    private mutating func put(_ cursor: MapCursor, _ map: UnitMap) {
        let group = map.group(of: cursor.point, state.map.coloring)
        let mark = showsColors ? "◉" : letter(group).uppercased()
        var markStyle = style(ofGroup: group).with(.bold)
        palette.select(&markStyle)
        frame.put(mark, at: cursor.mark, style: markStyle)
        var labelStyle = palette[.text].with(.bold)
        palette.select(&labelStyle)
        frame.put(cursor.text, at: cursor.label.origin, width: cursor.label.width, style: labelStyle)
    }

    /// The style of a group's points: its colour, where there are colours.
    func style(ofGroup group: Int?) -> Style {
        guard palette.inColor else { return palette[.text] }
        let color = GroupColors.color(group, onDark: state.appearance.theme?.isDark ?? true)
        var style = palette[.text]
        if palette.depth.isANSI {
            // Six colours and their bright forms tell few groups apart: the letters do.
            style.foreground = group.map { .ansi(UInt8($0 % 6 + 1)) }
        } else {
            style.foreground = .exact(RGB(UInt8(color >> 16 & 255), UInt8(color >> 8 & 255), UInt8(color & 255)))
        }
        return style
    }

    /// Whether groups are told apart by colours of the map's own; if not, by letters.
    var showsColors: Bool { palette.inColor && !palette.depth.isANSI }

    /// A group's letter, for screens without colours.
    func letter(_ group: Int?) -> String {
        guard let group, group < 26 else { return "·" }
        return String(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(group))))
    }
}

/// Where the selected unit and its label stand; other labels leave the place free.
private struct MapCursor {
    let point: UnitMap.Point
    let mark: Point
    let label: Area
    let text: String

    /// Nil where the unit is outside the window.
    init?(on point: UnitMap.Point, _ projection: MapProjection, in area: Area) {
        let (x, y) = projection.dot(SIMD2(point.x, point.y))
        guard (0..<area.width * 2).contains(x), (0..<area.height * 4).contains(y) else { return nil }
        let (column, row) = (x / 2, y / 4)
        let whole = " \(point.unit.shortName) \(point.concept.concept) "
        let width = displayWidth(of: whole)
        let isRight = column + 1 + width <= area.width
        let start = isRight ? column + 1 : max(0, column - width)
        let room = isRight ? width : min(width, column - start)
        self.point = point
        mark = area.point(column, row)
        text = whole.fitted(to: max(0, room))
        label = Area(column: area.column + start, row: area.row + row, width: max(0, room), height: 1)
    }
}
