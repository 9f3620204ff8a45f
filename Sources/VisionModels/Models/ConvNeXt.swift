import Digests
import LinearAlgebra

/// A ConvNeXt (Liu et al. 2022) or ConvNeXt V2 (Woo et al. 2023): stages of residual blocks, each a convolution of every
/// channel by itself, a norm and an MLP, with a norm and a patchwise convolution between stages.
///
/// Images have their channels last throughout, so the places of a feature map are tokens: [B, H · W, C]. Tensors are asked
/// for by the names of transformers' ConvNextForImageClassification; see `TensorNames`.
package struct ConvNeXt: TargetModel {
    // MARK: Configuration

    /// The keys of config.json, with the defaults of transformers.
    struct Configuration: Sendable {
        let input: ImageShape
        let patch: Int
        /// One a stage.
        let widths, depths: [Int]
        let activation: Activation
        /// Of the norms but the last, which transformers alone gives another.
        let epsilon, lastEpsilon: Float
        /// Whether the last norm comes before the mean of all places.
        let normsFirst: Bool
        let classes: [String]

        init(_ files: ModelFiles) throws(VisionModelsError) {
            let settings = files.settings
            let size = try settings.size("image_size", default: 224)
            var shape = ImageShape(
                channels: try settings.count("num_channels", default: 3), height: size.height, width: size.width)
            if let prepared = try files.preparedShape(channels: shape.channels) { shape = prepared }
            input = shape
            patch = try settings.count("patch_size", default: 4)
            widths = try settings.counts("hidden_sizes", default: [96, 192, 384, 768])
            depths = try settings.counts("depths", default: [3, 3, 9, 3])
            activation = try settings.choice("hidden_act", default: .gelu)
            epsilon = try settings.float("norm_eps", default: 1e-6)
            lastEpsilon = try settings.float("layer_norm_eps", default: 1e-12)
            normsFirst = try settings.flag("norms_first", default: false)
            classes = try files.classes(of: "classifier")
            guard depths.count == widths.count else {
                throw settings.unsuitable("depths", expected: "one number for each of \(widths.count) stages")
            }
            let least = patch << (widths.count - 1)
            guard input.height >= least, input.width >= least else {
                throw settings.unsuitable("image_size", expected: "at least \(least), which the stages divide by")
            }
        }
    }

    // MARK: Block

    /// x + γ (W₂ grn(act(W₁ norm(depthwise(x)))))
    struct Block: Sendable {
        let depthwise: DepthwiseConvolution
        let norm: LayerNorm
        let expand: PackedLinear
        let activation: Pointwise
        /// Of the responses of each channel, in the second version: γ, β and what is added to their mean.
        let response: (scale: Tensor, shift: Tensor)?
        /// LayerScale is folded into it.
        let contract: PackedLinear

        /// [b, height, width, C] -> the same
        func callAsFunction(_ x: Tensor) -> Tensor {
            var hidden = expand(norm(depthwise(x)), activation)
            if let response { hidden.normalizeResponses(scale: response.scale, shift: response.shift, epsilon: 1e-6) }
            return contract(hidden, residual: x)
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
        case stem(Convolution, LayerNorm)
        /// [b, height · width, C] -> [b, height/2 · width/2, 2 C]
        case reduce(LayerNorm, Convolution, height: Int, width: Int)
        /// [b, height · width, C] -> the same
        case block(Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// [b, H · W, C] -> [b, C]
        case averagePooling
        /// Of every vector.
        case norm(LayerNorm)
        /// [b, C] -> [b, classes]
        case classifier(PackedLinear)

        func callAsFunction(_ x: Tensor) -> Tensor {
            func image(_ height: Int, _ width: Int) -> Tensor { x.reshaped([x.shape[0], height, width, x.columns]) }
            switch self {
            case .stem(let convolution, let norm): return norm(convolution(x.channelsLast()))
            case .reduce(let norm, let convolution, let height, let width):
                return convolution(norm(image(height, width)))
            case .block(let block, let height, let width): return block(image(height, width))
            case .stage: return x
            case .averagePooling: return x.spatialMeans()
            case .norm(let norm): return norm(x)
            case .classifier(let linear): return linear(x)
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

    // MARK: The rest of the network

    package func grid(at point: HookPoint) -> TokenGrid? { chain.grids[point.name] }

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        guard let classifier, let after = chain.steps(after: point) else { return nil }
        switch (after.first, after.count, pooling) {
        case (nil, _, _): return .identity(classes.count)
        case (.classifier, _, _): return classifier
        case (.averagePooling, 2, .mean): return classifier
        default: return nil
        }
    }

    /// After the mean, or the places it is the mean of, which go on through the norm and the classifier.
    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? {
        guard let classifier, var rest = chain.steps(after: point) else { return nil }
        if case .stage? = rest.first { rest = rest.dropFirst() }
        if case .averagePooling? = rest.first, pooling == .mean {
            rest = rest.dropFirst()
        } else if point.tokens > 1 {
            return nil
        }
        guard rest.count == 2, case .norm(let norm)? = rest.first else { return nil }
        return NormalizedHead(scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon, head: classifier)
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let configuration = try Configuration(files)
        let precision = files.precision
        var weights = files.weights()
        let (input, widths, epsilon) = (configuration.input, configuration.widths, configuration.epsilon)

        var chain = StepChain<Step>()
        var (height, width) = (input.height / configuration.patch, input.width / configuration.patch)
        var channels = widths[0]
        func add(_ step: Step, _ name: String, isSpatial: Bool = true) {
            chain.add(step, name, map: isSpatial ? (height, width) : nil, channels: channels)
        }
        let embeddings = "convnext.embeddings."
        let stem = try weights.patches(
            embeddings + "patch_embeddings", input.channels, channels, side: configuration.patch, precision)
        add(.stem(stem, try weights.layerNorm(embeddings + "layernorm", channels, epsilon: epsilon)), "stem")
        for (stage, depth) in configuration.depths.enumerated() {
            let name = "convnext.encoder.stages.\(stage)."
            if stage > 0 {
                let norm = try weights.layerNorm(name + "downsampling_layer.0", channels, epsilon: epsilon)
                let convolution = try weights.patches(
                    name + "downsampling_layer.1", channels, widths[stage], side: 2, precision)
                let step = Step.reduce(norm, convolution, height: height, width: width)
                (height, width, channels) = (height / 2, width / 2, widths[stage])
                add(step, "stages.\(stage).downsample")
            }
            for index in 0..<depth {
                let block = try weights.block(name + "layers.\(index)", channels, configuration, precision)
                add(.block(block, height: height, width: width), "stages.\(stage).blocks.\(index)")
            }
            add(.stage, "stages.\(stage)")
        }
        let last = try weights.layerNorm("convnext.layernorm", channels, epsilon: configuration.lastEpsilon)
        if configuration.normsFirst { add(.norm(last), "norm") }
        add(.averagePooling, "avgpool", isSpatial: false)
        if !configuration.normsFirst { add(.norm(last), "norm", isSpatial: false) }
        var head: LinearHead?
        if !configuration.classes.isEmpty {
            let linear = try weights.linear("classifier", channels, configuration.classes.count)
            channels = configuration.classes.count
            head = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([channels]))
            add(.classifier(PackedLinear(linear)), "logits", isSpatial: false)
        }
        try weights.finish { _ in false }

        (self.chain, self.input, classifier) = (chain, input, head)
        (name, assumptions, classes) = (files.name, files.assumptions, configuration.classes)
        architecture =
            "ConvNeXt, blocks " + configuration.depths.map(String.init).joined(separator: "-") + ", widths "
            + widths.map(String.init).joined(separator: "-") + (head == nil ? ", no classifier" : "")
        preprocessing = try files.preprocessing(for: input, default: .imageNet)
        digest = Digest(
            precision.marking("ConvNeXt"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}

extension Weights {
    /// A convolution whose windows lie side by side, with a bias.
    fileprivate mutating func patches(
        _ name: String, _ inputs: Int, _ outputs: Int, side: Int, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        Convolution(
            weight: try tensor(name + ".weight", [outputs, inputs, side, side]),
            bias: try tensor(name + ".bias", [outputs]), stride: side, padding: 0, precision: precision)
    }

    fileprivate mutating func block(
        _ name: String, _ width: Int, _ configuration: ConvNeXt.Configuration, _ precision: Precision
    ) throws(VisionModelsError) -> ConvNeXt.Block {
        let window = shape(of: name + ".dwconv.weight")?.last ?? 7
        let depthwise = DepthwiseConvolution(
            weight: try tensor(name + ".dwconv.weight", [width, 1, window, window]),
            bias: try tensor(name + ".dwconv.bias", [width]), stride: 1, edges: Edges(all: window / 2))
        let hidden = shape(of: name + ".pwconv1.weight")?.first ?? 4 * width
        let scale =
            has(name + ".layer_scale_parameter")
            ? try flat(name + ".layer_scale_parameter", width) : nil
        let response =
            has(name + ".grn.weight")
            ? (scale: try flat(name + ".grn.weight", hidden), shift: try flat(name + ".grn.bias", hidden)) : nil
        return ConvNeXt.Block(
            depthwise: depthwise,
            norm: try layerNorm(name + ".layernorm", width, epsilon: configuration.epsilon),
            expand: PackedLinear(try pointwise(name + ".pwconv1", width, hidden), precision: precision),
            activation: configuration.activation.pointwise, response: response,
            contract: PackedLinear(
                try pointwise(name + ".pwconv2", hidden, width).scaled(by: scale), precision: precision))
    }

    /// A vector that some files keep with dimensions of one around it.
    private mutating func flat(_ name: String, _ count: Int) throws(VisionModelsError) -> Tensor {
        var shape = [count]
        if let found = self.shape(of: name), found.filter({ $0 != 1 }) == [count].filter({ $0 != 1 }) { shape = found }
        return try tensor(name, shape).reshaped([count])
    }
}
