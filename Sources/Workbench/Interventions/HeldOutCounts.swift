import Analysis
import LinearAlgebra
import VisionModels

extension CountedImages {
    /// The held-out images of a layer, as its classifier takes them.
    init(of target: TargetLayer) throws {
        guard let extraction = try target.extraction(of: target.heldOut) else { throw target.notExtracted }
        let logits = Once { try target.logits(extraction, of: target.classifier) }
        self.init(
            activations: extraction.activations, logits: logits, labels: try target.heldOutLabels(),
            unedited: try target.heldOutPredictions { try logits.value }, remainder: try Remainder(of: target))
    }
}

extension Remainder {
    /// What follows a layer: found out once, whatever is asked of it.
    init(of target: TargetLayer) throws {
        if let linear = try target.remainder {
            self = .linear(linear)
        } else if let normalized = try target.normalizedRemainder {
            self = .normalized(normalized)
        } else {
            // The edit acts on the tokens that the pooling reads: the class token, or all of them.
            let (model, point) = (try target.classifier, target.hookPoint)
            self = .resumed(
                ResumedRemainder(tokens: point.tokens, editsAll: target.pooling != .cls) {
                    model.logits(resumingFrom: point, $0)
                })
        }
    }
}

extension NormalizedRemainder {
    init(_ head: NormalizedHead) {
        self.init(
            weights: head.head.weight, bias: head.head.bias.values, scale: head.scale.values, shift: head.shift.values,
            epsilon: head.epsilon, embedding: head.head.embedding)
    }
}
