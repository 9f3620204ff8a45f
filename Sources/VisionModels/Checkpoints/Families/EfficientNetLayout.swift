import Files
import LinearAlgebra

/// What an EfficientNet's tensors and settings say of it, by the names of its own family: the parts of a block are not named
/// alike in two of them, so nothing is renamed.
struct EfficientNetLayout: Sendable {
    /// A block's parts.
    struct Block: Sendable {
        /// Counted over all stages.
        var index = 0
        /// To more channels; without a depthwise convolution, of the whole window.
        var expand: NormalizedName?
        var depthwise: NormalizedName?
        var gate: (reduce: String, expand: String, width: Int)?
        var project: NormalizedName?
        /// Channels between `expand` and `project`.
        var hidden = 0
        var outputs = 0
        var window = 0
        var stride = 1
    }

    enum Activation: String, Sendable, CaseIterable {
        case silu, swish, relu6
        var pointwise: Pointwise { self == .relu6 ? .relu6 : .silu }
    }

    let input: ImageShape
    let stem: NormalizedName
    let stemWidth: Int
    let stages: [[Block]]
    let head: NormalizedName
    let features: Int
    let classifier: String
    let classes: [String]
    let activation: Activation
    let epsilon: Float
    let preprocessing: Preprocessing.Standard
    private let padding: Padding
    private let family: CheckpointFamily

    private enum Padding: Sendable {
        /// As wide on every side: half a window.
        case symmetric
        /// TensorFlow's.
        case same
        /// transformers': where a window moves by two, one less before than after, but in the blocks named here.
        case adjusted(except: Set<Int>)
    }

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let (settings, tensors) = (files.settings, files.tensors)
        family = files.family
        let names = Names(family)
        (stem, head, classifier) = (names.stem, names.head, names.classifier)
        guard let shape = tensors.shape(of: stem.convolution + ".weight"), shape.count == 4,
            let features = tensors.shape(of: head.convolution + ".weight")?.first
        else {
            throw .missingTensor(file: tensors.checkpoint.file, tensor: stem.convolution + ".weight", expected: [])
        }
        (stemWidth, self.features) = (shape[0], features)
        let size = try settings.size("image_size", default: family == .huggingFaceEfficientNet ? 600 : 224)
        input = ImageShape(
            channels: try settings.count("num_channels", default: 3), height: size.height, width: size.width)
        activation = try settings.choice("hidden_act", default: .swish)
        epsilon = try settings.float("batch_norm_eps", default: 1e-3)
        classes = try settings.classes()

        let strides = try settings.counts("strides", default: [1, 2, 2, 2, 1, 2, 1])
        var stages = try names.stages(tensors)
        guard stages.count <= strides.count else {
            throw settings.unsuitable("strides", expected: "one number for each of \(stages.count) stages")
        }
        var index = 0
        for stage in stages.indices {
            for place in stages[stage].indices {
                stages[stage][place].index = index
                stages[stage][place].stride = place == 0 ? strides[stage] : 1
                index += 1
            }
        }
        self.stages = stages
        if family == .huggingFaceEfficientNet {
            guard settings["pooling_type"] == nil || settings["pooling_type"] == .string("mean") else {
                throw settings.unsuitable("pooling_type", expected: "\"mean\"")
            }
            let exceptions =
                settings["depthwise_padding"] == .array([]) ? [] : try settings.indices("depthwise_padding")
            padding = .adjusted(except: Set(exceptions))
            preprocessing = .efficientNet
        } else {
            padding = try settings.flag("pads_as_tensorflow", default: true) ? .same : .symmetric
            preprocessing = .imageNet
        }
    }

    /// What is taken for zero around an image of a size.
    ///
    /// - Parameter block: whose; nil for the stem.
    func edges(_ height: Int, _ width: Int, window: Int, stride: Int, block: Int?) -> Edges {
        let half = window / 2
        switch padding {
        case .symmetric: return Edges(all: half)
        case .same: return Edges(same: height, width, window: window, stride: stride)
        case .adjusted(let exceptions):
            guard stride == 2, block.map({ !exceptions.contains($0) }) ?? true else { return Edges(all: half) }
            return Edges(top: half - 1, left: half - 1, bottom: half, right: half)
        }
    }

    var summary: String {
        let gates = stages.joined().contains { $0.gate != nil } ? ", gated" : ""
        return "EfficientNet, \(stages.joined().count) blocks in \(stages.count) stages\(gates), width \(features)"
    }
}

extension Settings {
    /// A list of whole numbers from 0 on.
    fileprivate func indices(_ key: String) throws(VisionModelsError) -> [Int] {
        guard let value = self[key] else { return [] }
        guard case .array(let elements) = value, elements.allSatisfy({ ($0.integer ?? -1) >= 0 }) else {
            throw unsuitable(key, expected: "a list of whole numbers")
        }
        return elements.compactMap(\.integer)
    }
}
