import Analysis

/// A list: the cursor in it, how many rows there are, and where they stand. Keys, clicks, the wheel, resizing and drawing
/// all go by it.
struct ListPanel {
    let cursor: WritableKeyPath<State, ListCursor>
    let count: Int
    /// The cells of the rows; empty where the list is not on the screen.
    var area = Area(column: 0, row: 0, width: 0, height: 0)
    /// Lines a row takes.
    var rowHeight = 1
    /// The head of the table that a row stands in, of a list that tables stand in.
    var head: ((Int) -> Int?)?

    /// Rows that fit.
    var height: Int { area.height / rowHeight }

    /// Rows that stay in sight above the cursor: that of a head.
    private var above: Int { head == nil ? 0 : 1 }

    /// The rows on show: in place of the first the head of its table, where that has scrolled away.
    private func visible(_ cursor: ListCursor) -> [Int] {
        let rows = cursor.visible(count: count, height: height, above: above)
        guard let first = rows.first, first < cursor.selected, let head = head?(first) else { return Array(rows) }
        return [head] + rows.dropFirst()
    }

    /// The rows on show with their cells.
    func rows(_ cursor: ListCursor) -> [(row: Int, area: Area)] {
        visible(cursor).enumerated().map { place, row in
            (
                row,
                Area(column: area.column, row: area.row + place * rowHeight, width: area.width, height: rowHeight)
            )
        }
    }

    func move(_ move: ListCursor.Move, _ cursor: inout ListCursor) {
        cursor.apply(move, count: count, height: height, above: above)
    }

    func select(_ row: Int, _ cursor: inout ListCursor) {
        cursor.select(row, count: count, height: height, above: above)
    }

    /// The row under a point of the screen.
    func row(at point: Point, _ cursor: ListCursor) -> Int? {
        guard area.contains(point) else { return nil }
        let (rows, place) = (visible(cursor), (point.row - area.row) / rowHeight)
        return rows.indices.contains(place) ? rows[place] : nil
    }
}

extension State {
    /// The list of a panel, in a layout; nil where the panel is none.
    func list(_ panel: Panel, in layout: Layout) -> ListPanel? {
        let inside = layout.inside(panel) ?? Area(column: 0, row: 0, width: 0, height: 0)
        switch panel {
        case .units: return ListPanel(cursor: \.locate.cursor, count: locate.found?.units.count ?? 0, area: inside)
        case .table: return ListPanel(cursor: \.units.cursor, count: units.shown.count, area: inside)
        case .findings:
            return ListPanel(cursor: \.findings.cursor, count: findings.shown.count, area: inside, rowHeight: 2)
        case .profile:
            return ListPanel(
                cursor: \.profile.cursor, count: profile.shown?.concepts.count ?? 0,
                area: ProfileLayout(in: inside, of: profile.shown).concepts)
        case .concept, .filter, .steering, .map: return nil
        }
    }

    /// The list of the overlay that is up.
    func overlayList(in size: Size) -> ListPanel? {
        switch overlay {
        case .export:
            ListPanel(
                cursor: \.overlayCursor, count: ExportFormat.allCases.count,
                area: OverlayLayout.export(in: size).formats)
        case .copy(let copies, _):
            ListPanel(
                cursor: \.overlayCursor, count: copies.count, area: OverlayLayout.copy(copies.count, in: size).inside,
                rowHeight: 2)
        case .changes(let place):
            ListPanel(
                cursor: \.overlayCursor, count: place.isOnGroups ? changeGroups.count : shownChanges.count,
                area: place.isOnGroups ? ChangesLayout(in: size).groups : ChangesLayout(in: size).list)
        case .layers:
            ListPanel(
                cursor: \.overlayCursor, count: study?.layers.count ?? 0,
                area: OverlayLayout.layers(study?.layers.count ?? 0, in: size).rows)
        case .conceptSets:
            ListPanel(
                cursor: \.overlayCursor, count: study?.facts.conceptSets.count ?? 0,
                area: OverlayLayout.layers(study?.facts.conceptSets.count ?? 0, in: size).rows)
        case .themes:
            ListPanel(
                cursor: \.overlayCursor, count: appearance.themes.count,
                area: OverlayLayout.themes(appearance.themes.count, in: size).inside)
        case .palette(let palette):
            ListPanel(
                cursor: \.overlayCursor, count: palette.shown.count, area: OverlayLayout.palette(in: size).rows)
        case .work:
            ListPanel(
                cursor: \.overlayCursor, count: work.items.count + WorkOffer.all.count,
                area: OverlayLayout.work(work.items.count + WorkOffer.all.count, in: size)
                    .work(work.items.count + WorkOffer.all.count).list)
        case .circuit:
            ListPanel(
                cursor: \.overlayCursor, lines: circuit.lines, area: OverlayLayout.circuit(in: size).circuitRows)
        case .compare(let place):
            place.other == nil
                ? ListPanel(
                    cursor: \.overlayCursor, lines: compareLines(place),
                    area: OverlayLayout.compare(in: size).inside) : nil
        case .concepts(let place):
            place.other == nil
                ? ListPanel(
                    cursor: \.overlayCursor, count: conceptChoices(place).count,
                    area: OverlayLayout.palette(in: size).rows)
                : ListPanel(
                    cursor: \.overlayCursor, count: conceptPairCount, area: OverlayLayout.concepts(in: size).conceptRows
                )
        case .layerComparison:
            layerComparisonList(in: size)
        case .frequency(let place):
            ListPanel(
                cursor: \.overlayCursor, count: place.lines.count,
                area: OverlayLayout.frequency(place.lines.count, in: size).rows)
        case .columns:
            ListPanel(
                cursor: \.overlayCursor, count: UnitSort.figures.count, area: OverlayLayout.columns(in: size).inside)
        case .help, .note, .fileName, .words, .sheet, .evaluation, .newStudy, nil: nil
        }
    }

    var overlayCursor: ListCursor {
        get { overlay?.cursor ?? ListCursor() }
        set { overlay?.cursor = newValue }
    }

    mutating func move(_ move: ListCursor.Move, in list: ListPanel) {
        list.move(move, &self[keyPath: list.cursor])
    }

    /// A turn of the wheel.
    mutating func scroll(by rows: Int, in list: ListPanel) {
        list.select(self[keyPath: list.cursor].selected + rows, &self[keyPath: list.cursor])
    }

    mutating func press(at point: Point, in list: ListPanel) {
        guard let row = list.row(at: point, self[keyPath: list.cursor]) else { return }
        list.select(row, &self[keyPath: list.cursor])
    }

    /// Keeps the cursors of all lists inside them, and in sight where they are on the screen.
    mutating func fitLists(in layout: Layout) {
        let lists = [Panel.units, .table, .findings, .profile].map { list($0, in: layout) } + [overlayList(in: size)]
        for case let list? in lists {
            if list.height > 0 {
                scroll(by: 0, in: list)
            } else {
                self[keyPath: list.cursor].clamp(to: list.count)
            }
        }
    }
}
