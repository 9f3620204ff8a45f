import LinearAlgebra

/// A place in a forward pass where activations can be read and changed, named as the architecture's modules are.
package struct HookPoint: Sendable, Hashable, Codable {
    /// As in `embeddings`, `blocks.3` (the residual stream after block 3), `norm`, `logits`.
    package var name: String
    /// Tokens an image has there; 1 where the activations are [B, width], without a token dimension.
    package var tokens: Int
    /// Internal units there.
    package var width: Int
    /// Whether activations can be negative, so that a unit has two poles.
    package var isSigned: Bool
    /// Whether the first token stands for the whole image. The places of a feature map have no such token.
    var hasClassToken: Bool

    package init(name: String, tokens: Int, width: Int, isSigned: Bool, hasClassToken: Bool = true) {
        self.name = name
        self.tokens = tokens
        self.width = width
        self.isSigned = isSigned
        self.hasClassToken = hasClassToken
    }

    /// The poolings that mean something here: `cls` only where there is a class token, or no tokens at all.
    package var poolings: [Pooling] { Pooling.allCases.filter { $0 != .cls || hasClassToken || tokens == 1 } }

    /// Of one image's activations: [T, D], or [D] without a token dimension.
    var shape: [Int] { tokens == 1 ? [width] : [tokens, width] }
}

/// What to do at which hook point: a closure that reads the activations of the whole batch, or changes them.
///
/// A residual stream is [B, T, D], logits are [B, classes]. The closures run on the thread that runs the forward pass,
/// one after the other.
package struct Hooks {
    package typealias Action = (inout Tensor) -> Void
    private var actions: [String: [Action]] = [:]
    /// The hook point that a pass goes no further than.
    private var end: String?

    /// No hooks.
    package init() {}

    /// One hook.
    package init(at point: HookPoint, _ action: @escaping Action) { add(at: point, action) }

    /// One hook, behind which the forward pass ends: what it gives back means nothing.
    init(endingAt point: HookPoint, _ action: @escaping Action) {
        self.init(at: point, action)
        end = point.name
    }

    /// Adds an action at a point, after those already there.
    package mutating func add(at point: HookPoint, _ action: @escaping Action) {
        actions[point.name, default: []].append(action)
    }

    func act(at point: HookPoint) -> Bool { actions[point.name] != nil }

    /// Whether the pass ends at a point.
    func end(at point: HookPoint) -> Bool { end == point.name }

    /// Whether it ends at one of some points.
    func end(within points: some Sequence<HookPoint>) -> Bool { points.contains(where: end(at:)) }

    func apply(at point: HookPoint, to activations: inout Tensor) {
        for action in actions[point.name] ?? [] { action(&activations) }
    }

    /// Begins a pass with activations at one of `points`, whose own hooks run; the place of the next one.
    func enter(_ activations: inout Tensor, at point: HookPoint, of points: [HookPoint]) -> Int {
        guard let place = points.firstIndex(of: point) else { preconditionFailure("no hook point \(point.name)") }
        apply(at: point, to: &activations)
        return place + 1
    }
}

/// How the tokens of an image become one vector.
package enum Pooling: String, Sendable, Hashable, Codable, CaseIterable {
    /// The first token, the class token of a ViT.
    case cls
    /// The mean over all tokens.
    case mean
    /// The greatest value over all tokens, unit by unit.
    case max
    /// All tokens stay.
    case none

    /// [B, T, D] -> [B, D], or unchanged for `none`; activations without tokens [B, D] are pooled already.
    package func callAsFunction(_ activations: Tensor) -> Tensor {
        guard activations.shape.count == 3, self != .none else { return activations }
        if self == .cls { return activations.tokens(at: 0) }
        let (batch, tokens, width) = (activations.shape[0], activations.shape[1], activations.shape[2])
        var pooled = activations.tokens(at: 0)
        activations.withUnsafe { x in
            pooled.withUnsafeMutable { pooled in
                for image in 0..<batch {
                    for token in 1..<Swift.max(tokens, 1) {
                        let start = (image * tokens + token) * width
                        for unit in 0..<width {
                            let (value, position) = (x[start + unit], image * width + unit)
                            pooled[position] =
                                self == .mean ? pooled[position] + value : .maximum(pooled[position], value)
                        }
                    }
                }
                if self == .mean { for index in pooled.indices { pooled[index] /= Float(tokens) } }
            }
        }
        return pooled
    }
}
