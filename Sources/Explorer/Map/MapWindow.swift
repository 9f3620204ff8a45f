/// What part of the map is on the screen.
package struct MapWindow: Sendable, Hashable {
    /// In the map's units; nil follows the middle of all points.
    package var center: SIMD2<Float>?
    /// Each step is a factor of `step`; 0 shows all.
    package var zoom = 0

    package init() {}

    static let step: Float = 1.4
    static let deepest = 16

    var factor: Float { (0..<zoom).reduce(1) { product, _ in product * Self.step } }
}
