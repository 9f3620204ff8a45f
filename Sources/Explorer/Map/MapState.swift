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
    public var coloring = MapColoring.category
    /// Of the map's points.
    public var selected = 0
    /// Grows when the map is asked for again after it was stopped.
    public var attempt = 0
    public var isStopped = false
    public var window = MapWindow()

    public var selectedPoint: UnitMap.Point? {
        guard let points = shown?.points, points.indices.contains(selected) else { return nil }
        return points[selected]
    }

    mutating func show(_ map: UnitMap, _ progress: MapProgress?) {
        // The window belongs to the layout it was opened on.
        if shown?.points.count != map.points.count { (selected, window) = (0, MapWindow()) }
        shown = map
        self.progress = progress
    }
}

/// What part of the map is on the screen.
public struct MapWindow: Sendable, Hashable {
    /// In the map's units; nil follows the middle of all points.
    public var center: SIMD2<Float>?
    /// Each step is a factor of `step`; 0 shows all.
    public var zoom = 0

    public init() {}

    static let step: Float = 1.4
    static let deepest = 16

    var factor: Float { (0..<zoom).reduce(1) { product, _ in product * Self.step } }
}

/// From the map's units to the dots of a canvas. Both axes have one scale: a Braille dot is about square.
struct MapProjection {
    /// Dots a unit of the map.
    let scale: Float
    let center: SIMD2<Float>
    private let middle: SIMD2<Float>

    /// - Parameters:
    ///   - width: of the canvas, in dots.
    ///   - height: likewise.
    init(_ map: UnitMap, _ window: MapWindow, width: Int, height: Int) {
        var (lower, upper) = (SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity))
        for point in map.points {
            let place = SIMD2(point.x, point.y)
            (lower, upper) = (pointwiseMin(lower, place), pointwiseMax(upper, place))
        }
        let extent = map.points.isEmpty ? SIMD2<Float>() : upper - lower
        let room = SIMD2(Float(max(1, width - 4)), Float(max(1, height - 4)))
        let fit = (room / pointwiseMax(extent, SIMD2(repeating: .leastNormalMagnitude))).min()
        scale = (fit.isFinite ? fit : 1) * window.factor
        center = window.center ?? (map.points.isEmpty ? SIMD2() : (lower + upper) / 2)
        middle = SIMD2(Float(width) / 2, Float(height) / 2)
    }

    /// The dot of a place, from the upper left; perhaps outside the canvas.
    func dot(_ place: SIMD2<Float>) -> (x: Int, y: Int) {
        let d = (place - center) * scale
        // Far outside is as good as the edge of Int.
        func whole(_ value: Float) -> Int { Int(max(-1e6, min(1e6, value.rounded(.down)))) }
        return (whole(middle.x + d.x), whole(middle.y - d.y))
    }

    func dot(_ point: UnitMap.Point) -> (x: Int, y: Int) { dot(SIMD2(point.x, point.y)) }

    /// The place under the middle of a dot.
    func place(x: Int, y: Int) -> SIMD2<Float> {
        center + SIMD2(Float(x) + 0.5 - middle.x, middle.y - Float(y) - 0.5) / scale
    }
}
