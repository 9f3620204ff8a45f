/// The points of a map that the window shows, each with its dot. A hundred thousand are projected once a frame.
struct VisiblePoints {
    private(set) var count = 0
    /// The dot of every point, row by row; -1 outside.
    private let dots: [Int32]
    private let width: Int32

    /// - Parameters:
    ///   - width: of the canvas, in dots.
    ///   - height: likewise.
    init(_ places: [SIMD2<Float>], _ projection: MapProjection, width: Int, height: Int) {
        var count = 0
        dots = places.map { place in
            let (x, y) = projection.dot(place)
            guard x >= 0, x < width, y >= 0, y < height else { return -1 }
            count += 1
            return Int32(truncatingIfNeeded: y * width + x)
        }
        self.count = count
        self.width = Int32(max(1, width))
    }

    /// Index and dot of each, in the order of the points.
    func forEach(_ body: (_ index: Int, _ x: Int, _ y: Int) -> Void) {
        for (index, dot) in dots.enumerated() where dot >= 0 { body(index, Int(dot % width), Int(dot / width)) }
    }
}
