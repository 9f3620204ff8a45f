import LinearAlgebra

extension ResNet {
    /// rectify(gate(convolutions(x)) + shortcut(x)); each convolution has its normalisation folded into it or behind it.
    struct Block: Sendable {
        /// All but the last are rectified.
        let inner: [Layer]
        /// Whether means of two by two, in place of a stride, come before the last one.
        var halvesBeforeLast = false
        let last: Layer
        let gate: ChannelGate?
        /// Nil where the block keeps the width and the size.
        let shortcut: Shortcut?

        struct Shortcut: Sendable {
            /// Whether means of two by two come first.
            let halves: Bool
            let layer: Layer

            func callAsFunction(_ x: Tensor) -> Tensor { layer(halves ? x.halvedByMeans() : x) }
        }

        /// [b, height, width, C] -> [b, height', width', C']
        func callAsFunction(_ x: Tensor) -> Tensor {
            let residual = shortcut.map { $0(x) } ?? x
            var y = inner.reduce(x) { $1($0, .relu) }
            if halvesBeforeLast { y = y.halvedByMeans() }
            guard let gate else { return last(y, residual: residual, .relu) }
            var gated = last(y)
            gate(&gated, .relu)
            gated.add(residual)
            gated.rectify()
            return gated
        }
    }

    /// A convolution with the norm that follows it.
    struct Layer: Sendable {
        enum Kind: Sendable {
            case dense(Convolution)
            case grouped(GroupedConvolution)
        }

        let kind: Kind
        /// Nil where it is folded into the convolution.
        var norm: GroupNorm?

        /// pointwise(norm(convolution(x)) + residual); with a norm, the pointwise function is none or a rectifier.
        func callAsFunction(_ x: Tensor, residual: Tensor? = nil, _ pointwise: Pointwise = .identity) -> Tensor {
            let (own, sum) = norm == nil ? (pointwise, residual) : (.identity, nil)
            let y =
                switch kind {
                case .dense(let convolution): convolution(x, residual: sum, own)
                case .grouped(let convolution): convolution(x, own)
                }
            return norm.map { $0(y, residual: residual, rectifies: pointwise == .relu) } ?? y
        }

        /// Nil where channels are convolved in groups, or a norm follows.
        var convolution: Convolution? {
            guard norm == nil, case .dense(let convolution) = kind else { return nil }
            return convolution
        }
    }
}

/// Group normalisation of images with channels last.
struct GroupNorm: Sendable {
    let groups: Int
    /// [C] each
    let scale, shift: Tensor
    let epsilon: Float

    func callAsFunction(_ x: Tensor, residual: Tensor? = nil, rectifies: Bool) -> Tensor {
        x.groupNormalized(
            groups: groups, scale: scale, shift: shift, epsilon: epsilon, residual: residual, rectifies: rectifies)
    }
}
