import Digests
import LinearAlgebra

/// FastViT (Vasu et al. 2023), and MobileCLIP's image towers of that make: stages of residual blocks, each a convolution of
/// every channel by itself, or attention, and an MLP behind such a convolution.
///
/// What was trained as several branches is one convolution here, whether the file has the branches or the one. Images have
/// their channels last throughout, so the places of a feature map are tokens: [B, H · W, C].
package struct FastViT: TargetModel {
    // MARK: Block

    /// y = mix(x), then y + γ W₂ gelu(W₁ depthwise(y)).
    struct Block: Sendable {
        enum Mixer: Sendable {
            /// Its skip is folded in.
            case convolution(DepthwiseConvolution)
            /// With the norm before it and its scale folded in.
            case attention(Attention)
        }

        let mixer: Mixer
        let depthwise: DepthwiseConvolution
        let mlp: MLP

        /// [b, height, width, C] -> the same
        func callAsFunction(_ x: Tensor) -> Tensor {
            let y: Tensor
            switch mixer {
            case .convolution(let convolution): y = convolution(x)
            case .attention(let attention):
                let (batch, tokens) = (x.shape[0], x.shape[1] * x.shape[2])
                let rows = x.reshaped([batch, tokens, x.columns])
                y = attention(rows, asking: tokens, residual: rows).reshaped(x.shape)
            }
            return mlp(depthwise(y), residual: y)
        }
    }

    /// gelu(W act(gate(large(x)))): half as high and wide, and with more channels.
    struct Reduction: Sendable {
        let large: RepeatedConvolution
        let gate: ChannelGate?
        let activation: Pointwise
        let mix: Convolution

        func callAsFunction(_ x: Tensor) -> Tensor {
            var y = large(x, gate == nil ? activation : .identity)
            if let gate {
                gate(&y, .relu)
                if activation == .gelu { y.applyGELU() }
            }
            return mix(y, .gelu)
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

    private let classifier: LinearHead?
    private let chain: StepChain<Step>

    // MARK: Forward pass

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, H/4 · W/4, D]
        case stem(Convolution, DepthwiseConvolution, Convolution)
        /// [b, height · width, C] -> [b, height/2 · width/2, 2 C]
        case reduce(Reduction, height: Int, width: Int)
        /// [b, height · width, C] -> the same
        case positions(DepthwiseConvolution, height: Int, width: Int)
        case block(Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// [b, height · width, C] -> [b, height · width, 2 C]
        case widen(RepeatedConvolution, ChannelGate, height: Int, width: Int)
        /// [b, H · W, C] -> [b, C]
        case averagePooling
        /// [b, C] -> [b, classes], or [b, d]
        case linear(PackedLinear)

        func callAsFunction(_ x: Tensor) -> Tensor {
            func image(_ height: Int, _ width: Int) -> Tensor { x.reshaped([x.shape[0], height, width, x.columns]) }
            switch self {
            case .stem(let first, let second, let third):
                return third(second(first(x.channelsLast(), .gelu), .gelu), .gelu)
            case .reduce(let reduction, let height, let width): return reduction(image(height, width))
            case .positions(let convolution, let height, let width): return convolution(image(height, width))
            case .block(let block, let height, let width): return block(image(height, width))
            case .stage: return x
            case .widen(let convolution, let gate, let height, let width):
                var y = convolution(image(height, width), .identity)
                gate(&y, .relu)
                y.applyGELU()
                return y
            case .averagePooling: return x.spatialMeans()
            case .linear(let linear): return linear(x)
            }
        }
    }

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        input.expect(pixels)
        return chain.run(pixels, hooks) { $0($1) }
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        chain.run(activations, resumingFrom: point, hooks) { $0($1) }
    }

    package func grid(at point: HookPoint) -> TokenGrid? { chain.grids[point.name] }

    // MARK: The rest of the network

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        guard let classifier, let after = chain.steps(after: point) else { return nil }
        switch (after.first, after.count, pooling) {
        case (nil, _, _): return .identity(classes.count)
        case (.linear, _, _): return classifier
        case (.averagePooling, 2, .mean): return classifier
        default: return nil
        }
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let layout = try FastViTLayout(files)
        let precision = files.precision
        var weights = files.weights()
        input = layout.input

        var chain = StepChain<Step>()
        var (height, width, channels) = (0, 0, layout.widths[0])
        func add(_ step: Step, _ name: String, isSpatial: Bool = true) {
            chain.add(step, name, map: isSpatial ? (height, width) : nil, channels: channels)
        }
        let first = try weights.branches("stem.0", input.channels, channels, window: 3)
        let second = try weights.branches("stem.1", 1, channels, window: 3)
        let third = try weights.branches("stem.2", channels, channels, window: 1)
        (height, width) = Edges(all: 1).size(of: input.height, input.width, window: 3, stride: 2)
        (height, width) = Edges(all: 1).size(of: height, width, window: 3, stride: 2)
        let stem = Step.stem(
            Convolution(weight: first.weight, bias: first.bias, stride: 2, padding: 1, precision: precision),
            DepthwiseConvolution(weight: second.weight, bias: second.bias, stride: 2, edges: Edges(all: 1)),
            Convolution(weight: third.weight, bias: third.bias, stride: 1, padding: 0, precision: precision))
        add(stem, "stem")
        for (stage, depth) in layout.depths.enumerated() {
            let name = "stages.\(stage)."
            if weights.has(name + "downsample.proj.1.conv_kxk.0.conv.weight")
                || weights.has(name + "downsample.proj.1.reparam_conv.weight")
            {
                let reduction = try weights.reduction(
                    name + "downsample.proj", channels, layout.widths[stage], layout.gatedActivation, precision)
                let step = Step.reduce(reduction, height: height, width: width)
                (height, width) = reduction.large.convolution.size(of: height, width)
                channels = layout.widths[stage]
                add(step, name + "downsample")
            }
            if let positions = try weights.positions(name + "pos_emb", channels) {
                add(.positions(positions, height: height, width: width), name + "pos_emb")
            }
            for index in 0..<depth {
                let block = try weights.block(name + "blocks.\(index)", channels, precision)
                add(.block(block, height: height, width: width), name + "blocks.\(index)")
            }
            add(.stage, "stages.\(stage)")
        }
        let last = try weights.repeated("final_conv", channels, window: 3, stride: 1, isLarge: false)
        let lastGate = try weights.gate("final_conv.se", last.convolution.channels)
        channels = last.convolution.channels
        add(.widen(last, lastGate, height: height, width: width), "final_conv")
        add(.averagePooling, "avgpool", isSpatial: false)
        var head: LinearHead?
        for (name, point, count) in [
            ("classifier", "logits", layout.classes.count),
            ("projection", "projection", weights.shape(of: "projection.weight")?.first ?? 0),
        ] where count > 0 {
            let linear = try weights.linear(name, channels, count, hasBias: weights.has(name + ".bias"))
            if point == "logits" {
                head = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([count]))
            }
            channels = count
            add(.linear(PackedLinear(linear)), point, isSpatial: false)
        }
        try weights.finish { $0.hasSuffix(".num_batches_tracked") || files.isOutside($0) }

        (self.chain, classifier) = (chain, head)
        (name, assumptions, classes) = (files.name, files.assumptions, layout.classes)
        architecture =
            "FastViT, blocks " + layout.depths.map(String.init).joined(separator: "-") + ", widths "
            + layout.widths.map(String.init).joined(separator: "-")
        preprocessing = try files.preprocessing(for: input, default: .imageNet)
        digest = Digest(
            precision.marking("FastViT"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}
