import Digests
import Foundation
import LinearAlgebra

/// A residual network (He et al. 2016) in the layout of Hugging Face's ResNetForImageClassification, with the stride on the
/// 3x3 convolution as torchvision has it, or on the first 1x1 where `downsample_in_bottleneck` says so.
///
/// Images have their channels last throughout, so the places of a feature map are tokens: [B, H · W, C].
package struct ResNet: TargetModel {
    // MARK: Configuration

    enum BlockKind: String, Sendable, CaseIterable { case basic, bottleneck }
    enum Rectifier: String, Sendable, CaseIterable { case relu }

    /// The keys of config.json, with the defaults of transformers.
    struct Configuration: Sendable {
        var input: ImageShape
        var stemWidth: Int
        /// One a stage.
        var widths: [Int]
        var depths: [Int]
        var kind: BlockKind
        var reducesInFirstStage: Bool
        var stridesInFirstConvolution: Bool
        var classes: [String]

        init(_ files: ModelFiles) throws(VisionModelsError) {
            let settings = files.settings
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
            kind = try settings.choice("layer_type", default: .bottleneck)
            _ = try settings.choice("hidden_act", default: Rectifier.relu)
            reducesInFirstStage = try settings.flag("downsample_in_first_stage", default: false)
            stridesInFirstConvolution = try settings.flag("downsample_in_bottleneck", default: false)
            classes = try settings.classes()
            guard depths.count == widths.count else {
                throw settings.unsuitable("depths", expected: "one number for each of \(widths.count) stages")
            }
            guard kind == .basic || widths.allSatisfy({ $0 % 4 == 0 }) else {
                throw settings.unsuitable("hidden_sizes", expected: "multiples of 4, for bottlenecks")
            }
        }
    }

    // MARK: Block

    /// rectify(convolutions(x) + shortcut(x)); batch normalisation is folded into each convolution.
    struct Block: Sendable {
        let convolutions: [Convolution]
        /// Nil where the block keeps the width and the size.
        let shortcut: Convolution?

        /// [b, height, width, C] -> [b, height', width', C']
        func callAsFunction(_ x: Tensor) -> Tensor {
            let residual = shortcut.map { $0(x) } ?? x
            let inner = convolutions.dropLast().reduce(x) { x, convolution in convolution(x, .relu) }
            return convolutions.last!(inner, residual: residual, .relu)
        }
    }

    // MARK: Model

    package let name: String
    package let classes: [String]
    package let input: ImageShape
    package let preprocessing: Preprocessing
    package let hookPoints: [HookPoint]
    /// Of the feature maps, by hook point.
    private let grids: [String: TokenGrid]
    package let digest: Digest
    package let architecture: String
    package let assumptions: [ModelAssumption]

    let classifier: LinearHead
    /// What leads to each hook point from the one before.
    private let steps: [Step]

    // MARK: Forward pass

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, H/4 · W/4, stem width]
        case stem(Convolution)
        /// [b, height · width, C] -> [b, height' · width', C']
        case block(Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// [b, H · W, C] -> [b, C]
        case averagePooling
        /// [b, C] -> [b, classes]
        case classifier(PackedLinear)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .stem(let convolution):
                convolution(x.channelsLast(), .relu).maxPooled(window: 3, stride: 2, padding: 1)
            case .block(let block, let height, let width): block(x.reshaped([x.shape[0], height, width, x.columns]))
            case .stage: x
            case .averagePooling: x.spatialMeans()
            case .classifier(let linear): linear(x)
            }
        }
    }

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        input.expect(pixels)
        return hooks.run(pixels, through: hookPoints, from: 0) { steps[$0]($1) }
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        var x = activations
        let next = hooks.enter(&x, at: point, of: hookPoints)
        return hooks.run(x, through: hookPoints, from: next) { steps[$0]($1) }
    }

    package func grid(at point: HookPoint) -> TokenGrid? { grids[point.name] }

    /// The blocks between a hook point and the pooling, each with the size of what it takes; nil where none is, or where the
    /// point has no places.
    func blocks(after point: HookPoint) -> [(block: Block, height: Int, width: Int)]? {
        guard let index = hookPoints.firstIndex(of: point), grids[point.name] != nil else { return nil }
        let blocks = steps[(index + 1)...].compactMap { step in
            if case .block(let block, let height, let width) = step { (block, height, width) } else { nil }
        }
        return blocks.isEmpty ? nil : blocks
    }

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        let after = hookPoints.firstIndex(of: point).map { steps[($0 + 1)...] } ?? []
        switch (after.first, after.count, pooling) {
        case (nil, _, _): return .identity(classes.count)
        case (.classifier, _, _): return classifier
        case (.averagePooling, _, .mean), (.stage, 3, .mean): return classifier
        default: return nil
        }
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let configuration = try Configuration(files)
        var weights = files.weights()
        let input = configuration.input

        var steps: [Step] = []
        var points: [HookPoint] = []
        var grids: [String: TokenGrid] = [:]
        let stem = try weights.convolution(
            "resnet.embedder.embedder", input.channels, configuration.stemWidth, window: 7, stride: 2,
            files.precision)
        // The stem's max pooling halves as a 3x3 convolution of stride 2 does.
        var (height, width) = stem.size(of: input.height, input.width)
        (height, width) = ((height + 1) / 2, (width + 1) / 2)
        var channels = configuration.stemWidth
        func add(_ step: Step, _ name: String, isSpatial: Bool = true, isSigned: Bool = false) {
            steps.append(step)
            if isSpatial { grids[name] = TokenGrid(rows: height, columns: width) }
            points.append(
                HookPoint(
                    name: name, tokens: isSpatial ? height * width : 1, width: channels, isSigned: isSigned,
                    hasClassToken: !isSpatial))
        }
        add(.stem(stem), "stem")
        for (stage, depth) in configuration.depths.enumerated() {
            for index in 0..<depth {
                let reduces = index == 0 && (stage > 0 || configuration.reducesInFirstStage)
                let block = try weights.block(
                    "resnet.encoder.stages.\(stage).layers.\(index)", channels, configuration.widths[stage],
                    stride: reduces ? 2 : 1, configuration, files.precision)
                let step = Step.block(block, height: height, width: width)
                if reduces { (height, width) = ((height + 1) / 2, (width + 1) / 2) }
                channels = configuration.widths[stage]
                add(step, "layer\(stage + 1).\(index)")
            }
            add(.stage, "layer\(stage + 1)")
        }
        add(.averagePooling, "avgpool", isSpatial: false)
        let linear = try weights.linear("classifier.1", channels, configuration.classes.count)
        channels = configuration.classes.count
        add(.classifier(PackedLinear(linear)), "logits", isSpatial: false, isSigned: true)
        // How many batches were seen in training.
        try weights.finish { $0.hasSuffix(".num_batches_tracked") }

        classifier = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([channels]))
        (self.steps, self.grids, hookPoints, self.input) = (steps, grids, points, input)
        (name, assumptions) = (files.name, files.assumptions)
        classes = configuration.classes
        let convolutions = configuration.depths.reduce(0, +) * (configuration.kind == .basic ? 2 : 3)
        architecture =
            "ResNet-\(convolutions + 2), \(configuration.kind.rawValue) blocks "
            + configuration.depths.map(String.init).joined(separator: "-")
        preprocessing = try files.preprocessing(for: input, default: .imageNet)
        digest = Digest(
            files.precision.marking("ResNet"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}

extension Weights {
    /// `name.convolution` and `name.normalization`, the second folded into the first. ε is PyTorch's 1e-5.
    fileprivate mutating func convolution(
        _ name: String, _ inputs: Int, _ outputs: Int, window: Int, stride: Int, _ precision: Precision
    ) throws(VisionModelsError) -> Convolution {
        let names = NormalizedName(convolution: name + ".convolution", normalization: name + ".normalization")
        let (weight, bias) = try folded(names, inputs, outputs, window: window, epsilon: 1e-5)
        return Convolution(weight: weight, bias: bias, stride: stride, padding: window / 2, precision: precision)
    }

    fileprivate mutating func block(
        _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, _ configuration: ResNet.Configuration,
        _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block {
        var convolutions: [Convolution] = []
        switch configuration.kind {
        case .basic:
            convolutions = [
                try convolution(name + ".layer.0", inputs, outputs, window: 3, stride: stride, precision),
                try convolution(name + ".layer.1", outputs, outputs, window: 3, stride: 1, precision),
            ]
        case .bottleneck:
            let (inner, early) = (outputs / 4, configuration.stridesInFirstConvolution)
            convolutions = [
                try convolution(name + ".layer.0", inputs, inner, window: 1, stride: early ? stride : 1, precision),
                try convolution(name + ".layer.1", inner, inner, window: 3, stride: early ? 1 : stride, precision),
                try convolution(name + ".layer.2", inner, outputs, window: 1, stride: 1, precision),
            ]
        }
        let keepsShape = inputs == outputs && stride == 1
        return ResNet.Block(
            convolutions: convolutions,
            shortcut: keepsShape
                ? nil : try convolution(name + ".shortcut", inputs, outputs, window: 1, stride: stride, precision))
    }
}
