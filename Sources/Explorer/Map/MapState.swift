import Analysis

/// How far a map has come.
package struct MapProgress: Sendable, Hashable {
    package var iteration: Int
    package var iterations: Int

    package init(iteration: Int, iterations: Int) {
        self.iteration = iteration
        self.iterations = iterations
    }
}

/// The map of the units, and the window over it.
package struct MapState: Sendable {
    /// The newest layout, whole or not; an older one stays until the next is there.
    package private(set) var shown: UnitMap?
    /// Nil once the layout is whole, and before it began.
    package private(set) var progress: MapProgress?
    package var coloring = MapColoring.category
    /// Of the map's points.
    package var selected = 0
    /// Grows when the map is asked for again after it was stopped.
    package var attempt = 0
    package var isStopped = false
    package var window = MapWindow()
    /// What is looked for; nil while nothing is. And which points it lights up.
    package var search: TextField? { didSet { if search?.text != oldValue?.text { find() } } }
    package internal(set) var found: [Int] = []
    var isLit: [Bool] = []
    /// Of the points, made when a map comes in, so that no key waits for it.
    private(set) var concepts = ConceptIndex(EmptyCollection(), isRanked: false)
    /// Selected once the map is there.
    private(set) var wanted: InternalUnit?
    /// Of the layout on show, kept for every frame: a map has thousands of points and a thousand classes.
    private(set) var bounds = MapBounds([])
    private(set) var places: [SIMD2<Float>] = []
    private var groupings: [MapColoring: MapGrouping] = [:]

    /// What the points are coloured by now.
    var grouping: MapGrouping { groupings[coloring] ?? MapGrouping() }

    package init() {}

    package var selectedPoint: UnitMap.Point? {
        guard let points = shown?.points, points.indices.contains(selected) else { return nil }
        return points[selected]
    }

    mutating func show(_ map: UnitMap, _ progress: MapProgress?) {
        // The window belongs to the layout it was opened on.
        if shown?.points.count != map.points.count {
            (selected, window) = (0, MapWindow())
            // Without WordNet there is but one super-category, which tells nothing apart.
            if map.groups(.category).count < 2, map.groups(.class).count > 1 { coloring = .class }
        }
        if shown?.points.elementsEqual(map.points, by: { $0.concept.concept == $1.concept.concept }) != true {
            concepts = ConceptIndex(map.points.lazy.map(\.concept.concept), isRanked: false)
        }
        shown = map
        self.progress = progress
        places = map.points.map { SIMD2($0.x, $0.y) }
        bounds = MapBounds(places)
        for coloring in MapColoring.allCases { groupings[coloring] = MapGrouping(map, coloring) }
        if search != nil { find() }
        if let wanted { select(wanted) }
    }

    /// Selects a unit, now or once the map is there.
    mutating func select(_ unit: InternalUnit) {
        wanted = shown == nil ? unit : nil
        if let place = shown?.points.firstIndex(where: { $0.unit == unit }) { selected = place }
    }

    /// Lets go of the layout, to be made anew in the same colours.
    mutating func forget() {
        var next = MapState()
        next.coloring = coloring
        self = next
    }
}
