import Digests
import LinearAlgebra

/// A residual network whose blocks are normalised before their convolutions (He et al. 2016b), in the layouts of timm's
/// `ResNetV2` and transformers' `BitForImageClassification`: with the norms of batches, or of groups, and as BiT (Kolesnikov et al.
/// 2020) with convolutions whose weights are standardised (Qiao et al. 2019), which is done once, here.
///
/// Images have their channels last throughout, so the places of a feature map are tokens: [B, H · W, C].
package struct ResNetV2: TargetModel {
    // MARK: Configuration

    /// The keys of transformers' config.json, and what timm's architectures add.
    struct Configuration: Sendable {
        let input: ImageShape
        let stemWidth: Int
        /// One a stage.
        let widths, depths: [Int]
        /// Nil where norms are those of batches.
        let normGroups: Int?
        /// Whether weights are standardised, and the stem's max pooling sees zeros around the image: what makes a BiT.
        let isBiT: Bool
        let classes: [String]

        init(_ files: ModelFiles) throws(VisionModelsError) {
            let (settings, tensors) = (files.settings, files.tensors)
            let size = try settings.size("image_size", default: 224)
            var shape = ImageShape(
                channels: try settings.count("num_channels", default: 3), height: size.height, width: size.width)
            // It takes any size: the one that images are prepared to.
            if settings["image_size"] == nil, let prepared = try files.preparedShape(channels: shape.channels) {
                shape = prepared
            }
            input = shape
            stemWidth = try settings.count("embedding_size", default: 64)
            widths = try settings.counts("hidden_sizes", default: [256, 512, 1024, 2048])
            depths = try settings.counts("depths", default: [3, 4, 6, 3])
            _ = try settings.choice("hidden_act", default: ResNet.Rectifier.relu)
            normGroups =
                tensors.shape(of: "bit.norm.running_mean") == nil ? try settings.count("num_groups", default: 32) : nil
            isBiT = try settings.flag("standardized", default: true)
            classes = try files.classes(of: "classifier.1")
            guard depths.count == widths.count else {
                throw settings.unsuitable("depths", expected: "one number for each of \(widths.count) stages")
            }
        }
    }

    // MARK: Block

    /// convolutions(norm(x)) + shortcut, with a norm and a rectifier before each convolution.
    struct Block: Sendable {
        let norm: Norm
        /// All but the last are followed by the next one's norm.
        let inner: [ResNet.Layer]
        let last: Convolution
        /// Of the normalised x; nil where x itself is added.
        let shortcut: ResNet.Block.Shortcut?

        /// [b, height, width, C] -> [b, height', width', C']
        func callAsFunction(_ x: Tensor) -> Tensor {
            let normalized = norm(x)
            let y = inner.reduce(normalized) { $1($0, .relu) }
            return last(y, residual: shortcut.map { $0(normalized) } ?? x)
        }
    }

    /// A norm and a rectifier.
    enum Norm: Sendable {
        case groups(GroupNorm)
        /// That of batches, as a factor and a term for each channel, [C].
        case batch(scale: Tensor, shift: Tensor)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .groups(let norm): norm(x, rectifies: true)
            case .batch(let scale, let shift): x.scaledChannels(scale: scale, shift: shift, rectifies: true)
            }
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

    /// Nil where there is none, and the mean of the last norm is the answer.
    private let classifier: LinearHead?
    private let chain: StepChain<Step>

    // MARK: Forward pass

    /// All but the last of a stem's convolutions are normalised; around what is pooled are zeros, or nothing.
    struct Stem: Sendable {
        let inner: [ResNet.Layer]
        let last: Convolution
        let poolsZeros: Bool

        /// [b, C, H, W] -> [b, H/4, W/4, stem width]
        func callAsFunction(_ pixels: Tensor) -> Tensor {
            let x = last(inner.reduce(pixels.channelsLast()) { $1($0, .relu) })
            return poolsZeros
                ? x.padded(Edges(all: 1)).maxPooled(window: 3, stride: 2, padding: 0)
                : x.maxPooled(window: 3, stride: 2, padding: 1)
        }
    }

    private enum Step: Sendable {
        case stem(Stem)
        /// [b, height · width, C] -> [b, height' · width', C']
        case block(Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// Of every place: [b, H · W, C]
        case norm(Norm)
        /// [b, H · W, C] -> [b, C]
        case averagePooling
        /// [b, C] -> [b, classes]
        case classifier(PackedLinear)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .stem(let stem): stem(x)
            case .block(let block, let height, let width): block(x.reshaped([x.shape[0], height, width, x.columns]))
            case .stage: x
            case .norm(let norm): norm(x)
            case .averagePooling: x.spatialMeans()
            case .classifier(let linear): linear(x)
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
        switch (after.first, pooling) {
        case (nil, _): return .identity(classes.count)
        case (.classifier, _): return classifier
        case (.averagePooling, .mean): return classifier
        default: return nil
        }
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let configuration = try Configuration(files)
        var weights = files.weights()
        let (input, widths) = (configuration.input, configuration.widths)

        var chain = StepChain<Step>()
        // A convolution and the max pooling halve, the odd row to the larger half.
        var (height, width) = ((input.height + 3) / 4, (input.width + 3) / 4)
        var channels = configuration.stemWidth
        func add(_ step: Step, _ name: String, isSpatial: Bool = true, isSigned: Bool = true) {
            chain.add(
                step, name, map: isSpatial ? (height, width) : nil, channels: channels, isSigned: isSigned)
        }
        let stem = try weights.stem(input.channels, configuration, files.precision)
        add(.stem(stem), "stem")
        for (stage, depth) in configuration.depths.enumerated() {
            for index in 0..<depth {
                let stride = index == 0 && stage > 0 ? 2 : 1
                let block = try weights.block(
                    "bit.encoder.stages.\(stage).layers.\(index)", channels, widths[stage], stride: stride,
                    hasMeans: !stem.inner.isEmpty, configuration, files.precision)
                let step = Step.block(block, height: height, width: width)
                if stride == 2 { (height, width) = ((height + 1) / 2, (width + 1) / 2) }
                channels = widths[stage]
                add(step, "stages.\(stage).blocks.\(index)")
            }
            add(.stage, "stages.\(stage)")
        }
        add(.norm(try weights.norm("bit.norm", channels, configuration)), "norm", isSigned: false)
        add(.averagePooling, "avgpool", isSpatial: false, isSigned: false)
        var head: LinearHead?
        if !configuration.classes.isEmpty {
            let linear = try weights.pointwise("classifier.1", channels, configuration.classes.count)
            channels = configuration.classes.count
            head = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([channels]))
            add(.classifier(PackedLinear(linear)), "logits", isSpatial: false)
        }
        // How many batches were seen in training.
        try weights.finish { $0.hasSuffix(".num_batches_tracked") }

        (self.chain, self.input, classifier) = (chain, input, head)
        (name, assumptions, classes) = (files.name, files.assumptions, configuration.classes)
        architecture =
            "ResNet V2, blocks " + configuration.depths.map(String.init).joined(separator: "-")
            + ", width \(widths.last!)"
            + (stem.inner.isEmpty ? "" : ", deep stem, means in shortcuts")
            + (configuration.isBiT ? ", standardized weights" : "")
            + (configuration.normGroups.map { ", norms of \($0) groups" } ?? "")
            + (head == nil ? ", no classifier" : "")
        preprocessing = try files.preprocessing(for: input, default: .bit)
        digest = Digest(
            files.precision.marking("ResNetV2"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}
