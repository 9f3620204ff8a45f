import Digests
import LinearAlgebra

/// CLIP as a classifier over any list of classes, without training (Radford et al. 2021, section 3.1): the logits are the
/// cosines of the image's embedding with the classes' embeddings, times the model's scale.
public struct CLIPZeroShot: TargetModel {
    public let classes: [String]
    public let templates: PromptTemplates
    public let digest: Digest
    public let hookPoints: [HookPoint]
    private let clip: CLIP
    /// scale · c of every class: [classes, d]
    private let weight: Tensor

    public var name: String { clip.name }
    public var input: ImageShape { clip.input }
    public var preprocessing: Preprocessing { clip.preprocessing }
    public var architecture: String { clip.architecture + ", zero-shot over \(classes.count) classes" }

    /// Embeds the classes in the templates.
    ///
    /// - Precondition: at least one class.
    public init(_ clip: CLIP, classes: [String], templates: PromptTemplates = .plain) {
        precondition(!classes.isEmpty, "a classifier needs classes")
        self.clip = clip
        self.classes = classes
        self.templates = templates
        let embeddings = templates.embed(classes, clip.embed(concepts:))
        weight = Tensor(embeddings.shape, embeddings.values.map { $0 * clip.logitScale })
        hookPoints =
            clip.images.hookPoints + [HookPoint(name: "logits", tokens: 1, width: classes.count, isSigned: true)]
        digest = Digest(
            "CLIP zero-shot", clip.digest, Digest(combining: classes), Digest(combining: templates.templates))
    }

    public func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        logits(ofFeatures: clip.images.features(pixels, hooks: hooks), hooks: hooks)
    }

    public func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        guard point.name != "logits" else {
            var logits = activations
            hooks.apply(at: point, to: &logits)
            return logits
        }
        return logits(
            ofFeatures: clip.images.features(resumingFrom: point, activations, hooks: hooks), hooks: hooks)
    }

    /// Only the logits themselves: before them the image's embedding is divided by its length.
    public func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        point.name == "logits" ? .identity(classes.count) : nil
    }

    /// [B, d], of any length -> [B, classes]
    private func logits(ofFeatures features: Tensor, hooks: Hooks) -> Tensor {
        var logits = multiply(features.normalized(), .plain, weight, .transposed)
        hooks.apply(at: hookPoints[hookPoints.count - 1], to: &logits)
        return logits
    }
}
