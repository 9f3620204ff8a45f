import Digests
import Foundation
import LinearAlgebra

/// A residual network (He et al. 2016) in the layout of Hugging Face's ResNetForImageClassification, with the stride on the
/// 3x3 convolution as torchvision has it, or on the first 1x1 where `downsample_in_bottleneck` says so.
///
/// Under torchvision's and timm's names its relatives too, as their tensors tell them: wide bottlenecks (Zagoruyko and
/// Komodakis 2016), grouped convolutions (ResNeXt, Xie et al. 2017), gates (SE, Hu et al. 2018), three convolutions in the
/// stem and means in the shortcuts (ResNet-C and -D, He et al. 2019).
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
        /// Whether the tensors tell how wide bottlenecks are, and in how many groups.
        var hasOwnBottlenecks: Bool
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
            hasOwnBottlenecks = files.family == .torchvisionResNet
            classes = try settings.classes()
            guard depths.count == widths.count else {
                throw settings.unsuitable("depths", expected: "one number for each of \(widths.count) stages")
            }
            guard kind == .basic || hasOwnBottlenecks || widths.allSatisfy({ $0 % 4 == 0 }) else {
                throw settings.unsuitable("hidden_sizes", expected: "multiples of 4, for bottlenecks")
            }
        }
    }

    // MARK: Block

    /// rectify(gate(convolutions(x)) + shortcut(x)); batch normalisation is folded into each convolution.
    struct Block: Sendable {
        /// All but the last are rectified.
        let inner: [Inner]
        let last: Convolution
        let gate: ChannelGate?
        /// Nil where the block keeps the width and the size.
        let shortcut: Shortcut?

        enum Inner: Sendable {
            case dense(Convolution)
            case grouped(GroupedConvolution)

            func callAsFunction(_ x: Tensor) -> Tensor {
                switch self {
                case .dense(let convolution): convolution(x, .relu)
                case .grouped(let convolution): convolution(x, .relu)
                }
            }
        }

        struct Shortcut: Sendable {
            /// Whether means of two by two come first.
            let halves: Bool
            let convolution: Convolution

            func callAsFunction(_ x: Tensor) -> Tensor { convolution(halves ? x.halvedByMeans() : x) }
        }

        /// [b, height, width, C] -> [b, height', width', C']
        func callAsFunction(_ x: Tensor) -> Tensor {
            let residual = shortcut.map { $0(x) } ?? x
            let y = inner.reduce(x) { $1($0) }
            guard let gate else { return last(y, residual: residual, .relu) }
            var gated = last(y)
            gate(&gated, .relu)
            gated.add(residual)
            gated.rectify()
            return gated
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
        case stem([Convolution])
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
            case .stem(let convolutions):
                convolutions.reduce(x.channelsLast()) { x, convolution in convolution(x, .relu) }
                    .maxPooled(window: 3, stride: 2, padding: 1)
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

    /// What sets a relative apart.
    private static func particulars(of steps: [Step]) -> String {
        var found: [String] = []
        if case .stem(let convolutions)? = steps.first, convolutions.count > 1 { found.append("deep stem") }
        let blocks = steps.compactMap { step in if case .block(let block, _, _) = step { block } else { nil } }
        if blocks.contains(where: { $0.inner.contains { if case .grouped = $0 { true } else { false } } }) {
            found.append("grouped convolutions")
        }
        if blocks.contains(where: { $0.gate != nil }) { found.append("gates") }
        if blocks.contains(where: { $0.shortcut?.halves == true }) { found.append("means in shortcuts") }
        return found.map { ", " + $0 }.joined()
    }

    // MARK: Checkpoint names

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let configuration = try Configuration(files)
        var weights = files.weights()
        let input = configuration.input

        var steps: [Step] = []
        var points: [HookPoint] = []
        var grids: [String: TokenGrid] = [:]
        let stem = try weights.stem(input.channels, configuration.stemWidth, files.precision)
        // The stem's max pooling halves as a 3x3 convolution of stride 2 does.
        var (height, width) = stem[0].size(of: input.height, input.width)
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
            + configuration.depths.map(String.init).joined(separator: "-") + Self.particulars(of: steps)
        preprocessing = try files.preprocessing(for: input, default: .imageNet)
        digest = Digest(
            files.precision.marking("ResNet"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}
