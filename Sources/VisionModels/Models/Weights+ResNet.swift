import LinearAlgebra

extension Weights {
    /// `name.convolution` and `name.normalization`. ε is PyTorch's 1e-5.
    ///
    /// - Parameters:
    ///   - inputs: of each output.
    ///   - groups: in which channels are convolved.
    ///   - normGroups: of a group norm; nil where the norm is that of batches and folded into the convolution.
    mutating func layer(
        _ names: NormalizedName, _ inputs: Int, _ outputs: Int, window: Int, stride: Int = 1, groups: Int = 1,
        normGroups: Int?, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Layer {
        var (weight, bias): (Tensor, Tensor)
        let norm = try normGroups.map { count throws(VisionModelsError) in
            try groupNorm(names.normalization, outputs, groups: count)
        }
        if norm == nil {
            (weight, bias) = try folded(names, inputs, outputs, window: window, epsilon: 1e-5)
        } else {
            weight = try tensor(names.convolution + ".weight", [outputs, inputs, window, window])
            bias = Tensor([outputs])
        }
        let padding = window / 2
        let kind: ResNet.Layer.Kind =
            groups > 1
            ? .grouped(
                GroupedConvolution(
                    weight: weight, bias: bias, groups: groups, stride: stride, padding: padding, precision: precision))
            : .dense(Convolution(weight: weight, bias: bias, stride: stride, padding: padding, precision: precision))
        return ResNet.Layer(kind: kind, norm: norm)
    }

    /// `name.weight` and `name.bias`, both [width].
    mutating func groupNorm(_ name: String, _ width: Int, groups: Int) throws(VisionModelsError) -> GroupNorm {
        let scale = try tensor(name + ".weight", [width])
        guard width % groups == 0 else {
            throw .misshapenTensor(
                file: file, tensor: sourceName(of: name + ".weight"), expected: [(width / groups + 1) * groups],
                found: [width])
        }
        return GroupNorm(groups: groups, scale: scale, shift: try tensor(name + ".bias", [width]), epsilon: 1e-5)
    }

    /// The first convolution has stride 2; of three the last is normalised under the one's name.
    mutating func stem(
        _ inputs: Int, _ configuration: ResNet.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> [ResNet.Layer] {
        let (name, outputs, groups) = ("resnet.embedder.", configuration.stemWidth, configuration.normGroups)
        guard has(name + "deep.0.convolution.weight") else {
            return [
                try layer(
                    NormalizedName(within: name + "embedder"), inputs, outputs, window: 7, stride: 2,
                    normGroups: groups, precision)
            ]
        }
        let widths = (0..<2).map { shape(of: name + "deep.\($0).convolution.weight")?.first ?? 0 }
        return [
            try layer(
                NormalizedName(within: name + "deep.0"), inputs, widths[0], window: 3, stride: 2, normGroups: groups,
                precision),
            try layer(
                NormalizedName(within: name + "deep.1"), widths[0], widths[1], window: 3, normGroups: groups,
                precision),
            try layer(
                NormalizedName(convolution: name + "last.convolution", normalization: name + "embedder.normalization"),
                widths[1], outputs, window: 3, normGroups: groups, precision),
        ]
    }

    mutating func block(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, _ configuration: ResNet.Configuration,
        _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block {
        var inner: [ResNet.Layer] = []
        let last: ResNet.Layer
        let groups = configuration.normGroups
        func part(_ index: Int) -> NormalizedName { NormalizedName(within: name + ".layer.\(index)") }
        switch configuration.kind {
        case .basic:
            inner = [
                try layer(part(0), inputs, outputs, window: 3, stride: stride, normGroups: groups, precision)
            ]
            last = try layer(part(1), outputs, outputs, window: 3, normGroups: groups, precision)
        case .bottleneck:
            let early = configuration.stridesInFirstConvolution
            let narrow =
                configuration.hasOwnBottlenecks
                ? shape(of: name + ".layer.0.convolution.weight")?.first ?? outputs / 4 : outputs / 4
            // The 3x3 convolution is of as many groups as its weights have.
            let told = shape(of: name + ".layer.1.convolution.weight")?.dropFirst().first ?? narrow
            let seen = configuration.hasOwnBottlenecks && told > 0 && narrow % told == 0 ? told : narrow
            inner = [
                try layer(
                    part(0), inputs, narrow, window: 1, stride: early ? stride : 1, normGroups: groups, precision),
                try layer(
                    part(1), seen, narrow, window: 3, stride: early ? 1 : stride, groups: narrow / seen,
                    normGroups: groups, precision),
            ]
            last = try layer(part(2), narrow, outputs, window: 1, normGroups: groups, precision)
        }
        let keepsShape = inputs == outputs && stride == 1
        return ResNet.Block(
            inner: inner, last: last, gate: try gate(name + ".gate", outputs),
            shortcut: keepsShape
                ? nil : try shortcut(name, inputs, outputs, stride: stride, normGroups: groups, precision))
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
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, normGroups: Int?, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block.Shortcut {
        let pooled = NormalizedName(within: name + ".pooled")
        let halves = shape(of: pooled.convolution + ".weight")?.count == 4
        return ResNet.Block.Shortcut(
            halves: halves && stride == 2,
            layer: try layer(
                halves ? pooled : NormalizedName(within: name + ".shortcut"), inputs, outputs, window: 1,
                stride: halves ? 1 : stride, normGroups: normGroups, precision))
    }
}

extension NormalizedName {
    /// As transformers' ResNet has them, under one name.
    init(within name: String) {
        self.init(convolution: name + ".convolution", normalization: name + ".normalization")
    }
}
