import Digests
import LinearAlgebra

/// CLIP as a classifier over any list of classes, without training (Radford et al. 2021, section 3.1): the logits are the
/// cosines of the image's embedding with the classes' embeddings, times the model's scale.
package struct CLIPZeroShot: TargetModel {
    package let classes: [String]
    package let templates: PromptTemplates
    package let digest: Digest
    package let hookPoints: [HookPoint]
    let clip: CLIP
    /// scale · c of every class: [classes, d]
    let weight: Tensor

    package var name: String { clip.name }
    package var input: ImageShape { clip.input }
    package var preprocessing: Preprocessing { clip.preprocessing }
    package var assumptions: [ModelAssumption] { clip.assumptions }
    package var architecture: String { clip.architecture + ", zero-shot over \(classes.count) classes" }

    /// Embeds the classes in the templates.
    ///
    /// - Precondition: at least one class.
    package init(_ clip: CLIP, classes: [String], templates: PromptTemplates = .plain) {
        self.init(
            clip, classes: classes, templates: templates, embeddings: templates.embed(classes, clip.embed(concepts:)))
    }

    /// - Parameter embeddings: of the classes in the templates: unit rows [classes, d]
    init(_ clip: CLIP, classes: [String], templates: PromptTemplates, embeddings: Tensor) {
        precondition(!classes.isEmpty && embeddings.rows == classes.count, "a classifier needs classes")
        self.clip = clip
        self.classes = classes
        self.templates = templates
        weight = Tensor(embeddings.shape, embeddings.values.map { $0 * clip.logitScale })
        hookPoints =
            clip.images.hookPoints + [HookPoint(name: "logits", tokens: 1, width: classes.count, isSigned: true)]
        digest = Digest(
            "CLIP zero-shot", clip.digest, Digest(combining: classes), Digest(combining: templates.templates))
    }

    // MARK: Other classes

    /// The CLIP itself.
    package var space: any ConceptSpace { clip }

    /// What does not depend on the classes ends here: the image's embedding, of any length [B, d].
    package var imageEmbedding: HookPoint { hookPoints[hookPoints.count - 2] }

    /// Only the logits depend on the classes.
    package func digest(at point: HookPoint) -> Digest { point.name == "logits" ? digest : clip.digest }

    /// The same model over other classes.
    ///
    /// - Parameter embed: prompts -> unit rows [n, d] of `space`.
    package func classifying(
        _ classes: [String], templates: PromptTemplates, embed: ([String]) throws -> Tensor
    ) rethrows -> CLIPZeroShot {
        CLIPZeroShot(
            clip, classes: classes, templates: templates, embeddings: try templates.embed(classes, embed))
    }

    // MARK: Forward

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        logits(ofFeatures: clip.images.features(pixels, hooks: hooks), hooks: hooks)
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        guard point.name != "logits" else {
            var logits = activations
            hooks.apply(at: point, to: &logits)
            return logits
        }
        return logits(
            ofFeatures: clip.images.features(resumingFrom: point, activations, hooks: hooks), hooks: hooks)
    }

    /// [B, d], of any length -> [B, classes]
    private func logits(ofFeatures features: Tensor, hooks: Hooks) -> Tensor {
        var logits = multiply(features.normalized(), .plain, weight, .transposed)
        hooks.apply(at: hookPoints[hookPoints.count - 1], to: &logits)
        return logits
    }

    package func grid(at point: HookPoint) -> TokenGrid? { point.tokens > 1 ? clip.images.embeddings.grid : nil }

    // MARK: The rest of the network

    /// After `norm` and `projection`: linear, then divided by the length of the image's embedding.
    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        switch point.name {
        case "logits": .identity(classes.count)
        case "projection":
            LinearHead(weight: weight, bias: Tensor([classes.count]), embedding: .identity(weight.columns))
        case "norm": head
        default: nil
        }
    }

    /// After the last block only the class token goes on, through the norm and the projection.
    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? {
        let images = clip.images
        guard pooling == .cls, point == hookPoints[images.blocks.count] else { return nil }
        return NormalizedHead(
            scale: images.norm2.scale, shift: images.norm2.shift, epsilon: images.norm2.epsilon, head: head)
    }

    /// scale · c P n over the length of P n, n being what the last norm gives.
    private var head: LinearHead {
        let projection = clip.images.projectionWeight
        return LinearHead(
            weight: multiply(weight, .plain, projection, .plain), bias: Tensor([classes.count]), embedding: projection)
    }
}
