import Digests
import LinearAlgebra

/// An EfficientNet (Tan and Le 2019, 2021), EfficientNet-Lite or MobileNetV2 (Sandler et al. 2018): inverted bottlenecks,
/// some with a gate on their channels, some with one convolution in place of two.
///
/// Images have their channels last throughout, so the places of a feature map are tokens: [B, H · W, C]. What a block gives
/// is not rectified.
package struct EfficientNet: TargetModel {
    // MARK: Block

    /// project(gate(depthwise(expand(x)))) + x; the first two may be one convolution, and each may be missing.
    struct Block: Sendable {
        let expand: Convolution?
        let depthwise: DepthwiseConvolution?
        let gate: ChannelGate?
        let project: Convolution?
        let skips: Bool
        let activation: Pointwise

        /// [b, height, width, C] -> [b, height', width', C']
        func callAsFunction(_ x: Tensor) -> Tensor {
            var y = expand.map { $0(x, activation) } ?? x
            if let depthwise { y = depthwise(y, activation) }
            if let gate { gate(&y, activation) }
            if let project { return project(y, residual: skips ? x : nil) }
            if skips { y.add(x) }
            return y
        }

        /// The output's size for that of the input.
        func size(of height: Int, _ width: Int) -> (height: Int, width: Int) {
            let size = expand?.size(of: height, width) ?? (height: height, width: width)
            return depthwise?.size(of: size.height, size.width) ?? size
        }
    }

    // MARK: Model

    package let name: String
    package let classes: [String]
    package let input: ImageShape
    package let preprocessing: Preprocessing
    package var hookPoints: [HookPoint] { chain.points }
    package let digest: Digest
    package let architecture: String
    package let assumptions: [ModelAssumption]

    private let activation: Pointwise
    private let classifier: LinearHead
    private let chain: StepChain<Step>

    // MARK: Forward pass

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, H/2 · W/2, stem width]
        case stem(Convolution)
        /// [b, height · width, C] -> [b, height' · width', C']
        case block(Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// [b, H · W, C] -> [b, H · W, features]
        case head(Convolution)
        /// [b, H · W, C] -> [b, C]
        case averagePooling
        /// [b, C] -> [b, classes]
        case classifier(PackedLinear)
    }

    private func run(_ step: Step, _ x: Tensor) -> Tensor {
        switch step {
        case .stem(let convolution): convolution(x.channelsLast(), activation)
        case .block(let block, let height, let width): block(x.reshaped([x.shape[0], height, width, x.columns]))
        case .stage: x
        case .head(let convolution):
            convolution(x.reshaped([x.shape[0], x.rows / x.shape[0], 1, x.columns]), activation)
        case .averagePooling: x.spatialMeans()
        case .classifier(let linear): linear(x)
        }
    }

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        input.expect(pixels)
        return chain.run(pixels, hooks, apply: run)
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        chain.run(activations, resumingFrom: point, hooks, apply: run)
    }

    package func grid(at point: HookPoint) -> TokenGrid? { chain.grids[point.name] }

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        guard let after = chain.steps(after: point) else { return nil }
        switch (after.first, after.count, pooling) {
        case (nil, _, _): return .identity(classes.count)
        case (.classifier, _, _): return classifier
        case (.averagePooling, _, .mean): return classifier
        default: return nil
        }
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let layout = try EfficientNetLayout(files)
        let precision = files.precision
        var weights = files.weights()
        (input, activation) = (layout.input, layout.activation.pointwise)
        let isSigned = layout.activation == .silu

        var chain = StepChain<Step>()
        let stem = try weights.stem(layout, precision)
        var (height, width) = stem.size(of: input.height, input.width)
        var channels = layout.stemWidth
        func add(_ step: Step, _ name: String, isSpatial: Bool = true, isSigned: Bool) {
            chain.add(
                step, name, map: isSpatial ? (height, width) : nil, channels: channels, isSigned: isSigned)
        }
        add(.stem(stem), "stem", isSigned: isSigned)
        for (index, stage) in layout.stages.enumerated() {
            for (place, names) in stage.enumerated() {
                let block = try weights.block(names, channels, height, width, layout, precision)
                let step = Step.block(block, height: height, width: width)
                (height, width) = block.size(of: height, width)
                channels = names.outputs
                add(step, "blocks.\(index).\(place)", isSigned: true)
            }
            add(.stage, "blocks.\(index)", isSigned: true)
        }
        let (weight, bias) = try weights.folded(
            layout.head, channels, layout.features, window: 1, epsilon: layout.epsilon)
        channels = layout.features
        add(
            .head(Convolution(weight: weight, bias: bias, stride: 1, padding: 0, precision: precision)), "head",
            isSigned: isSigned)
        add(.averagePooling, "avgpool", isSpatial: false, isSigned: isSigned)
        let linear = try weights.linear(layout.classifier, channels, layout.classes.count)
        channels = layout.classes.count
        add(.classifier(PackedLinear(linear)), "logits", isSpatial: false, isSigned: true)
        // How many batches were seen in training.
        try weights.finish { $0.hasSuffix(".num_batches_tracked") }

        classifier = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([channels]))
        self.chain = chain
        (name, assumptions, classes) = (files.name, files.assumptions, layout.classes)
        architecture = layout.summary
        preprocessing = try files.preprocessing(for: input, default: layout.preprocessing)
        digest = Digest(
            precision.marking("EfficientNet"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}

extension Weights {
    fileprivate mutating func stem(
        _ layout: EfficientNetLayout, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        let input = layout.input
        let (weight, bias) = try folded(
            layout.stem, input.channels, layout.stemWidth, window: 3, epsilon: layout.epsilon)
        return Convolution(
            weight: weight, bias: bias, stride: 2,
            edges: layout.edges(input.height, input.width, window: 3, stride: 2, block: nil), precision: precision)
    }

    /// - Parameter inputs: channels, and `height` and `width`, of what the block is given.
    fileprivate mutating func block(
        _ names: EfficientNetLayout.Block, _ inputs: Int, _ height: Int, _ width: Int, _ layout: EfficientNetLayout,
        _ precision: Precision
    ) throws(VisionModelsError) -> EfficientNet.Block {
        var channels = inputs
        var expand: Convolution?
        if let part = names.expand {
            // Without a depthwise convolution behind it, this one has the window and the stride.
            let (window, stride) = names.depthwise == nil ? (names.window, names.stride) : (1, 1)
            let (weight, bias) = try folded(
                part, channels, names.hidden, window: window, epsilon: layout.epsilon)
            expand = Convolution(
                weight: weight, bias: bias, stride: stride,
                edges: layout.edges(height, width, window: window, stride: stride, block: names.index),
                precision: precision)
            channels = names.hidden
        }
        var depthwise: DepthwiseConvolution?
        if let part = names.depthwise {
            let (weight, bias) = try folded(part, 1, channels, window: names.window, epsilon: layout.epsilon)
            depthwise = DepthwiseConvolution(
                weight: weight, bias: bias, stride: names.stride,
                edges: layout.edges(height, width, window: names.window, stride: names.stride, block: names.index))
        }
        var gate: ChannelGate?
        if let part = names.gate {
            gate = ChannelGate(
                reduce: PackedLinear(try pointwise(part.reduce, channels, part.width)),
                expand: PackedLinear(try pointwise(part.expand, part.width, channels)))
        }
        var project: Convolution?
        if let part = names.project {
            let (weight, bias) = try folded(part, channels, names.outputs, window: 1, epsilon: layout.epsilon)
            project = Convolution(weight: weight, bias: bias, stride: 1, padding: 0, precision: precision)
        }
        return EfficientNet.Block(
            expand: expand, depthwise: depthwise, gate: gate, project: project,
            skips: names.stride == 1 && inputs == names.outputs, activation: layout.activation.pointwise)
    }
}
