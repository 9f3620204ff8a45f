import LinearAlgebra

extension Weights {
    /// `name.convolution` and `name.normalization`, the second folded into the first. ε is PyTorch's 1e-5.
    mutating func convolution(
        _ name: String, _ inputs: Int, _ outputs: Int, window: Int, stride: Int, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        try convolution(NormalizedName(within: name), inputs, outputs, window: window, stride: stride, precision)
    }

    private mutating func convolution(
        _ names: NormalizedName, _ inputs: Int, _ outputs: Int, window: Int, stride: Int, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        let (weight, bias) = try folded(names, inputs, outputs, window: window, epsilon: 1e-5)
        return Convolution(weight: weight, bias: bias, stride: stride, padding: window / 2, precision: precision)
    }

    /// The first convolution has stride 2; of three the last is normalised under the one's name.
    mutating func stem(
        _ inputs: Int, _ outputs: Int, _ precision: Precision
    ) throws(VisionModelsError) -> [Convolution] {
        let name = "resnet.embedder."
        guard has(name + "deep.0.convolution.weight") else {
            return [try convolution(name + "embedder", inputs, outputs, window: 7, stride: 2, precision)]
        }
        let widths = (0..<2).map { shape(of: name + "deep.\($0).convolution.weight")?.first ?? 0 }
        return [
            try convolution(name + "deep.0", inputs, widths[0], window: 3, stride: 2, precision),
            try convolution(name + "deep.1", widths[0], widths[1], window: 3, stride: 1, precision),
            try convolution(
                NormalizedName(convolution: name + "last.convolution", normalization: name + "embedder.normalization"),
                widths[1], outputs, window: 3, stride: 1, precision),
        ]
    }

    mutating func block(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, _ configuration: ResNet.Configuration,
        _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block {
        var inner: [ResNet.Block.Inner] = []
        let last: Convolution
        switch configuration.kind {
        case .basic:
            inner = [.dense(try convolution(name + ".layer.0", inputs, outputs, window: 3, stride: stride, precision))]
            last = try convolution(name + ".layer.1", outputs, outputs, window: 3, stride: 1, precision)
        case .bottleneck:
            let early = configuration.stridesInFirstConvolution
            let narrow =
                configuration.hasOwnBottlenecks
                ? shape(of: name + ".layer.0.convolution.weight")?.first ?? outputs / 4 : outputs / 4
            inner = [
                .dense(
                    try convolution(name + ".layer.0", inputs, narrow, window: 1, stride: early ? stride : 1, precision)
                ),
                try window(name + ".layer.1", narrow, stride: early ? 1 : stride, configuration, precision),
            ]
            last = try convolution(name + ".layer.2", narrow, outputs, window: 1, stride: 1, precision)
        }
        let keepsShape = inputs == outputs && stride == 1
        return ResNet.Block(
            inner: inner, last: last, gate: try gate(name + ".gate", outputs),
            shortcut: keepsShape ? nil : try shortcut(name, inputs, outputs, stride: stride, precision))
    }

    /// The 3x3 convolution of a bottleneck, of as many groups as its weights have.
    private mutating func window(
        _ name: String, _ width: Int, stride: Int, _ configuration: ResNet.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block.Inner {
        let seen = shape(of: name + ".convolution.weight")?.dropFirst().first ?? width
        guard configuration.hasOwnBottlenecks, seen > 0, seen < width, width % seen == 0 else {
            return .dense(try convolution(name, width, width, window: 3, stride: stride, precision))
        }
        let (weight, bias) = try folded(NormalizedName(within: name), seen, width, window: 3, epsilon: 1e-5)
        return .grouped(
            GroupedConvolution(
                weight: weight, bias: bias, groups: width / seen, stride: stride, padding: 1, precision: precision))
    }

    private mutating func gate(_ name: String, _ width: Int) throws(VisionModelsError) -> ChannelGate? {
        guard let reduced = shape(of: name + ".reduce.weight")?.first else { return nil }
        return ChannelGate(
            reduce: PackedLinear(try pointwise(name + ".reduce", width, reduced)),
            expand: PackedLinear(try pointwise(name + ".expand", reduced, width)))
    }

    /// A convolution of one pixel, with the stride, or after means in its place: its weights stand where in the others the
    /// normalisation does.
    private mutating func shortcut(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block.Shortcut {
        let pooled = NormalizedName(within: name + ".pooled")
        guard shape(of: pooled.convolution + ".weight")?.count == 4 else {
            return ResNet.Block.Shortcut(
                halves: false,
                convolution: try convolution(name + ".shortcut", inputs, outputs, window: 1, stride: stride, precision))
        }
        return ResNet.Block.Shortcut(
            halves: stride == 2, convolution: try convolution(pooled, inputs, outputs, window: 1, stride: 1, precision))
    }
}

extension NormalizedName {
    /// As transformers' ResNet has them, under one name.
    fileprivate init(within name: String) {
        self.init(convolution: name + ".convolution", normalization: name + ".normalization")
    }
}
