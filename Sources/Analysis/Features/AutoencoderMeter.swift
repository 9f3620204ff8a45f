import LinearAlgebra

/// How well an autoencoder describes vectors that come a block at a time, none of which is kept.
package struct AutoencoderMeter: Sendable {
    private let autoencoder: SparseAutoencoder
    private var isAlive: [Bool]
    /// Vectors seen, their codes that are not zero, and Σ|a - â|².
    private var (vectors, active, error) = (0, 0, 0.0)
    /// Σ a, Σ|a|² and Σ|a|.
    private var sums: [Double]
    private var (squares, norms) = (0.0, 0.0)

    package init(_ autoencoder: SparseAutoencoder) {
        self.autoencoder = autoencoder
        isAlive = Array(repeating: false, count: autoencoder.count)
        sums = Array(repeating: 0, count: autoencoder.width)
    }

    /// Takes in vectors [n, d].
    package mutating func add(_ block: Tensor) {
        let codes = autoencoder.encode(block)
        let rebuilt = autoencoder.decode(codes, of: block)
        let width = autoencoder.width
        vectors += block.rows
        active += codes.values.count
        for index in codes.indices { isAlive[Int(index)] = true }
        block.withUnsafe { a in
            rebuilt.withUnsafe { r in
                for row in 0..<block.rows {
                    var (square, missed): (Float, Float) = (0, 0)
                    for c in 0..<width {
                        let value = a[row * width + c]
                        sums[c] += Double(value)
                        square += value * value
                        missed += (value - r[row * width + c]) * (value - r[row * width + c])
                    }
                    squares += Double(square)
                    norms += Double(square).squareRoot()
                    error += Double(missed)
                }
            }
        }
    }

    /// `deadShare` is that of features which none of these vectors activates.
    package var quality: AutoencoderQuality {
        let count = Double(max(1, vectors))
        let spread = squares - sums.reduce(0) { $0 + $1 * $1 } / count
        return AutoencoderQuality(
            explainedVariance: 1 - error / max(spread, .leastNormalMagnitude), l0: Double(active) / count,
            deadShare: Double(isAlive.count { !$0 }) / Double(max(1, autoencoder.count)))
    }

    /// Mean |a|.
    package var meanNorm: Double { norms / Double(max(1, vectors)) }
}
