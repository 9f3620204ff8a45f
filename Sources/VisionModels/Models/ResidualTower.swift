import LinearAlgebra

/// E_i of CLIP's residual networks (Radford et al. 2021, section 2.4: RN50 and its wider kin): three convolutions in the stem
/// and a mean of two by two after them, means in place of strides, and at the end attention in which the mean of the last
/// feature map asks all its places.
///
/// Images have their channels last throughout, so the places of a feature map are tokens: [B, H · W, C].
struct ResidualTower: ImageEncoder {
    let input: ImageShape
    let dimension: Int
    var hookPoints: [HookPoint] { chain.points }
    let summary: String
    private let chain: StepChain<Step>

    private enum Step: Sendable {
        /// [b, C, H, W] -> [b, H/4, W/4, stem width]
        case stem([ResNet.Layer])
        /// [b, height · width, C] -> [b, height', width', C']
        case block(ResNet.Block, height: Int, width: Int)
        /// A stage's own name for what its last block gives.
        case stage
        /// [b, H · W, C] -> [b, d]
        case attention(MeanAttention)

        func callAsFunction(_ x: Tensor) -> Tensor {
            switch self {
            case .stem(let layers):
                layers.reduce(x.channelsLast()) { x, layer in layer(x, .relu) }.halvedByMeans()
            case .block(let block, let height, let width): block(x.reshaped([x.shape[0], height, width, x.columns]))
            case .stage: x
            case .attention(let pooling): pooling(x.reshaped([x.shape[0], x.rows / x.shape[0], x.columns]))
            }
        }
    }

    func features(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        input.expect(pixels)
        return chain.run(pixels, hooks) { $0($1) }
    }

    func features(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        chain.run(activations, resumingFrom: point, hooks) { $0($1) }
    }

    func grid(at point: HookPoint) -> TokenGrid? { chain.grids[point.name] }

    func end(after point: HookPoint, pooling: Pooling) -> TowerEnd? {
        point.name == "attnpool" ? TowerEnd(norm: nil, projection: .identity(dimension)) : nil
    }

    // MARK: Checkpoint names

    init(
        _ weights: inout Weights, _ settings: Settings, dimension: Int, _ precision: Precision
    ) throws(VisionModelsError) {
        let size = try settings.size("image_size", default: 224)
        let (widths, depths) = (
            try settings.counts("hidden_sizes", default: [256, 512, 1024, 2048]),
            try settings.counts("depths", default: [3, 4, 6, 3])
        )
        // Odd sizes would leave out their last row of places.
        guard size.height % (2 << widths.count) == 0, size.width % (2 << widths.count) == 0 else {
            throw settings.unsuitable("image_size", expected: "a multiple of \(2 << widths.count)")
        }
        let input = ImageShape(
            channels: try settings.count("num_channels", default: 3), height: size.height, width: size.width)
        var (height, width) = (size.height / 4, size.width / 4)
        var channels = try settings.count("embedding_size", default: 64)
        var chain = StepChain<Step>()
        func add(_ step: Step, _ name: String) {
            chain.add(step, name, map: (height, width), channels: channels, isSigned: false)
        }
        add(.stem(try weights.towerStem(input.channels, channels, precision)), "stem")
        for (stage, depth) in depths.enumerated() {
            for index in 0..<depth {
                let halves = stage > 0 && index == 0
                let block = try weights.towerBlock(
                    "resnet.encoder.stages.\(stage).layers.\(index)", channels, widths[stage], halves: halves, precision
                )
                let step = Step.block(block, height: height, width: width)
                if halves { (height, width) = (height / 2, width / 2) }
                channels = widths[stage]
                add(step, "layer\(stage + 1).\(index)")
            }
            add(.stage, "layer\(stage + 1)")
        }
        let heads = try settings.count("num_attention_heads", default: channels / 64)
        guard channels % heads == 0 else {
            throw settings.unsuitable("num_attention_heads", expected: "a divisor of \(channels)")
        }
        let attention = try weights.meanAttention(places: height * width, channels, dimension, heads: heads)
        chain.add(.attention(attention), "attnpool", map: nil, channels: dimension)
        (self.input, self.dimension, self.chain) = (input, dimension, chain)
        summary =
            "ResNet, blocks " + depths.map(String.init).joined(separator: "-")
            + ", width \(channels), attention pooling"
    }
}

/// Attention in which the mean of all places asks them and itself: [b, T, D] -> [b, d].
///
/// Only its answer is read, so of queries there is one, and keys and values are never made of all places: see
/// `AttentionPooling`.
struct MeanAttention: Sendable {
    /// [1 + T, D], the mean's first
    let positions: Tensor
    let query: PackedLinear
    /// Kᵀ / √(D/H) of every head: D/H -> D
    let keys: [PackedLinear]
    let values: HeadValues
    let output: PackedLinear

    func callAsFunction(_ x: Tensor) -> Tensor {
        let (batch, places, width) = (x.shape[0], x.shape[1], x.shape[2])
        let means = x.spatialMeans()
        let tokens = Tensor([batch, places + 1, width]) { target in
            for (source, first, count) in [(means, 0, 1), (x, 1, places)] {
                source.withUnsafe { source in
                    positions.withUnsafe { positions in
                        for image in 0..<batch {
                            let (from, to) = (image * count * width, (image * (places + 1) + first) * width)
                            for index in 0..<count * width {
                                target[to + index] = source[from + index] + positions[first * width + index]
                            }
                        }
                    }
                }
            }
        }
        let asked = query(tokens.tokens(at: 0))  // [b, D]
        let depth = width / keys.count
        // What each head's question looks for, head by head: [b, D]
        let wanted = keys.enumerated().map { head, key in
            key(asked.columns(at: Array(head * depth..<(head + 1) * depth)))
        }
        let context = values(tokens) { image, rows in
            let questions = Tensor([keys.count, width], wanted.flatMap { $0.row(image) })  // [H, D]
            return multiply(questions, .plain, rows, .transposed)  // [H, 1 + T]
        }
        return output(context)
    }
}

extension Weights {
    private mutating func folding(
        _ name: String, _ inputs: Int, _ outputs: Int, window: Int, stride: Int = 1, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Layer {
        try layer(
            NormalizedName(within: name), inputs, outputs, window: window, stride: stride, normGroups: nil, precision)
    }

    fileprivate mutating func towerStem(
        _ inputs: Int, _ outputs: Int, _ precision: Precision
    ) throws(VisionModelsError) -> [ResNet.Layer] {
        let (name, half) = ("resnet.embedder.deep", outputs / 2)
        return [
            try folding(name + ".0", inputs, half, window: 3, stride: 2, precision),
            try folding(name + ".1", half, half, window: 3, precision),
            try folding(name + ".2", half, outputs, window: 3, precision),
        ]
    }

    fileprivate mutating func towerBlock(
        _ name: String, _ inputs: Int, _ outputs: Int, halves: Bool, _ precision: Precision
    ) throws(VisionModelsError) -> ResNet.Block {
        let narrow = outputs / 4
        return ResNet.Block(
            inner: [
                try folding(name + ".layer.0", inputs, narrow, window: 1, precision),
                try folding(name + ".layer.1", narrow, narrow, window: 3, precision),
            ], halvesBeforeLast: halves, last: try folding(name + ".layer.2", narrow, outputs, window: 1, precision),
            gate: nil,
            shortcut: !halves && inputs == outputs
                ? nil
                : ResNet.Block.Shortcut(
                    halves: halves, layer: try folding(name + ".shortcut", inputs, outputs, window: 1, precision)))
    }

    /// Its products stay float32, as a head's do.
    fileprivate mutating func meanAttention(
        places: Int, _ width: Int, _ dimension: Int, heads: Int
    ) throws(VisionModelsError) -> MeanAttention {
        let (name, depth) = ("resnet.pooler", width / heads)
        let (key, value) = (
            try linear(name + ".k_proj", width, width), try linear(name + ".v_proj", width, width)
        )
        let scales = [Float](repeating: 1 / Float(depth).squareRoot(), count: width)
        return MeanAttention(
            positions: try tensor(name + ".position_embedding", [places + 1, width]),
            query: PackedLinear(try linear(name + ".q_proj", width, width)),
            // Keys' biases, the same for all tokens, fall out of the softmax.
            keys: (0..<heads).map { head in
                let rows = key.weight.rows(head * depth..<(head + 1) * depth).transposed()
                return PackedLinear(Linear(weight: rows.scaled(rows: scales), bias: nil))
            },
            values: HeadValues(value, heads: heads),
            output: PackedLinear(try linear(name + ".out_proj", width, dimension)))
    }
}
