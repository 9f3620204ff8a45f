import LinearAlgebra

extension Weights {
    /// A norm alone. ε is PyTorch's 1e-5.
    mutating func norm(
        _ name: String, _ width: Int, _ configuration: ResNetV2.Configuration
    ) throws(VisionModelsError) -> ResNetV2.Norm {
        if let groups = configuration.normGroups { return .groups(try groupNorm(name, width, groups: groups)) }
        let (scale, shift) = try batchNorm(name, width, epsilon: 1e-5)
        return .batch(scale: Tensor([width], scale.map(Float.init)), shift: Tensor([width], shift.map(Float.init)))
    }

    /// The weights of a convolution, standardised where the model is a BiT.
    private mutating func kernel(
        _ name: String, _ inputs: Int, _ outputs: Int, window: Int, _ configuration: ResNetV2.Configuration
    ) throws(VisionModelsError) -> Tensor {
        let weight = try tensor(name + ".weight", [outputs, inputs, window, window])
        return configuration.isBiT ? weight.standardized(epsilon: 1e-8) : weight
    }

    /// A convolution with the norm that follows it.
    private mutating func layer(
        _ name: String, norm: String, _ inputs: Int, _ outputs: Int, window: Int, stride: Int = 1,
        _ configuration: ResNetV2.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Layer {
        guard let groups = configuration.normGroups else {
            return try layer(
                NormalizedName(convolution: name, normalization: norm), inputs, outputs, window: window, stride: stride,
                normGroups: nil, precision)
        }
        return ResNet.Layer(
            kind: .dense(
                try bare(name, inputs, outputs, window: window, stride: stride, configuration, precision)),
            norm: try groupNorm(norm, outputs, groups: groups))
    }

    /// A convolution alone.
    private mutating func bare(
        _ name: String, _ inputs: Int, _ outputs: Int, window: Int, stride: Int = 1,
        _ configuration: ResNetV2.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        Convolution(
            weight: try kernel(name, inputs, outputs, window: window, configuration), bias: Tensor([outputs]),
            stride: stride, padding: window / 2, precision: precision)
    }

    /// One convolution of 7x7, or three of 3x3; the first block normalises what the last one gives.
    mutating func stem(
        _ inputs: Int, _ configuration: ResNetV2.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> ResNetV2.Stem {
        let (name, outputs) = ("bit.embedder.", configuration.stemWidth)
        guard has(name + "deep.0.convolution.weight") else {
            let last = try bare(
                name + "convolution", inputs, outputs, window: 7, stride: 2, configuration, precision)
            return ResNetV2.Stem(inner: [], last: last, poolsZeros: configuration.isBiT)
        }
        var (inner, channels) = ([ResNet.Layer](), inputs)
        for index in 0..<2 {
            let (convolution, norm) = (name + "deep.\(index).convolution", name + "deep.\(index).norm")
            let width = shape(of: convolution + ".weight")?.first ?? 0
            inner.append(
                try layer(
                    convolution, norm: norm, channels, width, window: 3, stride: index == 0 ? 2 : 1, configuration,
                    precision))
            channels = width
        }
        let last = try bare(name + "deep.2.convolution", channels, outputs, window: 3, configuration, precision)
        return ResNetV2.Stem(inner: inner, last: last, poolsZeros: configuration.isBiT)
    }

    /// - Parameter hasMeans: whether a shortcut has means in place of a stride.
    mutating func block(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, hasMeans: Bool,
        _ configuration: ResNetV2.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> ResNetV2.Block {
        let isBottleneck = has(name + ".conv3.weight")
        let narrow = shape(of: name + ".conv1.weight")?.first ?? outputs
        var inner = [
            try layer(
                name + ".conv1", norm: name + ".norm2", inputs, narrow, window: isBottleneck ? 1 : 3,
                stride: isBottleneck ? 1 : stride, configuration, precision)
        ]
        if isBottleneck {
            inner.append(
                try layer(
                    name + ".conv2", norm: name + ".norm3", narrow, narrow, window: 3, stride: stride, configuration,
                    precision))
        }
        let last = try bare(
            name + (isBottleneck ? ".conv3" : ".conv2"), narrow, outputs, window: isBottleneck ? 1 : 3, configuration,
            precision)
        let shortcut = name + ".downsample.conv"
        let isNeeded = inputs != outputs || stride != 1 || has(shortcut + ".weight")
        return ResNetV2.Block(
            norm: try norm(name + ".norm1", inputs, configuration), inner: inner, last: last,
            shortcut: !isNeeded
                ? nil
                : ResNet.Block.Shortcut(
                    halves: hasMeans && stride == 2,
                    layer: ResNet.Layer(
                        kind: .dense(
                            try bare(
                                shortcut, inputs, outputs, window: 1, stride: hasMeans ? 1 : stride, configuration,
                                precision)))))
    }
}

extension Tensor {
    /// The weights of each output less their mean and over their deviation, √(variance + ε) (Qiao et al. 2019).
    fileprivate func standardized(epsilon: Double) -> Tensor {
        var result = self
        let count = count / Swift.max(1, shape[0])
        result.withUnsafeMutable { weight in
            for start in stride(from: 0, to: weight.count, by: count) {
                let own = start..<start + count
                let mean = own.reduce(0.0) { $0 + Double(weight[$1]) } / Double(count)
                let variance =
                    own.reduce(0.0) { $0 + (Double(weight[$1]) - mean) * (Double(weight[$1]) - mean) } / Double(count)
                let factor = 1 / (variance + epsilon).squareRoot()
                for index in own { weight[index] = Float((Double(weight[index]) - mean) * factor) }
            }
        }
        return result
    }
}
