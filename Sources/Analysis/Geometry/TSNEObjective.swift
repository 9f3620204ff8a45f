import Foundation
import LinearAlgebra

/// KL(P ‖ Q) of a layout and its gradient: 4 Σ_j (p_ij - q_ij) (y_i - y_j) / (1 + ‖y_i - y_j‖²)
/// (van der Maaten and Hinton 2008, eq. 5).
package struct TSNEObjective: Sendable {
    private let affinities: Affinities
    private let theta: Float
    private let negativeEntropy: Double

    init(_ affinities: Affinities, theta: Float) {
        self.affinities = affinities
        self.theta = theta
        negativeEntropy = affinities.negativeEntropy
    }

    /// For points [N, d]; `isExact` over all pairs, else by nearest neighbours and a tree.
    package init(_ points: Tensor, perplexity: Double, isExact: Bool, theta: Float = 0.5) throws {
        self.init(
            isExact
                ? try .exact(points, perplexity: perplexity) : try .nearest(points, perplexity: perplexity),
            theta: theta)
    }

    /// The gradient at a layout, and Z = Σ_{i≠j} 1 / (1 + ‖y_i - y_j‖²).
    ///
    /// - Parameter exaggeration: factor of the affinities.
    package func gradient(_ layout: [SIMD2<Float>], exaggeration: Float = 1) -> (points: [SIMD2<Float>], z: Double) {
        let forces: [(attraction: SIMD2<Float>, repulsion: SIMD2<Float>, sum: Float)]
        switch affinities {
        case .dense(let p): forces = exactForces(layout, p)
        case .sparse(let p): forces = treeForces(layout, p)
        }
        let z = max(forces.reduce(0) { $0 + Double($1.sum) }, .leastNormalMagnitude)
        let share = Float(1 / z)
        return (forces.map { 4 * (exaggeration * $0.attraction - share * $0.repulsion) }, z)
    }

    private func exactForces(_ layout: [SIMD2<Float>], _ p: Tensor)
        -> [(attraction: SIMD2<Float>, repulsion: SIMD2<Float>, sum: Float)]
    {
        let (x, y, n) = (layout.map(\.x), layout.map(\.y), layout.count)
        return parallelMap(blocks(of: n, size: 64)) { part in
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    p.withUnsafe { p in
                        part.map { i in
                            let force = studentForces(
                                x: x, y: y, at: layout[i], affinities: p.baseAddress! + i * n)
                            return (force.attraction, force.repulsion, force.sum - 1)
                        }
                    }
                }
            }
        }.flatMap { $0 }
    }

    private func treeForces(_ layout: [SIMD2<Float>], _ p: SparseAffinities)
        -> [(attraction: SIMD2<Float>, repulsion: SIMD2<Float>, sum: Float)]
    {
        let repulsion = QuadTree(layout).repulsion(theta: theta)
        let attraction = parallelMap(blocks(of: layout.count, size: 256)) { part in
            part.map { i in
                var force = SIMD2<Float>()
                for entry in p.starts[i]..<p.starts[i + 1] {
                    let d = layout[i] - layout[Int(p.columns[entry])]
                    force += p.values[entry] / (1 + (d * d).sum()) * d
                }
                return force
            }
        }
        return zip(attraction.joined(), repulsion).map { ($0, $1.force, $1.sum) }
    }

    /// KL(P ‖ Q) in nats: Σ p ln p + Σ p ln(1 + d²) + ln Z. With a tree, Z is its approximation.
    package func divergence(_ layout: [SIMD2<Float>]) -> Double {
        @Sendable func logarithm(_ i: Int, _ j: Int) -> Double {
            let d = SIMD2<Double>(layout[i]) - SIMD2<Double>(layout[j])
            return log1p((d * d).sum())
        }
        let rows: [Double]
        switch affinities {
        case .dense(let p):
            rows = parallelMap(layout.count) { i in
                p.withUnsafe { p in
                    (0..<layout.count).reduce(0) { $0 + Double(p[i * layout.count + $1]) * logarithm(i, $1) }
                }
            }
        case .sparse(let p):
            rows = parallelMap(layout.count) { i in
                (p.starts[i]..<p.starts[i + 1]).reduce(0) {
                    $0 + Double(p.values[$1]) * logarithm(i, Int(p.columns[$1]))
                }
            }
        }
        return negativeEntropy + rows.reduce(0, +) + log(gradient(layout).z)
    }
}
