import Analysis

/// Looking for units on the map.
extension MapState {
    /// Lights up the units whose concept, class or name has every word of the search.
    mutating func find() {
        found = []
        isLit = []
        guard let text = search?.text.lowercased(), let map = shown else { return }
        let words = text.split(separator: " ")
        guard !words.isEmpty else { return }
        let classes = ConceptIndex(map.classes, isRanked: false)
        isLit = Array(repeating: true, count: map.points.count)
        for word in words {
            let (named, name, kinds) = (concepts.holding(word), UnitNamePrefix(word), classes.holding(word))
            for place in map.points.indices where isLit[place] && !named[Int(concepts.ids[place])] {
                isLit[place] =
                    map.points[place].class.map {
                        classes.ids.indices.contains($0) && kinds[Int(classes.ids[$0])]
                    } == true || name?.matches(map.points[place].unit) == true
            }
        }
        found = isLit.indices.filter { isLit[$0] }
    }

    /// The next of what was found behind the unit that is selected, or before it.
    func nextFound(_ step: Int) -> Int? {
        guard !found.isEmpty else { return nil }
        return step > 0
            ? found.first { $0 > selected } ?? found.first : found.last { $0 < selected } ?? found.last
    }
}

extension State {
    mutating func searchMap() {
        guard map.shown != nil else { return tell("The map is not there yet") }
        var field = map.search ?? TextField()
        field.selectAll()
        map.search = field
        focus = .filter
    }

    /// Enter: to the first unit found; Esc: the search is let go.
    mutating func leaveMapSearch(letGo: Bool) {
        if letGo || map.search?.text.isEmpty == true { map.search = nil }
        focus = .map
        guard map.search != nil, !map.isLit.indices.contains(map.selected) || !map.isLit[map.selected],
            let first = map.found.first
        else { return }
        map.selected = first
    }
}

extension Painter {
    /// The search over the map, and how many units it lights up.
    mutating func mapSearch() {
        guard var line = layout[.filter], let search = state.map.search else { return }
        let text = "\(grouped(state.map.found.count)) of \(counted(state.map.shown?.points.count ?? 0, "unit")) lit"
        frame.putRight(text, in: line.inset(columns: 1), style: palette[.dim])
        _ = line.takeRight(displayWidth(of: text) + 3)
        field(
            search, label: "Search", placeholder: "part of a concept, a class or a unit's name", in: line,
            focused: isFocused(.filter))
    }

    /// What was found, over all other points.
    ///
    /// - Parameter lit: as of `litCells`.
    mutating func lights(_ lit: [Bool], in area: Area) {
        var style = palette[.text].with(.bold)
        palette.select(&style)
        for (cell, isLit) in lit.enumerated() where isLit {
            frame.put("◆", at: area.point(cell % area.width, cell / area.width), style: style)
        }
    }

    /// Of the cells of the area, line by line, whether a point in it is lit up; empty while nothing is looked for.
    func litCells(_ points: VisiblePoints, in area: Area) -> [Bool] {
        let isLit = state.map.isLit
        guard !isLit.isEmpty else { return [] }
        var cells = Array(repeating: false, count: area.width * area.height)
        points.forEach { index, x, y in
            if isLit.indices.contains(index), isLit[index] { cells[y / 4 * area.width + x / 2] = true }
        }
        return cells
    }

    /// What stands together in a part of the map, named where the most of its points are of one kind: groups as a whole,
    /// concepts once few points are in sight, and groups still where no concept is met often.
    ///
    /// - Parameter taken: where a label stands already.
    ///
    /// - Parameter lit: as of `litCells`. What is found is not written over: a name goes a line up or down for it.
    mutating func regions(
        _ points: VisiblePoints, _ map: UnitMap, in area: Area, beside taken: Area?, lit: [Bool]
    ) {
        guard points.count >= Self.fewPoints, area.width >= 24, area.height >= 6 else { return }
        let (columns, rows) = (max(1, area.width / 26), max(1, area.height / 6))
        let grouping = state.map.grouping
        let isClose = points.count < Self.manyPoints
        let concepts = isClose ? pointsByConcept(points, map) : (kinds: [:], names: [])
        let names = concepts.names + grouping.groups.map(\.name)
        struct Tally { var count = 0, x = 0, y = 0 }
        var tallies = [Tally](repeating: Tally(), count: columns * rows * names.count)
        var totals = [Int](repeating: 0, count: columns * rows)
        points.forEach { index, x, y in
            let cell =
                min(rows - 1, y / 4 * rows / area.height) * columns + min(columns - 1, x / 2 * columns / area.width)
            totals[cell] += 1
            func count(_ kind: Int?) {
                guard let kind, kind < names.count else { return }
                let place = cell * names.count + kind
                tallies[place].count += 1
                tallies[place].x += x
                tallies[place].y += y
            }
            if isClose { count(concepts.kinds[index]) }
            count(grouping.group(of: index).map { concepts.names.count + $0 })
        }
        var labelled = taken.map { [$0] } ?? []
        var told = [Int?](repeating: nil, count: totals.count)
        for (cell, total) in totals.enumerated() {
            let first = cell * names.count
            /// Of equal ones the first; nil where even that is not met often.
            func most(of kinds: Range<Int>) -> Int? {
                let kind = kinds.max { (tallies[first + $0].count, $1) < (tallies[first + $1].count, $0) }
                guard let kind, case let count = tallies[first + kind].count, count >= 3, count * 3 >= total else {
                    return nil
                }
                return kind
            }
            guard let kind = most(of: 0..<concepts.names.count) ?? most(of: concepts.names.count..<names.count) else {
                continue
            }
            let (most, name) = (tallies[first + kind], names[kind])
            told[cell] = kind
            // One that goes on from the cell above or on the left is named there.
            let before = [cell % columns > 0 ? cell - 1 : nil, cell >= columns ? cell - columns : nil]
            guard !name.isEmpty, !before.contains(where: { $0.map { told[$0] == kind } == true }) else { continue }
            let text = " " + name.fitted(to: 20) + " "
            let width = displayWidth(of: text)
            let column = max(0, min(area.width - width, most.x / most.count / 2 - width / 2))
            let row = max(0, min(area.height - 1, most.y / most.count / 4))
            let free = (lit.isEmpty ? [row] : [row, row - 1, row + 1]).first { row in
                (0..<area.height).contains(row)
                    && !(column..<column + width).contains {
                        lit.indices.contains(row * area.width + $0) && lit[row * area.width + $0]
                    }
            }
            guard let free else { continue }
            let place = Area(column: area.column + column, row: area.row + free, width: width, height: 1)
            guard labelled.allSatisfy({ $0.intersection(place).isEmpty }) else { continue }
            labelled.append(place)
            frame.put(text, at: place.origin, width: width, style: palette[.text].with(.bold))
        }
    }

    /// Of each point in sight the number of its concept, and their names.
    private func pointsByConcept(_ points: VisiblePoints, _ map: UnitMap) -> (kinds: [Int: Int], names: [String]) {
        var (kinds, numbers, names) = ([Int: Int](), [String: Int](), [String]())
        points.forEach { index, _, _ in
            let name = map.points[index].concept.concept
            if numbers[name] == nil {
                numbers[name] = names.count
                names.append(name)
            }
            kinds[index] = numbers[name]
        }
        return (kinds, names)
    }

    /// From so many points on regions are named; below, points are. And below so many by concepts.
    private static var fewPoints: Int { 60 }
    private static var manyPoints: Int { 1500 }

    /// What a silhouette says, in words.
    static func verdict(_ score: SilhouetteScore) -> String {
        guard score.pValue < 0.05, score.score > score.shuffledMean else { return "no more grouped than by chance" }
        switch score.score {
        case 0.5...: return "well parted"
        case 0.25...: return "parted"
        case 0.1...: return "weakly parted"
        case 0...: return "barely parted, yet not by chance"
        default: return "overlapping, yet less than by chance"
        }
    }
}
