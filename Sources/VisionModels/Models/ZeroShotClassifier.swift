import Digests
import LinearAlgebra

/// CLIP or SigLIP as a classifier over any list of classes, without training (Radford et al. 2021, section 3.1): the logits are
/// the cosines of the image's embedding with the classes' embeddings, times the model's scale and plus its bias.
package struct ZeroShotClassifier: TargetModel {
    package let classes: [String]
    package let templates: PromptTemplates
    package let digest: Digest
    package let hookPoints: [HookPoint]
    let model: any ContrastiveModel
    /// scale · c of every class: [classes, d]
    let weight: Tensor

    package var name: String { model.name }
    package var input: ImageShape { model.input }
    package var preprocessing: Preprocessing { model.preprocessing }
    package var assumptions: [ModelAssumption] { model.assumptions }
    package var architecture: String { model.architecture + ", zero-shot over \(classes.count) classes" }

    /// Embeds the classes in the templates.
    ///
    /// - Precondition: at least one class.
    package init(_ model: any ContrastiveModel, classes: [String], templates: PromptTemplates = .plain) {
        self.init(
            model, classes: classes, templates: templates, embeddings: templates.embed(classes, model.embed(concepts:)))
    }

    /// - Parameter embeddings: of the classes in the templates: unit rows [classes, d]
    init(_ model: any ContrastiveModel, classes: [String], templates: PromptTemplates, embeddings: Tensor) {
        precondition(!classes.isEmpty && embeddings.rows == classes.count, "a classifier needs classes")
        self.model = model
        self.classes = classes
        self.templates = templates
        weight = Tensor(embeddings.shape, embeddings.values.map { $0 * model.logitScale })
        hookPoints =
            model.imagePoints + [HookPoint(name: "logits", tokens: 1, width: classes.count, isSigned: true)]
        digest = Digest(
            "CLIP zero-shot", model.digest, Digest(combining: classes), Digest(combining: templates.templates))
    }

    // MARK: Other classes

    /// The model itself.
    package var space: any ConceptSpace { model }

    /// What does not depend on the classes ends here: the image's embedding, of any length [B, d].
    package var imageEmbedding: HookPoint { hookPoints[hookPoints.count - 2] }

    /// Only the logits depend on the classes.
    package func digest(at point: HookPoint) -> Digest { point.name == "logits" ? digest : model.digest }

    /// The same model over other classes.
    ///
    /// - Parameter embed: prompts -> unit rows [n, d] of `space`.
    package func classifying(
        _ classes: [String], templates: PromptTemplates, embed: ([String]) throws -> Tensor
    ) rethrows -> ZeroShotClassifier {
        ZeroShotClassifier(
            model, classes: classes, templates: templates, embeddings: try templates.embed(classes, embed))
    }

    // MARK: Forward

    package func logits(_ pixels: Tensor, hooks: Hooks) -> Tensor {
        logits(ofFeatures: model.features(pixels, hooks: hooks), hooks: hooks)
    }

    package func logits(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        guard point.name != "logits" else {
            var logits = activations
            hooks.apply(at: point, to: &logits)
            return logits
        }
        return logits(
            ofFeatures: model.features(resumingFrom: point, activations, hooks: hooks), hooks: hooks)
    }

    /// [B, d], of any length -> [B, classes]
    private func logits(ofFeatures features: Tensor, hooks: Hooks) -> Tensor {
        if hooks.end(within: hookPoints.dropLast()) { return features }
        var logits = multiply(features.normalized(), .plain, weight, .transposed)
        if model.logitBias != 0 { logits.add(bias: Tensor([classes.count], repeated(model.logitBias))) }
        hooks.apply(at: hookPoints[hookPoints.count - 1], to: &logits)
        return logits
    }

    package func grid(at point: HookPoint) -> TokenGrid? { model.grid(at: point) }

    // MARK: The rest of the network

    /// After `norm` and `projection` of CLIP, and `pool` of SigLIP: linear, then divided by the length of the embedding.
    package func linearRemainder(after point: HookPoint, pooling: Pooling) -> LinearHead? {
        if point.name == "logits" { return .identity(classes.count) }
        guard let end = model.end(after: point, pooling: pooling), end.norm == nil else { return nil }
        return head(end)
    }

    package func normalizedRemainder(after point: HookPoint, pooling: Pooling) -> NormalizedHead? {
        guard let end = model.end(after: point, pooling: pooling), let norm = end.norm else { return nil }
        return NormalizedHead(scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon, head: head(end))
    }

    /// scale · c P n over the length of P n, n being what the tower's end takes.
    private func head(_ end: TowerEnd) -> LinearHead {
        LinearHead(
            weight: multiply(weight, .plain, end.projection, .plain), bias: Tensor([classes.count]),
            embedding: end.projection, offset: model.logitBias)
    }

    private func repeated(_ value: Float) -> [Float] { [Float](repeating: value, count: classes.count) }
}
