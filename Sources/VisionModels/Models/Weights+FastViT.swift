import LinearAlgebra

/// A convolution of each channel by itself that gives several channels of each: the input is repeated, then convolved.
struct RepeatedConvolution: Sendable {
    let times: Int
    let convolution: DepthwiseConvolution

    /// [b, height, width, C] -> [b, height', width', times · C], those of one channel side by side.
    func callAsFunction(_ x: Tensor, _ pointwise: Pointwise) -> Tensor {
        guard times > 1 else { return convolution(x, pointwise) }
        let (count, times) = (x.count, times)
        let repeated = Tensor(x.shape.dropLast() + [x.columns * times]) { target in
            x.withUnsafe { x in
                for index in 0..<count {
                    for copy in 0..<times { target[index * times + copy] = x[index] }
                }
            }
        }
        return convolution(repeated, pointwise)
    }
}

/// Branches that are trained side by side and added are one convolution (Ding et al. 2021): a smaller window is the middle of a
/// larger, and what goes by untouched is a window of zeros with a one in its middle.
private struct Branches {
    /// [outputs, inputs of each, window, window]
    var weight: Tensor
    var bias: Tensor

    init(_ outputs: Int, _ own: Int, window: Int) {
        (weight, bias) = (Tensor([outputs, own, window, window]), Tensor([outputs]))
    }

    private var outputs: Int { weight.shape[0] }
    private var own: Int { weight.shape[1] }
    private var window: Int { weight.shape[2] }

    /// - Parameter factors: of each output; nil for one.
    mutating func add(_ other: (weight: Tensor, bias: Tensor), factors: [Float]? = nil, sign: Float = 1) {
        let side = other.weight.shape[2]
        let (window, own, margin) = (window, own, (window - side) / 2)
        let factors = (0..<outputs).map { sign * (factors?[$0] ?? 1) }
        weight.withUnsafeMutable { target in
            other.weight.withUnsafe { source in
                for plane in 0..<factors.count * own {
                    for row in 0..<side {
                        for column in 0..<side {
                            target[(plane * window + row + margin) * window + column + margin] +=
                                factors[plane / own] * source[(plane * side + row) * side + column]
                        }
                    }
                }
            }
        }
        for output in factors.indices { bias[output] += factors[output] * other.bias[output] }
    }

    /// Each output is `scale` times its own input, plus `shift`.
    mutating func addIdentity(scale: [Float], shift: [Float]) {
        let (window, own) = (window, own)
        let middle = (window / 2) * window + window / 2
        weight.withUnsafeMutable { target in
            for output in scale.indices {
                target[(output * own + output % own) * window * window + middle] += scale[output]
            }
        }
        for output in shift.indices { bias[output] += shift[output] }
    }
}

extension Weights {
    /// Of all batch norms, as PyTorch has it.
    private static let epsilon: Float = 1e-5

    /// timm's `MobileOneBlock`, as one convolution: branches with their norms, or the one they were joined to.
    ///
    /// - Parameter own: inputs of each output.
    mutating func branches(
        _ name: String, _ own: Int, _ outputs: Int, window: Int
    ) throws(VisionModelsError) -> (weight: Tensor, bias: Tensor) {
        if let joined = try joined(name, own, outputs, window: window) { return joined }
        var sum = Branches(outputs, own, window: window)
        var index = 0
        while index == 0 && !has(name + ".identity.weight") || has(name + ".conv_kxk.\(index).conv.weight") {
            sum.add(try branch(name + ".conv_kxk.\(index)", own, outputs, window: window))
            index += 1
        }
        if has(name + ".conv_scale.conv.weight") { sum.add(try branch(name + ".conv_scale", own, outputs, window: 1)) }
        if has(name + ".identity.weight") {
            let (scale, shift) = try affine(name + ".identity", outputs)
            sum.addIdentity(scale: scale, shift: shift)
        }
        return (sum.weight, sum.bias)
    }

    private mutating func branch(
        _ name: String, _ own: Int, _ outputs: Int, window: Int
    ) throws(VisionModelsError) -> (weight: Tensor, bias: Tensor) {
        let names = NormalizedName(convolution: name + ".conv", normalization: name + ".bn")
        return try folded(names, own, outputs, window: window, epsilon: Self.epsilon)
    }

    private mutating func joined(
        _ name: String, _ own: Int, _ outputs: Int, window: Int
    ) throws(VisionModelsError) -> (weight: Tensor, bias: Tensor)? {
        guard has(name + ".reparam_conv.weight") else { return nil }
        return (
            try tensor(name + ".reparam_conv.weight", [outputs, own, window, window]),
            try tensor(name + ".reparam_conv.bias", [outputs])
        )
    }

    /// A batch norm as a factor and what is added.
    private mutating func affine(_ name: String, _ width: Int) throws(VisionModelsError) -> (
        scale: [Float], shift: [Float]
    ) {
        let scale = try tensor(name + ".weight", [width]).values
        let shift = try tensor(name + ".bias", [width]).values
        let mean = try tensor(name + ".running_mean", [width]).values
        let variance = try tensor(name + ".running_var", [width]).values
        let factors = scale.indices.map {
            Float(Double(scale[$0]) / (Double(variance[$0]) + Double(Self.epsilon)).squareRoot())
        }
        return (factors, factors.indices.map { shift[$0] - mean[$0] * factors[$0] })
    }

    /// Several outputs of each channel: a large window with a smaller in its middle, or a `MobileOneBlock`.
    mutating func repeated(
        _ name: String, _ channels: Int, window: Int, stride: Int, isLarge: Bool
    ) throws(VisionModelsError) -> RepeatedConvolution {
        let first = isLarge ? ".large_conv.conv.weight" : ".conv_kxk.0.conv.weight"
        let shape = shape(of: name + first) ?? shape(of: name + ".reparam_conv.weight")
        let (outputs, window) = (shape?.first ?? channels, shape?.last ?? window)
        var found: (weight: Tensor, bias: Tensor)
        if !isLarge {
            found = try branches(name, 1, outputs, window: window)
        } else if let joined = try joined(name, 1, outputs, window: window) {
            found = joined
        } else {
            var sum = Branches(outputs, 1, window: window)
            sum.add(try branch(name + ".large_conv", 1, outputs, window: window))
            if has(name + ".small_conv.conv.weight") {
                sum.add(try branch(name + ".small_conv", 1, outputs, window: 3))
            }
            found = (sum.weight, sum.bias)
        }
        return RepeatedConvolution(
            times: max(1, outputs / channels),
            convolution: DepthwiseConvolution(
                weight: found.weight, bias: found.bias, stride: stride, edges: Edges(all: window / 2)))
    }

    mutating func gate(_ name: String, _ channels: Int) throws(VisionModelsError) -> ChannelGate {
        let width = shape(of: name + ".fc1.weight")?.first ?? channels / 16
        return ChannelGate(
            reduce: PackedLinear(try pointwise(name + ".fc1", channels, width)),
            expand: PackedLinear(try pointwise(name + ".fc2", width, channels)))
    }

    /// timm's `PatchEmbed` between stages.
    mutating func reduction(
        _ name: String, _ inputs: Int, _ outputs: Int, _ activation: Pointwise, _ precision: Precision
    ) throws(VisionModelsError) -> FastViT.Reduction {
        let large = try repeated(name + ".0", inputs, window: 7, stride: 2, isLarge: true)
        let gate = has(name + ".0.se.fc1.weight") ? try gate(name + ".0.se", outputs) : nil
        let (weight, bias) = try branches(name + ".1", outputs, outputs, window: 1)
        return FastViT.Reduction(
            large: large, gate: gate, activation: activation,
            mix: Convolution(weight: weight, bias: bias, stride: 1, padding: 0, precision: precision))
    }

    /// x + depthwise(x), as one convolution; nil where a stage has none.
    mutating func positions(_ name: String, _ channels: Int) throws(VisionModelsError) -> DepthwiseConvolution? {
        let shape = shape(of: name + ".pos_enc.weight") ?? shape(of: name + ".reparam_conv.weight")
        guard let window = shape?.last else { return nil }
        if let (weight, bias) = try joined(name, 1, channels, window: window) {
            return DepthwiseConvolution(weight: weight, bias: bias, stride: 1, edges: Edges(all: window / 2))
        }
        var sum = Branches(channels, 1, window: window)
        sum.add(
            (
                try tensor(name + ".pos_enc.weight", [channels, 1, window, window]),
                try tensor(name + ".pos_enc.bias", [channels])
            ))
        sum.addIdentity(
            scale: [Float](repeating: 1, count: channels), shift: [Float](repeating: 0, count: channels))
        return DepthwiseConvolution(weight: sum.weight, bias: sum.bias, stride: 1, edges: Edges(all: window / 2))
    }

    mutating func block(
        _ name: String, _ width: Int, _ precision: Precision
    ) throws(VisionModelsError) -> FastViT.Block {
        let mixer = name + ".token_mixer"
        let isAttention = has(mixer + ".qkv.weight")
        let scale = try layerScale(name + (isAttention ? ".layer_scale_2" : ".layer_scale"), width)
        let hidden = shape(of: name + ".mlp.fc1.weight")?.first ?? 4 * width
        let window = shape(of: name + ".mlp.conv.conv.weight")?.last ?? 7
        let (weight, bias) = try branch(name + ".mlp.conv", 1, width, window: window)
        return FastViT.Block(
            mixer: isAttention
                ? .attention(try attention(name, width, precision)) : .convolution(try mixed(mixer, width)),
            depthwise: DepthwiseConvolution(weight: weight, bias: bias, stride: 1, edges: Edges(all: window / 2)),
            mlp: MLP(
                expand: try pointwise(name + ".mlp.fc1", width, hidden), activation: .gelu,
                contract: try pointwise(name + ".mlp.fc2", hidden, width).scaled(by: scale), precision: precision))
    }

    private mutating func layerScale(_ name: String, _ width: Int) throws(VisionModelsError) -> Tensor? {
        has(name + ".gamma") ? try tensor(name + ".gamma", [width, 1, 1]).reshaped([width]) : nil
    }

    /// timm's `RepMixer`: x + γ (mixer(x) - norm(x)), as one convolution.
    private mutating func mixed(_ name: String, _ width: Int) throws(VisionModelsError) -> DepthwiseConvolution {
        let shape = shape(of: name + ".mixer.conv_kxk.0.conv.weight") ?? shape(of: name + ".reparam_conv.weight")
        let window = shape?.last ?? 3
        if let (weight, bias) = try joined(name, 1, width, window: window) {
            return DepthwiseConvolution(weight: weight, bias: bias, stride: 1, edges: Edges(all: window / 2))
        }
        var sum = Branches(width, 1, window: window)
        let factors = try layerScale(name + ".layer_scale", width)?.values
        sum.add(try branches(name + ".mixer", 1, width, window: window), factors: factors)
        sum.add(try branches(name + ".norm", 1, width, window: window), factors: factors, sign: -1)
        sum.addIdentity(scale: [Float](repeating: 1, count: width), shift: [Float](repeating: 0, count: width))
        return DepthwiseConvolution(weight: sum.weight, bias: sum.bias, stride: 1, edges: Edges(all: window / 2))
    }

    /// Attention in heads of 32, its batch norm folded into the products.
    private mutating func attention(
        _ name: String, _ width: Int, _ precision: Precision
    ) throws(VisionModelsError) -> Attention {
        let (scale, shift) = try affine(name + ".norm", width)
        let stacked = try tensor(name + ".token_mixer.qkv.weight", [3 * width, width])
        let bias =
            has(name + ".token_mixer.qkv.bias") ? try tensor(name + ".token_mixer.qkv.bias", [3 * width]).values : nil
        let shifted = multiply(stacked, .plain, Tensor([width, 1], shift), .plain).values
        var scaled = stacked
        scaled.withUnsafeMutable { weight in
            for row in 0..<3 * width { for column in 0..<width { weight[row * width + column] *= scale[column] } }
        }
        func part(_ index: Int) -> Linear {
            let rows = index * width..<(index + 1) * width
            return Linear(
                weight: scaled.rows(rows), bias: Tensor([width], rows.map { shifted[$0] + (bias?[$0] ?? 0) }))
        }
        let output = try linear(name + ".token_mixer.proj", width, width)
        return Attention(
            query: part(0), key: part(1), value: part(2),
            output: output.scaled(by: try layerScale(name + ".layer_scale_1", width)), heads: width / 32,
            isCausal: false,
            precision: precision)
    }
}
