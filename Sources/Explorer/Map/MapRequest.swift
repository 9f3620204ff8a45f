import Analysis

/// Which layout is asked for.
struct MapRequest: Hashable, Sendable {
    var units: UnitKind
    var attempt: Int
}
