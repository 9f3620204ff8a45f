import Foundation
import LinearAlgebra

/// A tree of squares over points of a plane, for the repulsion of t-SNE in O(N log N) (Barnes and Hut 1986; van der Maaten
/// 2014, section 4.2).
///
/// Points lie in Morton order, nodes in preorder with a link past their subtree, so a walk needs no stack and points that
/// are neighbours walk over the same nodes.
package struct QuadTree: Sendable {
    private struct Node {
        /// Centre of mass.
        var center: SIMD2<Float>
        var count: Float
        /// The square's side, squared.
        var squaredSide: Float
        /// The first node after this one's subtree.
        var skip: Int32
        /// Of a leaf, its points; empty for an inner node.
        var points: Range<Int32>
    }

    private var nodes: [Node] = []
    /// In Morton order.
    private let points: [SIMD2<Float>]
    /// The place in the caller's list of each of `points`.
    let order: [Int]

    /// Points a leaf holds: below this, walking them is cheaper than more nodes.
    private static let leafSize = 4
    /// Bits of a coordinate in a Morton code.
    private static let depth = 24

    package init(_ layout: [SIMD2<Float>]) {
        var (lower, upper) = (SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity))
        for point in layout {
            lower = pointwiseMin(lower, point)
            upper = pointwiseMax(upper, point)
        }
        let side = max((upper - lower).max(), .leastNormalMagnitude)
        let scale = Float(1 << Self.depth) * (1 - .ulpOfOne) / side
        let coded = layout.enumerated().map { index, point -> (code: UInt64, index: Int) in
            let cell = (point - lower) * scale
            return (Self.spread(UInt64(cell.x)) | Self.spread(UInt64(cell.y)) << 1, index)
        }.sorted { ($0.code, $0.index) < ($1.code, $1.index) }
        order = coded.map(\.index)
        points = order.map { layout[$0] }
        nodes.reserveCapacity(layout.count)
        build(0..<layout.count, coded.map(\.code), level: 0, squaredSide: side * side)
    }

    /// The lower 24 bits, a zero after each.
    private static func spread(_ value: UInt64) -> UInt64 {
        var x = value & 0xFF_FFFF
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFF
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FF
        x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F
        x = (x | x << 2) & 0x3333_3333_3333_3333
        return (x | x << 1) & 0x5555_5555_5555_5555
    }

    /// Appends the subtree of the points in `range`, which share the first `level` pairs of bits of their codes.
    private mutating func build(_ range: Range<Int>, _ codes: [UInt64], level: Int, squaredSide: Float) {
        guard !range.isEmpty else { return }
        let place = nodes.count
        let isLeaf = range.count <= Self.leafSize || level == Self.depth
        let sum = points[range].reduce(SIMD2<Double>()) { $0 + SIMD2<Double>($1) } / Double(range.count)
        nodes.append(
            Node(
                center: SIMD2<Float>(sum), count: Float(range.count), squaredSide: squaredSide, skip: 0,
                points: isLeaf ? Int32(range.lowerBound)..<Int32(range.upperBound) : 0..<0))
        if !isLeaf {
            let shift = UInt64(2 * (Self.depth - 1 - level))
            var start = range.lowerBound
            for quadrant in UInt64(0)..<4 {
                var end = start
                while end < range.upperBound, codes[end] >> shift & 3 == quadrant { end += 1 }
                build(start..<end, codes, level: level + 1, squaredSide: squaredSide / 4)
                start = end
            }
        }
        nodes[place].skip = Int32(nodes.count)
    }

    /// Σ_j q² (x_i - x_j) and Σ_{j≠i} q, q = 1 / (1 + d²), for every point in the caller's order, on all cores.
    ///
    /// - Parameter theta: a square of side s at distance d stands for its points where s < θ d; at most 0.7, so that a
    ///   point's own square never does.
    package func repulsion(theta: Float) -> [(force: SIMD2<Float>, sum: Float)] {
        precondition(theta <= 0.7)
        let parts = parallelMap(blocks(of: points.count, size: 256)) { part in
            part.map { force(at: points[$0], theta * theta) }
        }
        var result = [(force: SIMD2<Float>, sum: Float)](repeating: (.zero, 0), count: points.count)
        for (place, force) in parts.joined().enumerated() { result[order[place]] = force }
        return result
    }

    private func force(at point: SIMD2<Float>, _ squaredTheta: Float) -> (force: SIMD2<Float>, sum: Float) {
        nodes.withUnsafeBufferPointer { nodes in
            points.withUnsafeBufferPointer { points in
                var (force, sum) = (SIMD2<Float>(), Float(0))
                var place = 0
                while place < nodes.count {
                    let node = nodes[place]
                    let d = point - node.center
                    let squared = (d * d).sum()
                    if node.squaredSide < squaredTheta * squared {
                        let q = 1 / (1 + squared)
                        sum += node.count * q
                        force += node.count * q * q * d
                        place = Int(node.skip)
                        continue
                    }
                    for j in node.points {
                        let d = point - points[Int(j)]
                        let q = 1 / (1 + (d * d).sum())
                        sum += q
                        force += q * q * d
                    }
                    place += 1
                }
                return (force, sum - 1)
            }
        }
    }
}
