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
        let classes = map.classes.map { $0.lowercased() }
        // Many units share few concepts.
        var texts: [String: String] = [:]
        isLit = map.points.map { point in
            let concept = texts[point.concept.concept] ?? point.concept.concept.lowercased()
            texts[point.concept.concept] = concept
            return words.allSatisfy { word in
                concept.contains(word) || UnitNamePrefix(word)?.matches(point.unit) == true
                    || point.class.map { classes.indices.contains($0) && classes[$0].contains(word) } == true
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
    mutating func lights(_ points: VisiblePoints, in area: Area) {
        let isLit = state.map.isLit
        guard !isLit.isEmpty else { return }
        var style = palette[.text].with(.bold)
        palette.select(&style)
        points.forEach { index, x, y in
            guard isLit.indices.contains(index), isLit[index] else { return }
            frame.put("◆", at: area.point(x / 2, y / 4), style: style)
        }
    }

    /// What stands together in a part of the map, named where the most of its points are of one kind: groups as a whole,
    /// concepts once few points are in sight.
    ///
    /// - Parameter taken: where a label stands already.
    mutating func regions(_ points: VisiblePoints, _ map: UnitMap, in area: Area, beside taken: Area?) {
        guard points.count >= Self.fewPoints, area.width >= 24, area.height >= 6 else { return }
        let (columns, rows) = (max(1, area.width / 26), max(1, area.height / 6))
        let groups = state.map.grouping.groups
        let isClose = points.count < Self.manyPoints
        struct Tally { var count = 0, x = 0, y = 0 }
        var tallies = [[Int: Tally]](repeating: [:], count: columns * rows)
        var totals = [Int](repeating: 0, count: columns * rows)
        var (numbers, names) = ([String: Int](), [String]())
        points.forEach { index, x, y in
            let cell =
                min(rows - 1, y / 4 * rows / area.height) * columns + min(columns - 1, x / 2 * columns / area.width)
            totals[cell] += 1
            let kind: Int
            if isClose {
                let name = map.points[index].concept.concept
                if let known = numbers[name] {
                    kind = known
                } else {
                    (kind, numbers[name]) = (names.count, names.count)
                    names.append(name)
                }
            } else {
                guard let group = state.map.grouping.group(of: index) else { return }
                kind = group
            }
            var tally = tallies[cell][kind] ?? Tally()
            (tally.count, tally.x, tally.y) = (tally.count + 1, tally.x + x, tally.y + y)
            tallies[cell][kind] = tally
        }
        var labelled = taken.map { [$0] } ?? []
        for (cell, kinds) in tallies.enumerated() {
            guard let most = kinds.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }),
                most.value.count >= 3, most.value.count * 3 >= totals[cell]
            else { continue }
            let name = isClose ? names[most.key] : groups.indices.contains(most.key) ? groups[most.key].name : ""
            guard !name.isEmpty else { continue }
            let text = " " + name.fitted(to: 20) + " "
            let width = displayWidth(of: text)
            let column = max(0, min(area.width - width, most.value.x / most.value.count / 2 - width / 2))
            let row = max(0, min(area.height - 1, most.value.y / most.value.count / 4))
            let place = Area(column: area.column + column, row: area.row + row, width: width, height: 1)
            guard labelled.allSatisfy({ $0.intersection(place).isEmpty }) else { continue }
            labelled.append(place)
            frame.put(text, at: place.origin, width: width, style: palette[.text].with(.bold))
        }
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
        default: return "barely parted, yet not by chance"
        }
    }
}
