import LinearAlgebra

/// A network as a chain: a step leads to each hook point from the one before. Images have their channels last, so the places of a
/// feature map are tokens, [B, H · W, C].
struct StepChain<Step: Sendable>: Sendable {
    private(set) var steps: [Step] = []
    private(set) var points: [HookPoint] = []
    /// Of the feature maps, by hook point.
    private(set) var grids: [String: TokenGrid] = [:]

    /// Adds a step and the hook point it leads to.
    ///
    /// - Parameter map: rows and columns of the feature map there; nil for one vector an image.
    mutating func add(
        _ step: Step, _ name: String, map: (height: Int, width: Int)?, channels: Int, isSigned: Bool = true
    ) {
        steps.append(step)
        if let map { grids[name] = TokenGrid(rows: map.height, columns: map.width) }
        points.append(
            HookPoint(
                name: name, tokens: map.map { $0.height * $0.width } ?? 1, width: channels, isSigned: isSigned,
                hasClassToken: map == nil))
    }

    /// From pixels to what the last step gives.
    func run(_ pixels: Tensor, _ hooks: Hooks, apply: @Sendable (Step, Tensor) -> Tensor) -> Tensor {
        hooks.run(pixels, through: points, from: 0) { apply(steps[$0], $1) }
    }

    /// From activations at a hook point, whose own hooks run too, to what the last step gives.
    func run(
        _ activations: Tensor, resumingFrom point: HookPoint, _ hooks: Hooks, apply: @Sendable (Step, Tensor) -> Tensor
    ) -> Tensor {
        var x = activations
        let next = hooks.enter(&x, at: point, of: points)
        return hooks.run(x, through: points, from: next) { apply(steps[$0], $1) }
    }

    /// The steps behind a hook point; nil where it is none of the network's.
    func steps(after point: HookPoint) -> ArraySlice<Step>? {
        points.firstIndex(of: point).map { steps[($0 + 1)...] }
    }
}
