import Analysis

/// The table of every unit.
public struct UnitsState: Sendable {
    public private(set) var all: [UnitSummary] = []
    public var filter = TextField() { didSet { if filter.text != oldValue.text { arrange() } } }
    public var sort = UnitSort.index { didSet { arrange() } }
    public var isReversed = false { didSet { arrange() } }
    public var cursor = ListCursor()
    /// Those that pass the filter, in order. Kept, not computed at every frame: a layer has thousands.
    public private(set) var shown: [UnitSummary] = []
    private var byUnit: [InternalUnit: UnitSummary] = [:]

    public mutating func replace(_ summaries: [UnitSummary]) {
        all = summaries
        for index in all.indices { all[index].quality = qualities[all[index].unit] ?? all[index].quality }
        byUnit = Dictionary(all.map { ($0.unit, $0) }) { first, _ in first }
        arrange()
    }

    private var qualities: [InternalUnit: UnitQuality] = [:]

    /// Takes in the quality of units of a kind, whether their list is there already or not; of the other kind it stays.
    mutating func measure(_ qualities: [InternalUnit: UnitQuality]) {
        self.qualities.merge(qualities) { _, new in new }
        measured.formUnion(qualities.keys.first.map { [$0.kind] } ?? [])
        replace(all)
    }

    private var measured: Set<UnitKind> = []

    func isMeasured(_ kind: UnitKind) -> Bool { measured.contains(kind) }

    public subscript(unit: InternalUnit) -> UnitSummary? { byUnit[unit] }

    public var selected: UnitSummary? { shown.indices.contains(cursor.selected) ? shown[cursor.selected] : nil }

    private mutating func arrange() {
        let words = filter.text.lowercased().split(separator: " ")
        shown = all.filter { summary in
            let concept = summary.concept.concept.lowercased()
            return words.allSatisfy { concept.contains($0) || summary.unit.shortName.hasPrefix($0) }
        }
        // Equal keys keep the order of the units, whichever way the rest is sorted.
        switch sort {
        case .index: shown.sort { $0.unit < $1.unit }
        case .concept: shown.sort { ($0.concept.concept, $0.unit) < ($1.concept.concept, $1.unit) }
        case .score: shown.sort { (-$0.concept.score, $0.unit) < (-$1.concept.score, $1.unit) }
        case .mean: shown.sort { (-$0.mean, $0.unit) < (-$1.mean, $1.unit) }
        case .deviation: shown.sort { (-$0.deviation, $0.unit) < (-$1.deviation, $1.unit) }
        case .clarity, .polysemanticity, .redundancy, .selectivity:
            func figure(_ summary: UnitSummary) -> Float { -(sort.quality(summary.quality) ?? -.infinity) }
            shown.sort { (figure($0), $0.unit) < (figure($1), $1.unit) }
        }
        if isReversed { shown.reverse() }
    }
}

extension UnitSort {
    /// The figure of a unit's quality that is sorted by; nil where it is none of them, or not known yet.
    func quality(_ quality: UnitQuality?) -> Float? {
        guard let quality else { return nil }
        switch self {
        case .clarity: return quality.clarity
        case .polysemanticity: return quality.polysemanticity
        case .redundancy: return quality.redundancy
        case .selectivity: return quality.selectivity
        case .index, .concept, .score, .mean, .deviation: return nil
        }
    }
}
