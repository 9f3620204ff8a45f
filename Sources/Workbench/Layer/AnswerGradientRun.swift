import Analysis
import Digests
import LinearAlgebra
import VisionModels

extension TargetLayer {
    /// What gradients of the model's own answer say of each probe image, from the study's file of them; where it is not whole
    /// yet, the images go through the model and back, from where an earlier run stopped: [N, 2 units].
    ///
    /// First ∂ log p_ĉ/∂a, summed over the tokens that an intervention acts on (the class token, or all of them), then the
    /// same sum of a_i ∂ log p_ĉ/∂a_i.
    func answerGradients(_ work: Work) throws -> Tensor {
        let images = try probe
        let file = answerGradientFile(of: images)
        if let known = try store.values(of: file) { return known }
        let model = try model
        guard let gradients = model.answerGradients(at: hookPoint) else {
            throw WorkbenchError.noAttribution(layer: hookPoint.name)
        }
        let writer = try store.isReadOnly ? nil : ValueWriter(file, rows: 0..<images.count, share: nil, in: store)
        let size = model.imagesTogether
        let start = (writer?.completedRows ?? 0) / size * size
        let batches = Array(blocks(of: start..<images.count, size: size))
        let (source, input) = (try images.source, model.modelInput)
        let meter = RateMeter(.gradients, from: start, to: images.count)
        var made: [Float] = []
        try work.advance(meter.progress(start))
        try pipelined(batches, prepare: { ($0, try source.allPixels(Array($0), for: [input])[0]) }) { batch, pixels in
            let tokens = model.activations(at: hookPoint, of: pixels)
            let rows = edited(gradients(tokens), tokens)
            if let writer { try writer.append(rows, at: batch) } else { made += rows.values }
            try work.advance(meter.progress(batch.upperBound))
        }
        guard let writer else { return Tensor(file.shape, made) }
        try writer.finish()
        guard let kept = try store.values(of: file) else { throw notExtracted }
        return kept
    }

    /// Of an imported layer it is written at once.
    func answerGradientFile(of images: ImageSet) -> ValueFile {
        ValueFile(
            key: Digest("answer gradients 1", activationKey(of: images), target.facts.digest),
            shape: [images.count, 2 * hookPoint.width], metadata: ["layer": hookPoint.name])
    }

    /// Sums over the tokens that an intervention acts on: of gradients [B, T, D], and of them times activations. [B, 2 D]
    private func edited(_ gradients: Tensor, _ activations: Tensor) -> Tensor {
        let (batch, tokens, width) = (gradients.shape[0], gradients.shape[1], gradients.shape[2])
        var sums = Tensor([batch, 2 * width])
        sums.withUnsafeMutable { sums in
            gradients.withUnsafe { g in
                activations.withUnsafe { a in
                    for image in 0..<batch {
                        for token in 0..<(pooling == .cls ? 1 : tokens) {
                            let at = (image * tokens + token) * width
                            for i in 0..<width {
                                sums[image * 2 * width + i] += g[at + i]
                                sums[image * 2 * width + width + i] += g[at + i] * a[at + i]
                            }
                        }
                    }
                }
            }
        }
        return sums
    }
}
