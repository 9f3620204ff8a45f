import Analysis

/// The table of every unit, as it is sorted and filtered.
package struct UnitsState: Sendable {
    private var table = UnitTable([])
    package var filter = TextField() { didSet { if filter.text != oldValue.text { sift() } } }
    package var sort = UnitSort.index { didSet { if sort != oldValue { arrange() } } }
    package var isReversed = false { didSet { if isReversed != oldValue { sift() } } }
    package var cursor = ListCursor()
    /// Selected once it is in the table.
    private(set) var wanted: InternalUnit?

    /// Positions in the table by the present sort, and those of them that pass the filter, as they are shown.
    private var order: [Int32] = []
    private var rows: [Int32] = []
    private var qualities: [UnitKind: UnitQualities] = [:]
    /// The classes that units depart on, and the map, which knows the super-categories of what describes them.
    private let classes: [String]
    private var map: UnitMap?

    package init(classes: [String] = []) { self.classes = classes }

    /// Those that pass the filter, in order.
    package var shown: ShownUnits { ShownUnits(table: table, qualities: kind.flatMap { qualities[$0] }, rows: rows) }

    package var selected: UnitSummary? {
        rows.indices.contains(cursor.selected) ? shown[cursor.selected] : nil
    }

    /// How many there are, filtered or not.
    package var count: Int { table.units.count }

    /// Of what kind they are; nil before they are there.
    package var kind: UnitKind? { table.units.first?.unit.kind }

    /// What the units are described by, each concept once.
    var conceptNames: [String] { table.concepts.names }

    /// Takes in the units of a kind, or the first of them.
    package mutating func replace(_ units: UnitTable, isWhole: Bool = true) {
        table = units
        arrange()
        guard let wanted else { return }
        select(wanted)
        if !isWhole, selected?.unit != wanted { self.wanted = wanted }
    }

    /// Selects a unit, now or once the units are there.
    mutating func select(_ unit: InternalUnit) {
        wanted = count == 0 ? unit : nil
        if let row = rows.firstIndex(where: { table.units[Int($0)].unit == unit }) { cursor.jump(to: row) }
    }

    /// Takes in the quality of units of a kind, whether their list is there already or not; of the other kind it stays.
    package mutating func measure(_ measured: UnitQualities) {
        guard let kind = measured.kind else { return }
        qualities[kind] = measured
        if kind == self.kind, sort.isQuality || filters.contains(where: \.isOfQuality) { arrange() }
    }

    private var filters: [UnitFilter] { filter.text.lowercased().split(separator: " ").compactMap(UnitFilter.init) }

    package func isMeasured(_ kind: UnitKind) -> Bool { qualities[kind] != nil }

    /// Lets go of all units, to be described anew; how they are sorted and filtered stays.
    mutating func forget() {
        var next = UnitsState(classes: classes)
        (next.sort, next.isReversed, next.filter) = (sort, isReversed, filter)
        self = next
    }

    /// Whether the filter waits for a map, to know the super-categories.
    var lacksCategories: Bool {
        kind != nil && map?.points.first?.unit.kind != kind && filters.contains(where: \.isOfCategory)
    }

    /// Takes in a map of the units.
    mutating func take(_ map: UnitMap) {
        self.map = map
        if filters.contains(where: \.isOfCategory) { sift() }
    }

    /// The line of a unit.
    package subscript(unit: InternalUnit) -> UnitSummary? { table.place(of: unit).map { shown.line(at: $0) } }

    /// Sorts. Equal keys keep the order of the units.
    private mutating func arrange() {
        let known = kind.flatMap { qualities[$0] }
        let keys: [UInt32]? =
            switch sort {
            case .index: nil
            case .concept: table.concepts.ranks
            default:
                table.units.indices.map { place in
                    let unit = table.units[place]
                    return ~sortKey(sort.figure(unit, known?.quality(of: unit.unit, at: place)) ?? -.infinity)
                }
            }
        order = keys.map { sortedPositions(by: $0) } ?? table.units.indices.map { Int32($0) }
        sift()
    }

    /// Of each that is shown the super-category, as far as the map knows.
    private var categories: [Int?] {
        guard let map, map.points.first?.unit.kind == kind else { return rows.map { _ in nil } }
        return shown.categories(on: map)
    }

    /// Filters: every word is part of the concept or the beginning of the unit's name, or a bound that a figure keeps.
    private mutating func sift() {
        rows = order
        let known = kind.flatMap { qualities[$0] }
        func figure(_ figure: UnitSort, _ row: Int32) -> Float? {
            let unit = table.units[Int(row)]
            return figure.figure(unit, known?.quality(of: unit.unit, at: Int(row)) ?? unit.quality)
        }
        for filter in filters {
            switch filter {
            case .text(let word, let isExcluded):
                let (named, name) = (table.concepts.holding(word), UnitNamePrefix(word[...]))
                rows = rows.filter {
                    (named[Int(table.concepts.ids[Int($0)])] || name?.matches(table.units[Int($0)].unit) == true)
                        != isExcluded
                }
            case .group(let kind, let name, let isExcluded):
                let (names, places) =
                    kind == .class ? (classes, shown.selectiveClasses) : (map?.categories ?? [], categories)
                let isIn = names.map { UnitFilter.word($0).hasPrefix(name) }
                rows = zip(rows, places).filter { _, place in
                    (place.map { isIn.indices.contains($0) && isIn[$0] } ?? false) != isExcluded
                }.map(\.0)
            case .bound(let name, let isAbove, let bound):
                rows = rows.filter { figure(name, $0).map { isAbove ? $0 > bound : $0 < bound } == true }
            }
        }
        if isReversed { rows.reverse() }
    }
}

/// Units of the table in the order they are shown, with their quality where it is known.
package struct ShownUnits: RandomAccessCollection, Sendable {
    let table: UnitTable
    let qualities: UnitQualities?
    let rows: [Int32]

    package var startIndex: Int { 0 }
    package var endIndex: Int { rows.count }
    package subscript(row: Int) -> UnitSummary { line(at: Int(rows[row])) }

    /// What describes them, each with how many it describes.
    var concepts: [(name: String, count: Int)] { table.concepts.counts(rows) }

    /// Of each the class it departs most on; nil of those that are dead or not measured yet.
    var selectiveClasses: [Int?] {
        rows.map { row in
            let unit = table.units[Int(row)]
            let quality = qualities?.quality(of: unit.unit, at: Int(row)) ?? unit.quality
            return quality.flatMap { $0.isDead ? nil : $0.selectiveClass }
        }
    }

    /// Of each the super-category of its concept; nil of those that a map has no point for.
    func categories(on map: UnitMap) -> [Int?] {
        var ofPlace = [Int?](repeating: nil, count: table.units.count)
        // A map's points are in the order of the units.
        var place = 0
        for point in map.points {
            while place < table.units.count, table.units[place].unit < point.unit { place += 1 }
            guard place < table.units.count else { break }
            if table.units[place].unit == point.unit { ofPlace[place] = point.category }
        }
        return rows.map { ofPlace[Int($0)] }
    }

    fileprivate func line(at place: Int) -> UnitSummary {
        var summary = table.units[place]
        summary.quality = qualities?.quality(of: summary.unit, at: place) ?? summary.quality
        return summary
    }
}
