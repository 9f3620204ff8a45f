import Analysis

/// Points of one colour.
struct MapGroup: Sendable, Hashable {
    var name: String
    /// Points in it.
    var size: Int
}

/// The groups of a colouring, and which each point is in.
struct MapGrouping: Sendable {
    /// Largest first.
    private(set) var groups: [MapGroup] = []
    /// Of each point, -1 in none.
    private(set) var ofPoint: [Int32] = []

    init() {}

    init(_ map: UnitMap, _ coloring: MapColoring) {
        groups = zip(map.groups(coloring), map.sizes(coloring)).map { MapGroup(name: $0, size: $1) }
        ofPoint =
            switch coloring {
            case .category: map.points.map { Int32($0.category) }
            case .class: map.points.map { Int32($0.class ?? -1) }
            }
    }

    /// The group of a point; nil where it is in none.
    func group(of point: Int) -> Int? { ofPoint[point] < 0 ? nil : Int(ofPoint[point]) }
}
