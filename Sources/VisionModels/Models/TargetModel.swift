import Digests
import Foundation
import LinearAlgebra

/// The vision model under study: a classifier whose inside can be read and changed at its hook points.
package protocol TargetModel: Sendable {
    /// The name of its folder.
    var name: String { get }
    /// In words: `ViT, 4 blocks, width 128, patch 7`.
    var architecture: String { get }
    /// Class names in the order of the logits.
    var classes: [String] { get }
    /// What it takes.
    var input: ImageShape { get }
    var preprocessing: Preprocessing { get }
    /// In the order of the forward pass.
    var hookPoints: [HookPoint] { get }
    /// What no file says and is taken as usual.
    var assumptions: [ModelAssumption] { get }
    /// Of the weights, the configuration and the preprocessing: all that an activation depends on but the image.
    var digest: Digest { get }
    /// Of all that the activations at a hook point depend on but the image: less than `digest` where classes come later.
    func digest(at point: HookPoint) -> Digest
    /// Where its tokens stand in the input; nil where an image has one vector there.
    func grid(at point: HookPoint) -> TokenGrid?

    /// [B, channels, height, width], preprocessed -> [B, classes].
    func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor

    /// Goes on from activations at a hook point, as `logits(_:hooks:)` does after computing them: hooks at `point` itself
    /// run too. -> [B, classes]
    func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor

    /// The rest of the network after the pooled activations of a hook point, where that rest is linear, but perhaps for
    /// a division by the length of an embedding, which moves no class before another; otherwise nil.
    func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead?

    /// The rest of the network after the pooled activations of a hook point, where that rest is one layer norm and a
    /// linear head; otherwise nil. It then depends on no other token than the one the head reads, so it holds for the
    /// class token alone even where an intervention acts on all tokens.
    func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead?

    /// How the log-probability of the model's own answer hangs on the residual stream at a hook point; nil where the way back
    /// is not known: other architectures, and products in bfloat16.
    func answerGradients(at point: HookPoint) -> AnswerGradients?
    /// Whether that is known at a hook point, without working anything out.
    func knowsAnswerGradients(at point: HookPoint) -> Bool
}

extension TargetModel {
    package var assumptions: [ModelAssumption] { [] }

    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? { nil }

    package func answerGradients(at point: HookPoint) -> AnswerGradients? { nil }

    package func knowsAnswerGradients(at point: HookPoint) -> Bool { false }

    package func digest(at point: HookPoint) -> Digest { digest }

    package func logits(_ pixels: Tensor) -> Tensor { logits(pixels, hooks: Hooks()) }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor) -> Tensor {
        logits(resumingFrom: point, activations, hooks: Hooks())
    }

    /// What a forward pass has at a hook point, and no more of it than leads there: [B, channels, height, width], preprocessed
    /// -> [B, T, D], or [B, D] without tokens.
    package func activations(at point: HookPoint, of pixels: Tensor) -> Tensor {
        var recorded = Tensor([0])
        _ = logits(pixels, hooks: Hooks(endingAt: point) { recorded = $0 })
        return recorded
    }

    /// By its own name, or by what other tools call it.
    package func hookPoint(named name: String) -> HookPoint? { hookPoints.named(name) }
}

/// logits = activations weightᵀ + bias; of cosines, over the length of the embedding that the activations make.
package struct LinearHead: Sendable, Equatable {
    /// [classes, units]
    package var weight: Tensor
    /// [classes]
    package var bias: Tensor
    /// By the length of activations embeddingᵀ logits are divided, where they are cosines: [d, units]
    package var embedding: Tensor?
    /// What is added to every logit then: it puts no class before another.
    package var offset: Float

    package init(weight: Tensor, bias: Tensor, embedding: Tensor? = nil, offset: Float = 0) {
        self.weight = weight
        self.bias = bias
        self.embedding = embedding
        self.offset = offset
    }

    /// The logits as they are: an identity matrix and no bias.
    package static func identity(_ classes: Int) -> LinearHead {
        LinearHead(weight: .identity(classes), bias: Tensor([classes]))
    }

    /// [B, units] -> [B, classes]
    package func callAsFunction(_ activations: Tensor) -> Tensor {
        let logits = Linear(weight: weight, bias: bias)(activations)
        guard let embedding else { return logits }
        let lengths = multiply(activations, .plain, embedding, .transposed).norms()
        var cosines = logits.divided(rows: lengths)
        if offset != 0 { cosines.add(bias: Tensor(bias.shape, [Float](repeating: offset, count: bias.count))) }
        return cosines
    }
}

/// logits = LayerNorm(activations) weightᵀ + bias.
package struct NormalizedHead: Sendable, Equatable {
    /// γ and δ: [units] each
    package var scale: Tensor
    package var shift: Tensor
    /// What the norm adds to the variance.
    package var epsilon: Float
    package var head: LinearHead

    package init(scale: Tensor, shift: Tensor, epsilon: Float, head: LinearHead) {
        self.scale = scale
        self.shift = shift
        self.epsilon = epsilon
        self.head = head
    }
}

/// Loads a target model: a folder, a safetensors file or the index of several.
package func loadTargetModel(
    at url: URL, precision: Precision = .float32
) throws(VisionModelsError) -> any TargetModel {
    try loadTargetModel(at: ModelLocation(url), precision: precision)
}

/// Loads a target model: safetensors under the names of Hugging Face, timm or torchvision, and what
/// lies beside them: config.json, preprocessor_config.json, classes.txt. What is not there is told by the tensors or is the
/// architecture's usual one.
///
/// - Parameters:
///   - classes: names for its classes, instead of those its files have.
///   - precision: of all products before the classifier, which stays float32.
package func loadTargetModel(
    at location: ModelLocation, classes: ClassList? = nil, precision: Precision = .float32
) throws(VisionModelsError) -> any TargetModel {
    let accepted: [Architecture] = [.vit, .resnet, .resnetv2, .efficientnet, .convnext, .fastvit]
    return try ModelFiles(location, accepting: accepted, classes: classes, precision: precision).targetModel()
}

extension ModelFiles {
    /// The model, but for a CLIP or SigLIP, which has classes only when it is given some.
    func targetModel() throws(VisionModelsError) -> any TargetModel {
        checkpoint.beginDigest()
        switch family.architecture {
        case .vit: return try VisionTransformer(self)
        case .resnet: return try ResNet(self)
        case .resnetv2: return try ResNetV2(self)
        case .efficientnet: return try EfficientNet(self)
        case .convnext: return try ConvNeXt(self)
        case .fastvit: return try FastViT(self)
        case .clip, .siglip: preconditionFailure("a model of two towers has no classes of its own")
        }
    }

    /// The model of two towers.
    func contrastiveModel() throws(VisionModelsError) -> any ContrastiveModel {
        checkpoint.beginDigest()
        if family.architecture == .siglip { return try SigLIP(self) }
        if family == .openCLIPTowers { return try TowerCLIP(self) }
        return try CLIP(self)
    }
}

/// Loads a CLIP or SigLIP as a zero-shot classifier over `classes`.
package func loadZeroShotModel(
    at location: ModelLocation, classes: [String], templates: PromptTemplates, precision: Precision = .float32
) throws(VisionModelsError) -> ZeroShotClassifier {
    let model = try loadContrastiveModel(at: location, precision: precision)
    return ZeroShotClassifier(model, classes: classes, templates: templates)
}

/// The same with the classes embedded by `embed`, which may know some of them from earlier.
///
/// - Parameter embed: prompts -> unit rows [n, d] of the concept space it is given.
package func loadZeroShotModel(
    at location: ModelLocation, classes: [String], templates: PromptTemplates, precision: Precision,
    embed: ([String], any ConceptSpace) throws -> Tensor
) throws -> ZeroShotClassifier {
    let model = try loadContrastiveModel(at: location, precision: precision)
    return ZeroShotClassifier(
        model, classes: classes, templates: templates,
        embeddings: try templates.embed(classes) { try embed($0, model) })
}

extension Tensor {
    static func identity(_ size: Int) -> Tensor {
        var result = Tensor([size, size])
        for index in 0..<size { result[index, index] = 1 }
        return result
    }
}
