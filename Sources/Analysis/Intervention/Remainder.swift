import LinearAlgebra

/// What follows the target layer.
package enum Remainder: Sendable {
    case linear(LinearRemainder)
    case normalized(NormalizedRemainder)
    case resumed(ResumedRemainder)
    /// Nothing that gives classes.
    case none

    package var kind: RemainderKind {
        switch self {
        case .linear: .linear
        case .normalized: .normalized
        case .resumed: .resumed
        case .none: .none
        }
    }

    /// How much one standard deviation of a unit, along its pole, moves each class's logit against the mean over
    /// classes; of cosines, at the length that the mean activation gives. Empty where that is no one number a class.
    ///
    /// - Parameter means: ā of the layer's neurons.
    package func effects(of unit: InternalUnit, in space: any UnitSpace, means: [Float]) -> [Float] {
        guard case .linear(let remainder) = self else { return [] }
        let effects = remainder.effects(
            along: space.direction(of: unit),
            by: space.statistics.deviations[unit.index], pole: unit.pole)
        let length = remainder.length(at: means)
        return length > 0 ? effects.map { $0 / length } : effects
    }
}

/// More of a network, run again from the layer.
package struct ResumedRemainder: Sendable {
    /// Vectors an image, and how many of them an intervention acts on: the class token alone, or all.
    let tokens: Int
    let edited: Int
    /// Logits of activations [N, tokens, d], or [N, d] of one token.
    private let run: @Sendable (Tensor) -> Tensor

    /// - Parameters:
    ///   - editsAll: whether interventions act on every token, or on the first alone.
    ///   - run: logits [N, classes] of activations [N, tokens, d], or [N, d] of one token.
    package init(tokens: Int, editsAll: Bool, run: @escaping @Sendable (Tensor) -> Tensor) {
        self.tokens = tokens
        edited = editsAll ? tokens : 1
        self.run = run
    }

    /// Logits of the images at `images` of [N, tokens, d] under a steering.
    func logits(
        _ activations: Tensor, images: [Int], _ steering: Steering, _ readings: any UnitReadings
    ) -> Tensor {
        let width = activations.columns
        let edited = readings.editsEveryToken ? tokens : edited
        let rows = images.flatMap { image in (0..<tokens).map { image * tokens + $0 } }
        var vectors = activations.rows(at: rows)
        readings.apply(
            steering, to: &vectors, rows: rows.indices.filter { $0 % tokens < edited })
        return run(vectors.reshaped(tokens == 1 ? [images.count, width] : [images.count, tokens, width]))
    }
}
