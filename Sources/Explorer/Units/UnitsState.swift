import Algorithms
import Analysis

/// The table of every unit.
///
/// A layer has thousands of units, an autoencoder a hundred thousand features: what is sorted and filtered by is worked
/// out once when they come in, so that a key sorts and filters within a frame.
package struct UnitsState: Sendable {
    /// In the order of the units.
    package private(set) var all: [UnitSummary] = []
    package var filter = TextField() { didSet { if filter.text != oldValue.text { sift() } } }
    package var sort = UnitSort.index { didSet { if sort != oldValue { arrange() } } }
    package var isReversed = false { didSet { if isReversed != oldValue { sift() } } }
    package var cursor = ListCursor()
    /// Selected once it is in the table.
    private(set) var wanted: InternalUnit?

    private var concepts = ConceptIndex([])
    /// Positions in `all` by the present sort, and those of them that pass the filter, as they are shown.
    private var order: [Int32] = []
    private var rows: [Int32] = []
    private var qualities: [UnitKind: [InternalUnit: UnitQuality]] = [:]

    package init() {}

    /// Those that pass the filter, in order.
    package var shown: ShownUnits { ShownUnits(all: all, rows: rows) }

    package var selected: UnitSummary? {
        rows.indices.contains(cursor.selected) ? all[Int(rows[cursor.selected])] : nil
    }

    /// What the units are described by, each concept once.
    var conceptNames: [String] { concepts.names }

    /// Takes in the units of a kind, or the first of them.
    package mutating func replace(_ summaries: [UnitSummary], isWhole: Bool = true) {
        all = summaries
        let isOrdered = all.adjacentPairs().allSatisfy { $0.unit < $1.unit }
        if !isOrdered { all.sort { $0.unit < $1.unit } }
        takeQualities()
        concepts = ConceptIndex(all.lazy.map(\.concept.concept))
        arrange()
        guard let wanted else { return }
        select(wanted)
        if !isWhole, selected?.unit != wanted { self.wanted = wanted }
    }

    /// Selects a unit, now or once the units are there.
    mutating func select(_ unit: InternalUnit) {
        wanted = all.isEmpty ? unit : nil
        if let row = rows.firstIndex(where: { all[Int($0)].unit == unit }) { cursor.jump(to: row) }
    }

    /// Takes in the quality of units of a kind, whether their list is there already or not; of the other kind it stays.
    mutating func measure(_ measured: [InternalUnit: UnitQuality]) {
        guard let kind = measured.keys.first?.kind else { return }
        qualities[kind] = measured
        takeQualities()
        arrange()
    }

    private mutating func takeQualities() {
        guard let kind = all.first?.unit.kind, let known = qualities[kind] else { return }
        for index in all.indices { all[index].quality = known[all[index].unit] ?? all[index].quality }
    }

    func isMeasured(_ kind: UnitKind) -> Bool { qualities[kind] != nil }

    /// Lets go of all units, to be described anew; how they are sorted and filtered stays.
    mutating func forget() {
        var next = UnitsState()
        (next.sort, next.isReversed, next.filter) = (sort, isReversed, filter)
        self = next
    }

    /// The line of a unit.
    package subscript(unit: InternalUnit) -> UnitSummary? {
        let place = all.partitioningIndex { !($0.unit < unit) }
        return place < all.count && all[place].unit == unit ? all[place] : nil
    }

    /// Sorts. Equal keys keep the order of the units.
    private mutating func arrange() {
        func descending(_ figure: (UnitSummary) -> Float) -> [UInt32] { all.map { ~sortKey(figure($0)) } }
        let keys: [UInt32]? =
            switch sort {
            case .index: nil
            case .concept: concepts.ranks
            case .score: descending { $0.concept.score }
            case .mean: descending(\.mean)
            case .deviation: descending(\.deviation)
            case .pearson, .auprc, .clarity, .polysemanticity, .redundancy, .selectivity:
                descending { sort.quality($0.quality) ?? -.infinity }
            }
        order = keys.map { sortedPositions(by: $0) } ?? all.indices.map { Int32($0) }
        sift()
    }

    /// Filters: every word is part of the concept or the beginning of the unit's name.
    private mutating func sift() {
        rows = order
        for word in filter.text.lowercased().split(separator: " ") {
            let (named, name) = (concepts.holding(word), UnitNamePrefix(word))
            rows = rows.filter { named[Int(concepts.ids[Int($0)])] || name?.matches(all[Int($0)].unit) == true }
        }
        if isReversed { rows.reverse() }
    }
}

/// Units of the table in the order they are shown.
package struct ShownUnits: RandomAccessCollection, Sendable {
    let all: [UnitSummary]
    let rows: [Int32]

    package var startIndex: Int { 0 }
    package var endIndex: Int { rows.count }
    package subscript(row: Int) -> UnitSummary { all[Int(rows[row])] }
}
