import LinearAlgebra

/// Random numbers from a seed (SplitMix64), so that what fails comes back.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Numbers from -`bound` to `bound`.
    package mutating func tensor(_ shape: [Int], within bound: Float = 1) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(shape, (0..<count).map { _ in Float.random(in: -bound...bound, using: &self) })
    }
}
