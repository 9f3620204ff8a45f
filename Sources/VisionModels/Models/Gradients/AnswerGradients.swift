import LinearAlgebra

extension VisionTransformer {
    package func knowsAnswerGradients(at point: HookPoint) -> Bool {
        classTokenEnd != nil && hookPoints.prefix(blocks.count + 1).contains(point)
            && blocks.allSatisfy(BlockGradients.isKnown)
    }

    package func answerGradients(at point: HookPoint) -> AnswerGradients? {
        guard let (norm, classifier) = classTokenEnd, let index = hookPoints.firstIndex(of: point),
            index <= blocks.count
        else { return nil }
        guard
            let gradients = TransformerGradients(
                blocks[index...],
                ofAnswer: { token in
                    let logits = classifier(norm(token))
                    return norm.gradient(multiply(logits.surprise(), .plain, classifier.weight), at: token)
                })
        else { return nil }
        return { gradients($0) }
    }
}

extension ZeroShotClassifier {
    package func knowsAnswerGradients(at point: HookPoint) -> Bool {
        guard let images = (model as? CLIP)?.images as? ImageTower else { return false }
        return hookPoints.prefix(images.blocks.count + 1).contains(point)
            && images.blocks.allSatisfy(BlockGradients.isKnown)
    }

    /// Logits are cosines; the length of the image's embedding is held, as it puts no class before another.
    package func answerGradients(at point: HookPoint) -> AnswerGradients? {
        guard let images = (model as? CLIP)?.images as? ImageTower, let index = hookPoints.firstIndex(of: point),
            index <= images.blocks.count
        else { return nil }
        let (norm, projection, weight) = (images.norm2, images.projectionWeight, weight)
        guard
            let gradients = TransformerGradients(
                images.blocks[index...],
                ofAnswer: { token in
                    let embedding = multiply(norm(token), .plain, projection, .transposed)
                    let lengths = embedding.norms()
                    let logits = multiply(embedding.divided(rows: lengths), .plain, weight, .transposed)
                    let ofEmbedding = multiply(logits.surprise(), .plain, weight).divided(rows: lengths)
                    return norm.gradient(multiply(ofEmbedding, .plain, projection), at: token)
                })
        else { return nil }
        return { gradients($0) }
    }
}
