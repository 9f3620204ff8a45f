import LinearAlgebra

/// Squeeze and excitation (Hu et al. 2018): each channel times σ(W₂ act(W₁ mean + b₁) + b₂).
struct ChannelGate: Sendable {
    let reduce, expand: PackedLinear

    func callAsFunction(_ x: inout Tensor, _ activation: Pointwise) {
        x.gateChannels(expand(reduce(x.spatialMeans(), activation)))
    }
}
