import Analysis

/// How far a map has come.
public struct MapProgress: Sendable, Hashable {
    public var iteration: Int
    public var iterations: Int

    public init(iteration: Int, iterations: Int) {
        self.iteration = iteration
        self.iterations = iterations
    }
}

/// The map of the units, and the window over it.
public struct MapState: Sendable {
    /// The newest layout, whole or not; an older one stays until the next is there.
    public private(set) var shown: UnitMap?
    /// Nil once the layout is whole, and before it began.
    public private(set) var progress: MapProgress?
    public var coloring = MapColoring.category { didSet { if coloring != oldValue { nameGroups() } } }
    /// Of the map's points.
    public var selected = 0
    /// Grows when the map is asked for again after it was stopped.
    public var attempt = 0
    public var isStopped = false
    public var window = MapWindow()
    /// Selected once the map is there.
    var wanted: InternalUnit?
    /// Of the layout on show, kept for every frame: a map has thousands of points and a thousand classes.
    private(set) var bounds = MapBounds([])
    private(set) var groups: [MapGroup] = []

    public init() {}

    public var selectedPoint: UnitMap.Point? {
        guard let points = shown?.points, points.indices.contains(selected) else { return nil }
        return points[selected]
    }

    mutating func show(_ map: UnitMap, _ progress: MapProgress?) {
        // The window belongs to the layout it was opened on.
        if shown?.points.count != map.points.count { (selected, window) = (0, MapWindow()) }
        shown = map
        self.progress = progress
        bounds = MapBounds(map.points)
        nameGroups()
        guard let wanted else { return }
        self.wanted = nil
        if let place = map.points.firstIndex(where: { $0.unit == wanted }) { selected = place }
    }

    /// Lets go of the layout, to be made anew in the same colours.
    mutating func forget() {
        var next = MapState()
        (next.coloring, next.wanted) = (coloring, wanted)
        self = next
    }

    private mutating func nameGroups() {
        groups = shown.map { map in
            zip(map.groups(coloring), map.sizes(coloring)).map { MapGroup(name: $0, size: $1) }
        } ?? []
    }
}

/// Points of one colour.
struct MapGroup: Sendable, Hashable {
    var name: String
    /// Points in it.
    var size: Int
}
