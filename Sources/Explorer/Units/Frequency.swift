import Analysis

/// How many of the units shown are described by each concept, depart most on each class, or are of each category.
package struct FrequencyPlace: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package var name: String
        package var count: Int
    }

    /// What units are counted by.
    package enum Kind: String, Sendable, Hashable, CaseIterable { case concept, `class`, category }

    package var cursor = ListCursor()
    package var by: Kind
    /// The most first, counted when the list came up. Of categories it may come later, with the map.
    package var lines: [Line]
    /// Units that have none: those that are dead or not measured yet.
    package var without = 0
}

extension State {
    mutating func showFrequency(by kind: FrequencyPlace.Kind) {
        guard let study else { return }
        var place = FrequencyPlace(by: kind, lines: [])
        switch kind {
        case .concept: place.lines = units.shown.concepts.map(FrequencyPlace.Line.init)
        case .class: place.count(units.shown.selectiveClasses, of: study.facts.classes)
        case .category:
            let map = map.shown?.points.first?.unit.kind == unitKind ? map.shown : nil
            if let map { place.count(units.shown.categories(on: map), of: map.categories) }
        }
        overlay = .frequency(place)
    }

    /// The map, which knows the categories, came in while they were waited for.
    mutating func countCategories() {
        guard case .frequency(let place) = overlay, place.by == .category, place.lines.isEmpty else { return }
        showFrequency(by: .category)
    }

    /// Whether the map is waited for by the count of categories.
    var countsCategories: Bool {
        if case .frequency(let place) = overlay { place.by == .category } else { false }
    }

    /// Enter: the units of the concept under the cursor, or of the group.
    mutating func acceptFrequency(_ place: FrequencyPlace) {
        guard place.lines.indices.contains(place.cursor.selected) else { return }
        overlay = nil
        let name = place.lines[place.cursor.selected].name
        units.filter = TextField(place.by == .concept ? name : "\(place.by.rawValue):\(UnitFilter.word(name))")
        focus = .table
    }

    /// Writes the units that are shown, in their order, to a file.
    mutating func saveTable() {
        guard let kind = units.kind, !units.shown.isEmpty else { return }
        askName(of: .units(units.shown.map(\.unit), kind))
    }
}

extension FrequencyPlace {
    /// Counts units by the place of what they have in a list of names; nil of those that have none.
    fileprivate mutating func count(_ places: [Int?], of names: [String]) {
        var counts = Array(repeating: 0, count: names.count)
        for place in places {
            if let place, names.indices.contains(place) { counts[place] += 1 } else { without += 1 }
        }
        lines = zip(names, counts).filter { $0.1 > 0 }.map(Line.init)
        lines.sort { (-$0.count, $0.name) < (-$1.count, $1.name) }
    }
}

extension KeyTable {
    static let frequency = [
        Binding(.frequency, [.enter], .accept, "filter", "only these units: of this concept, class or category"),
        Binding(.frequency, [.tab], .nextPanel, "by another", "by concept, by class, or by category"),
        Binding(.frequency, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.frequency, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.frequency, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.frequency, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.frequency, [.escape, .character("#"), .character("q")], .cancel, "close", "close"),
    ]
}

extension OverlayLayout {
    static func frequency(_ count: Int, in size: Size) -> OverlayLayout {
        OverlayLayout(width: 72, height: min(size.rows - 2, count + 3), in: size)
    }
}

extension Painter {
    mutating func frequencyOverlay(_ place: FrequencyPlace) {
        let (title, one, many) =
            switch place.by {
            case .concept: ("Units by best concept", "concept", "concepts")
            case .class: ("Units by the class they depart most on", "class", "classes")
            case .category: ("Units by super-category of their concept", "category", "categories")
            }
        let inside = box(OverlayLayout.frequency(place.lines.count, in: frame.size), title)
        let text =
            place.lines.isEmpty && state.jobs.isRunning(.map)
            ? "Looking up what kind each concept is of…"
            : "\(counted(place.lines.count, one, many))"
                + (place.without > 0 ? "; \(grouped(place.without)) units have none, or none yet" : "")
                + (place.by == .category && place.lines.count == 1 ? "; no WordNet tells kinds apart" : "")
        frame.put(text.fitted(to: inside.width), at: inside.line(0).origin, style: palette[.dim])
        guard let list = state.overlayList(in: frame.size) else { return }
        let top = Double(place.lines.first?.count ?? 1)
        for (row, line) in list.rows(place.cursor) {
            var rest = line
            frame.putRight(grouped(place.lines[row].count), in: rest.takeRight(8), style: palette[.text])
            let name = rest.takeLeft(max(12, rest.width / 2))
            frame.put(place.lines[row].name.fitted(to: name.width - 1), at: name.origin, style: palette[.text])
            frame.bar(Double(place.lines[row].count) / top, in: rest, style: palette[.bar])
            if row == place.cursor.selected { select(line, focused: true) }
        }
    }
}
