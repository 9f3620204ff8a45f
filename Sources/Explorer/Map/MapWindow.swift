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
