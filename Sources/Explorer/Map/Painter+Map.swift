import Analysis

/// The parts of the map's pane.
struct MapLayout {
    let plot: Area
    /// Names of the groups with their colours.
    let legend: Area
    /// How well the colours part the units, or how far the layout has come.
    let status: Area

    init(in area: Area, _ state: State) {
        var rest = area
        status = rest.takeBottom(1)
        let lines = state.map.shown.map { MapLegend($0, state.map.coloring, width: area.width).lines.count } ?? 0
        legend = rest.takeBottom(min(lines, max(1, rest.height / 5)))
        plot = rest
    }
}

/// The legend's entries, in lines.
struct MapLegend {
    struct Entry {
        var group: Int
        var text: String
    }
    private(set) var lines: [[Entry]] = []

    init(_ map: UnitMap, _ coloring: MapColoring, width: Int) {
        var used = width
        for (group, (name, size)) in zip(map.groups(coloring), map.sizes(coloring)).enumerated() {
            let text = "\(name) \(grouped(size))".fitted(to: max(4, width - 4))
            let needed = displayWidth(of: text) + 4
            if used + needed > width {
                lines.append([])
                used = 0
            }
            lines[lines.count - 1].append(Entry(group: group, text: text))
            used += needed
        }
    }
}

extension Painter {
    mutating func mapScreen(_ study: OpenStudy) {
        if let area = layout[.map] { mapPane(in: area, study) }
        if let area = layout[.profile] { profilePane(in: area, focused: isFocused(.profile)) }
    }

    private mutating func mapPane(in area: Area, _ study: OpenStudy) {
        let map = state.map
        let coloring = map.coloring == .category ? "super-category" : "class"
        let zoom = map.window.zoom > 0 ? "×" + fixed(Double(map.window.factor), 1) : ""
        let noun = state.unitKind == .feature ? "Features" : "Units"
        let inside = pane("\(noun) by \(coloring)", note: zoom, in: area, focused: isFocused(.map))
        guard let shown = map.shown else {
            return hint(
                map.isStopped
                    ? ["The layout is stopped", "r starts it again"] : ["Laying out the \(noun.lowercased())…"],
                in: inside)
        }
        let parts = MapLayout(in: inside, state)
        plot(shown, in: parts.plot)
        legend(shown, in: parts.legend)
        status(shown, in: parts.status.inset(columns: 1))
    }

    /// The style of a group's points: its colour, where there are colours.
    private func style(ofGroup group: Int?) -> Style {
        guard palette.inColor else { return palette[.text] }
        let color = GroupColors.color(group, onDark: state.appearance.theme?.isDark ?? true)
        var style = palette[.text]
        style.foreground = RGB(UInt8(color >> 16 & 255), UInt8(color >> 8 & 255), UInt8(color & 255))
        return style
    }

    /// A group's letter, for screens without colours.
    private func letter(_ group: Int?) -> String {
        guard let group, group < 26 else { return "·" }
        return String(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(group))))
    }

    private mutating func plot(_ map: UnitMap, in area: Area) {
        guard !area.isEmpty else { return }
        let projection = MapProjection(map, state.map.window, width: area.width * 2, height: area.height * 4)
        let shown = map.points.indices.filter { index in
            let (x, y) = projection.dot(map.points[index])
            return (0..<area.width * 2).contains(x) && (0..<area.height * 4).contains(y)
        }
        let cells = area.width * area.height
        if palette.inColor, shown.count * 12 > cells {
            dots(shown.map { map.points[$0] }, map, projection, in: area)
        } else {
            let marks = shown.map { index -> (point: UnitMap.Point, at: Point) in
                let (x, y) = projection.dot(map.points[index])
                return (map.points[index], area.point(x / 2, y / 4))
            }
            for (point, at) in marks {
                let group = map.group(of: point, state.map.coloring)
                frame.put(palette.inColor ? "●" : letter(group), at: at, style: style(ofGroup: group))
            }
            if shown.count * 60 < cells { labels(marks, in: area) }
        }
        if let point = state.map.selectedPoint { cursor(on: point, map, projection, in: area) }
    }

    /// Many points, as dots; a cell has the colour of its last.
    private mutating func dots(
        _ points: [UnitMap.Point], _ map: UnitMap, _ projection: MapProjection, in area: Area
    ) {
        var canvas = BrailleCanvas(columns: area.width, rows: area.height)
        let grey = GroupColors.onDark.count
        // Where there is room, a point is four dots: one alone is hard to see, and harder to tell the colour of.
        let isRoomy = points.count * 24 < canvas.width * canvas.height
        for point in points {
            let (x, y) = projection.dot(point)
            let layer = min(map.group(of: point, state.map.coloring) ?? grey, grey)
            canvas.set(x: x, y: y, layer: layer)
            guard isRoomy else { continue }
            // Within the cell, so that a point is of one colour.
            let (right, below) = (x ^ 1, y % 4 == 3 ? y - 1 : y + 1)
            canvas.set(x: right, y: y, layer: layer)
            canvas.set(x: x, y: below, layer: layer)
            canvas.set(x: right, y: below, layer: layer)
        }
        frame.draw(canvas, at: area.origin, styles: (0...grey).map { style(ofGroup: $0) })
    }

    /// What few points stand for, right of each where nothing else stands.
    private mutating func labels(_ marks: [(point: UnitMap.Point, at: Point)], in area: Area) {
        for (point, at) in marks {
            let text = point.concept.concept
            let width = displayWidth(of: text)
            guard at.column + 2 + width <= area.end else { continue }
            let isFree = (at.column + 1...at.column + 2 + width).allSatisfy { column in
                column >= area.end || frame[Point(column: column, row: at.row)].character == " "
            }
            if isFree {
                frame.put(text, at: Point(column: at.column + 2, row: at.row), width: width, style: palette[.dim])
            }
        }
    }

    /// The selected unit, with its name and concept beside it.
    private mutating func cursor(on point: UnitMap.Point, _ map: UnitMap, _ projection: MapProjection, in area: Area) {
        let (x, y) = projection.dot(point)
        guard (0..<area.width * 2).contains(x), (0..<area.height * 4).contains(y) else { return }
        let (column, row) = (x / 2, y / 4)
        let group = map.group(of: point, state.map.coloring)
        let mark = palette.inColor ? "◉" : letter(group).uppercased()
        var markStyle = style(ofGroup: group).with(.bold)
        palette.select(&markStyle)
        frame.put(mark, at: area.point(column, row), style: markStyle)
        let label = " \(point.unit.shortName) \(point.concept.concept) "
        let width = displayWidth(of: label)
        var labelStyle = palette[.text].with(.bold)
        palette.select(&labelStyle)
        let isRight = column + 1 + width <= area.width
        let start = isRight ? column + 1 : max(0, column - width)
        frame.put(
            isRight ? label : label.fitted(to: max(0, column - start)), at: area.point(start, row),
            width: isRight ? area.width - start : column - start, style: labelStyle)
    }

    private mutating func legend(_ map: UnitMap, in area: Area) {
        let lines = MapLegend(map, state.map.coloring, width: area.width).lines
        let selected = state.map.selectedPoint.flatMap { map.group(of: $0, state.map.coloring) }
        for (row, entries) in lines.prefix(area.height).enumerated() {
            var line = area.line(row)
            for entry in entries {
                let mark = palette.inColor ? "●" : letter(entry.group)
                frame.put(mark, at: line.point(1), style: style(ofGroup: entry.group).with(.bold))
                let text = palette[entry.group == selected ? .text : .dim].with(entry.group == selected ? .bold : [])
                let used = frame.put(entry.text, at: line.point(3), width: line.width - 3, style: text)
                _ = line.takeLeft(used + 4)
            }
        }
        let left = lines.dropFirst(area.height).reduce(0) { $0 + $1.count }
        if left > 0 {
            frame.putRight(" +\(left) more", in: area.line(area.height - 1), style: palette[.dim])
        }
    }

    private mutating func status(_ map: UnitMap, in area: Area) {
        if let progress = state.map.progress {
            var rest = area
            let text =
                (state.map.isStopped ? "stopped at " : "laying out ")
                + "\(grouped(progress.iteration)) of \(grouped(progress.iterations))"
            let used = frame.put(text + "  ", at: rest.origin, width: rest.width, style: palette[.dim])
            _ = rest.takeLeft(used)
            frame.fill(rest, with: "─", style: palette[.track])
            let share = Double(progress.iteration) / Double(max(1, progress.iterations))
            return frame.bar(share, in: rest, style: palette[.bar])
        }
        guard let score = map.silhouette(state.map.coloring) else {
            let why = map.groups(state.map.coloring) == ["other"] ? "no WordNet here (Debian: wordnet-base)" : ""
            return _ = frame.put(why.fitted(to: area.width), at: area.origin, width: area.width, style: palette[.dim])
        }
        let (found, shuffled) = (fixed(score.score, 2), fixed(score.shuffledMean, 2))
        let dead = map.deadFeatures > 0 ? "; \(grouped(map.deadFeatures)) dead left out" : ""
        let words = [
            "silhouette \(found) in the concept space; labels shuffled \(shuffled) ± \(fixed(score.shuffledDeviation, 3)), "
                + "p \(fixed(score.pValue, 3))" + dead,
            "silhouette \(found), shuffled \(shuffled), p \(fixed(score.pValue, 3))",
            "silhouette \(found), shuffled \(shuffled)",
        ]
        let text = words.first { displayWidth(of: $0) <= area.width } ?? words[2].fitted(to: area.width)
        frame.put(text, at: area.origin, width: area.width, style: palette[.dim])
    }
}
