import Analysis
import LinearAlgebra
import VisionModels

extension CountedImages {
    /// The held-out images of a layer, as its classifier takes them.
    init(of target: TargetLayer) throws {
        guard let extraction = try target.extraction(of: target.heldOut) else { throw target.notExtracted }
        guard target.reader != .none else {
            // Nobody says what these images are: nothing is counted on them.
            self.init(
                activations: try target.pooled(extraction, of: target.heldOut), logits: Once { throw target.noAnswers },
                labels: [], unedited: [], remainder: .none)
            return
        }
        let logits = Once { try target.countedLogits(extraction) }
        let resumes = target.remainder == .resumed
        self.init(
            activations: resumes ? extraction.activations : try target.pooled(extraction, of: target.heldOut),
            logits: logits, labels: try target.heldOutLabels(),
            unedited: try target.heldOutPredictions { try logits.value }, remainder: try Remainder(of: target))
    }
}

extension Remainder {
    /// What follows a layer: found out once, whatever is asked of it.
    init(of target: TargetLayer) throws {
        if let head = try target.readingHead() {
            self = .linear(head.linear)
        } else if target.reader == .model {
            self.init(of: target, in: try target.classifier)
        } else {
            self = .none
        }
    }

    /// What follows a layer in its model over some classes.
    init(of target: TargetLayer, in model: any TargetModel) {
        let (point, pooling) = (target.hookPoint, target.pooling)
        if let head = model.linearRemainder(after: point, pooling: pooling) {
            self = .linear(LinearRemainder(head))
        } else if let head = model.normalizedRemainder(after: point, pooling: pooling) {
            self = .normalized(NormalizedRemainder(head))
        } else {
            // The edit acts on the tokens that the pooling reads: the class token, or all of them.
            self = .resumed(
                ResumedRemainder(tokens: point.tokens, editsAll: pooling != .cls) {
                    model.logits(resumingFrom: point, $0)
                })
        }
    }
}

extension LinearRemainder {
    init(_ head: LinearHead) {
        self.init(weights: head.weight, bias: head.bias.values, embedding: head.embedding)
    }
}

extension NormalizedRemainder {
    init(_ head: NormalizedHead) {
        self.init(
            weights: head.head.weight, bias: head.head.bias.values, scale: head.scale.values, shift: head.shift.values,
            epsilon: head.epsilon, embedding: head.head.embedding)
    }
}
