import Foundation
import LinearAlgebra

/// Cosines and sines by which a head's queries and keys of the patches are turned (Su et al. 2021): with a patch's place
/// (y, x) the angles of a half are y θ^(-4 i / d), then x θ^(-4 i / d).
struct PatchRotation: Sendable {
    /// [patches, d / 2] each, d being the width of a head
    let cosines, sines: Tensor

    /// What a patch's place is counted in.
    enum Places {
        /// Centres from -2π to 2π on each side (DINOv3).
        case centred
        /// Patches from the upper left, of a grid stretched to the one that was trained on (EVA-02).
        case counted(height: Int, width: Int)

        func place(_ index: Int, of count: Int, axis: Int) -> Float {
            switch self {
            case .centred: 2 * Float.pi * (2 * ((Float(index) + 0.5) / Float(count)) - 1)
            case .counted(let height, let width): Float(index) / Float(count) * Float(axis == 0 ? height : width)
            }
        }
    }

    init(rows: Int, columns: Int, headWidth: Int, theta: Float, places: Places) {
        let quarter = headWidth / 4
        let frequencies = (0..<quarter).map { 1 / pow(theta, Float($0) * (4 / Float(headWidth))) }
        var angles = Tensor([rows * columns, 2 * quarter])
        for row in 0..<rows {
            for column in 0..<columns {
                for (axis, (index, count)) in [(row, rows), (column, columns)].enumerated() {
                    let place = places.place(index, of: count, axis: axis)
                    for (index, frequency) in frequencies.enumerated() {
                        angles[row * columns + column, axis * quarter + index] = place * frequency
                    }
                }
            }
        }
        cosines = Tensor(angles.shape, angles.values.map { cos($0) })
        sines = Tensor(angles.shape, angles.values.map { sin($0) })
    }
}

extension Tensor {
    /// Position embeddings of a grid of patches for another grid, by bicubic interpolation as PyTorch's `interpolate` has
    /// it with `align_corners=False`: [side · side, D] -> [height · width, D]
    ///
    /// - Parameter antialias: whether the kernel (then with a = -0.5, else -0.75) widens where the grid shrinks.
    func interpolated(side: Int, height: Int, width: Int, antialias: Bool) -> Tensor {
        let depth = columns
        func weights(_ count: Int) -> [[(place: Int, weight: Float)]] {
            (0..<count).map { Self.taps(at: $0, of: count, from: side, antialias: antialias) }
        }
        let (rowTaps, columnTaps) = (weights(height), weights(width))
        var across = Tensor([side * width, depth])
        for row in 0..<side {
            for (column, taps) in columnTaps.enumerated() {
                for (place, weight) in taps {
                    for unit in 0..<depth {
                        across[row * width + column, unit] += weight * self[row * side + place, unit]
                    }
                }
            }
        }
        var result = Tensor([height * width, depth])
        for (row, taps) in rowTaps.enumerated() {
            for column in 0..<width {
                for (place, weight) in taps {
                    for unit in 0..<depth {
                        result[row * width + column, unit] += weight * across[place * width + column, unit]
                    }
                }
            }
        }
        return result
    }

    /// The places of a line of `side` values that one value of a line of `count` reads, and their weights.
    private static func taps(
        at index: Int, of count: Int, from side: Int, antialias: Bool
    ) -> [(place: Int, weight: Float)] {
        let scale = Float(side) / Float(count)
        func cubic(_ x: Float, _ a: Float) -> Float {
            let x = abs(x)
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
        }
        guard antialias else {
            let centre = scale * (Float(index) + 0.5) - 0.5
            let base = centre.rounded(.down)
            // What lies beyond the edge is the edge.
            return (-1...2).map { step in
                let place = min(max(Int(base) + step, 0), side - 1)
                return (place, cubic(centre - base - Float(step), -0.75))
            }
        }
        let stretch = max(scale, 1)
        let centre = scale * (Float(index) + 0.5)
        let first = max(Int(centre - 2 * stretch + 0.5), 0)
        let last = min(Int(centre + 2 * stretch + 0.5), side)
        let raw = (first..<last).map { cubic((Float($0) - centre + 0.5) / stretch, -0.5) }
        let total = raw.reduce(0, +)
        return raw.enumerated().map { (first + $0, total == 0 ? 0 : $1 / total) }
    }
}
