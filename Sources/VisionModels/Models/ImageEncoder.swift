import LinearAlgebra

/// E_i of a CLIP: a transformer (`ImageTower`) or a residual network (`ResidualTower`).
package protocol ImageEncoder: Sendable {
    var input: ImageShape { get }
    /// The width d of an embedding.
    var dimension: Int { get }
    /// In the order of the forward pass; the last one is the embedding, of any length.
    var hookPoints: [HookPoint] { get }
    /// In words.
    var summary: String { get }

    /// [B, channels, height, width] -> [B, d], not yet of unit length.
    func features(_ pixels: Tensor, hooks: Hooks) -> Tensor

    /// Goes on from activations at a hook point, as `features(_:hooks:)` does after computing them. -> [B, d]
    func features(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor

    /// Where the tokens of a hook point stand in the input; nil where an image has one vector there.
    func grid(at point: HookPoint) -> TokenGrid?

    /// How the embedding follows from the pooled activations of a hook point, where that is a matrix, with a norm before it or
    /// without; otherwise nil.
    func end(after point: HookPoint, pooling: Pooling) -> TowerEnd?
}

extension ImageEncoder {
    package func features(_ pixels: Tensor) -> Tensor { features(pixels, hooks: Hooks()) }
}
