import Digests
import Foundation
import LinearAlgebra

/// A residual network (He et al. 2016) in the layout of Hugging Face's ResNetForImageClassification, with the stride on the
/// 3x3 convolution as torchvision has it, or on the first 1x1 where `downsample_in_bottleneck` says so.
///
/// Under torchvision's and timm's names its relatives too, as their tensors tell them: wide bottlenecks (Zagoruyko and
/// Komodakis 2016), grouped convolutions (ResNeXt, Xie et al. 2017), gates (SE, Hu et al. 2018), three convolutions in the
/// stem and means in the shortcuts (ResNet-C and -D, He et al. 2019), group norms (Wu and He 2018).
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
        /// Of group norms; nil where norms are those of batches.
        var normGroups: Int?
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
            normGroups = settings["norm_groups"] == nil ? nil : try settings.count("norm_groups", default: 32)
            classes = try files.classes(of: "classifier.1")
            guard depths.count == widths.count else {
                throw settings.unsuitable("depths", expected: "one number for each of \(widths.count) stages")
            }
            guard kind == .basic || hasOwnBottlenecks || widths.allSatisfy({ $0 % 4 == 0 }) else {
                throw settings.unsuitable("hidden_sizes", expected: "multiples of 4, for bottlenecks")
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

    /// Nil where there is none, and the mean of the last feature map is the answer.
    let classifier: LinearHead?
    private let chain: StepChain<Step>

    // MARK: Forward pass

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, H/4 · W/4, stem width]
        case stem([Layer])
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
            case .stem(let layers):
                layers.reduce(x.channelsLast()) { x, layer in layer(x, .relu) }
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
        return chain.run(pixels, hooks) { $0($1) }
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        chain.run(activations, resumingFrom: point, hooks) { $0($1) }
    }

    package func grid(at point: HookPoint) -> TokenGrid? { chain.grids[point.name] }

    /// The blocks between a hook point and the pooling, each with the size of what it takes; nil where none is, or where the
    /// point has no places.
    func blocks(after point: HookPoint) -> [(block: Block, height: Int, width: Int)]? {
        guard let after = chain.steps(after: point), grid(at: point) != nil else { return nil }
        let blocks = after.compactMap { step in
            if case .block(let block, let height, let width) = step { (block, height, width) } else { nil }
        }
        return blocks.isEmpty ? nil : blocks
    }

    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        guard let classifier else { return nil }
        let after = chain.steps(after: point) ?? []
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
        if case .stem(let layers)? = steps.first {
            if layers.count > 1 { found.append("deep stem") }
            if let norm = layers.last?.norm { found.append("norms of \(norm.groups) groups") }
        }
        let blocks = steps.compactMap { step in if case .block(let block, _, _) = step { block } else { nil } }
        if blocks.contains(where: { $0.inner.contains { if case .grouped = $0.kind { true } else { false } } }) {
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

        var chain = StepChain<Step>()
        let stem = try weights.stem(input.channels, configuration, files.precision)
        // A convolution and the max pooling halve, the odd row to the larger half.
        var (height, width) = ((input.height + 3) / 4, (input.width + 3) / 4)
        var channels = configuration.stemWidth
        func add(_ step: Step, _ name: String, isSpatial: Bool = true, isSigned: Bool = false) {
            chain.add(
                step, name, map: isSpatial ? (height, width) : nil, channels: channels, isSigned: isSigned)
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
        var head: LinearHead?
        if !configuration.classes.isEmpty {
            let linear = try weights.linear("classifier.1", channels, configuration.classes.count)
            channels = configuration.classes.count
            head = LinearHead(weight: linear.weight, bias: linear.bias ?? Tensor([channels]))
            add(.classifier(PackedLinear(linear)), "logits", isSpatial: false, isSigned: true)
        }
        // How many batches were seen in training.
        try weights.finish { $0.hasSuffix(".num_batches_tracked") }

        classifier = head
        (self.chain, self.input) = (chain, input)
        (name, assumptions) = (files.name, files.assumptions)
        classes = configuration.classes
        let convolutions = configuration.depths.reduce(0, +) * (configuration.kind == .basic ? 2 : 3)
        architecture =
            "ResNet-\(convolutions + 2), \(configuration.kind.rawValue) blocks "
            + configuration.depths.map(String.init).joined(separator: "-") + Self.particulars(of: chain.steps)
            + (head == nil ? ", no classifier" : "")
        preprocessing = try files.preprocessing(for: input, default: .imageNet)
        digest = Digest(
            files.precision.marking("ResNet"), files.checkpoint.digest(), files.settings.digest, preprocessing.digest)
    }
}
