import Analysis

/// How many of the units shown are described by each concept, or depart most on each class.
package struct FrequencyPlace: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package var name: String
        package var count: Int
    }

    package var cursor = ListCursor()
    package var isByClass = false
    /// The most first, counted when the list came up.
    package var lines: [Line]
    /// Units that have none: those that are dead or not measured yet.
    package var without = 0
}

extension State {
    mutating func showFrequency(byClass: Bool) {
        guard let study else { return }
        var lines: [FrequencyPlace.Line]
        var without = 0
        if byClass {
            let classes = study.facts.classes
            var counts = Array(repeating: 0, count: classes.count)
            for place in units.shown.selectiveClasses {
                if let place, classes.indices.contains(place) { counts[place] += 1 } else { without += 1 }
            }
            lines = zip(classes, counts).filter { $0.1 > 0 }.map(FrequencyPlace.Line.init)
            lines.sort { (-$0.count, $0.name) < (-$1.count, $1.name) }
        } else {
            lines = units.shown.concepts.map(FrequencyPlace.Line.init)
        }
        overlay = .frequency(FrequencyPlace(isByClass: byClass, lines: lines, without: without))
    }

    /// Enter: the units of the concept under the cursor.
    mutating func acceptFrequency(_ place: FrequencyPlace) {
        guard place.lines.indices.contains(place.cursor.selected) else { return }
        guard !place.isByClass else { return tell("The filter goes by concepts; Tab counts those") }
        overlay = nil
        units.filter = TextField(place.lines[place.cursor.selected].name)
        focus = .table
    }

    /// Writes the units that are shown, in their order, to a file.
    mutating func saveTable() {
        guard let kind = units.kind, !units.shown.isEmpty else { return }
        askName(of: .units(units.shown.map(\.unit), kind))
    }
}

extension KeyTable {
    static let frequency = [
        Binding(.frequency, [.enter], .accept, "filter", "only the units of this concept"),
        Binding(.frequency, [.tab], .nextPanel, "by class", "by concept or by class"),
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
        let inside = box(
            OverlayLayout.frequency(place.lines.count, in: frame.size),
            place.isByClass ? "Units by the class they depart most on" : "Units by best concept")
        let text =
            "\(counted(place.lines.count, place.isByClass ? "class" : "concept", place.isByClass ? "classes" : "concepts"))"
            + (place.without > 0 ? "; \(grouped(place.without)) units have none, or none yet" : "")
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
