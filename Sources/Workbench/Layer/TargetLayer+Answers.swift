import Analysis
import Digests
import LinearAlgebra
import VisionModels

/// What images are taken for, by whoever reads the layer.
extension TargetLayer {
    /// The logits that the model gives over some classes, its own or others: [N, classes]
    private func logits(_ outputs: Tensor, of model: any TargetModel) -> Tensor {
        guard let point = target.facts.outputPoint else { return outputs }
        let values = inBlocks(outputs) { model.logits(resumingFrom: point, $0).values }
        return Tensor([outputs.rows, model.classes.count], values)
    }

    /// Over the study's classes: [N, classes]
    ///
    /// - Throws: `noAnswers` where nobody says which class an image is.
    func logits(_ extraction: Extraction, of images: ImageSet) throws -> Tensor {
        if let head = try readingHead() { return try logits(of: head, extraction, images) }
        guard let outputs = extraction.outputs, reader != .none else { throw noAnswers }
        return target.facts.outputPoint == nil ? outputs : logits(outputs, of: try model)
    }

    /// Over the classes that are counted: [N, classes]
    func countedLogits(_ extraction: Extraction) throws -> Tensor {
        guard reader == .model, let outputs = extraction.outputs, target.facts.outputPoint != nil else {
            return try logits(extraction, of: heldOut)
        }
        return logits(outputs, of: try classifier)
    }

    /// The classes that the probe images are taken for.
    func predictions(_ extraction: Extraction) throws -> [Int] {
        if reader == .none { return try nearestConcepts() }
        guard reader == .model, let outputs = extraction.outputs, let point = target.facts.outputPoint else {
            return inBlocks(try logits(extraction, of: probe)) { $0.argmax() }
        }
        let model = try model
        return inBlocks(outputs) { model.logits(resumingFrom: point, $0).argmax() }
    }

    /// Where nobody says which class a probe image is: the concept that the concept space finds nearest to it, among
    /// `classNames`.
    private func nearestConcepts() throws -> [Int] {
        let (images, concepts) = (try probeEmbeddings(), try embedConcepts(classNames))
        return inBlocks(images) { multiply($0, .plain, concepts, .transposed).argmax() }
    }

    private func inBlocks<Value: Sendable>(_ outputs: Tensor, _ body: @Sendable (Tensor) -> [Value]) -> [Value] {
        let parts = parallelMap(blocks(of: outputs.rows, size: 1024)) { range in
            defer { outputs.release(rows: range) }
            return body(outputs.rows(range))
        }
        return Array(parts.joined())
    }

    // MARK: A head

    /// One vector an image: [N, units]
    func pooled(_ extraction: Extraction, of images: ImageSet) throws -> Tensor {
        guard extraction.activations.shape.count == 3 else { return extraction.activations }
        let tokens = extraction.activations
        let key = Digest("pooled 1", activationKey(of: images), pooling.rawValue)
        if let kept = try study.keptTensors(key)?["activations"] { return kept }
        let (count, size, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2])
        let parts = parallelMap(blocks(of: count, size: 64)) { [pooling] range in
            let rows = range.lowerBound * size..<range.upperBound * size
            defer { tokens.release(rows: rows) }
            return pooling(tokens.rows(rows).reshaped([range.count, size, width])).values
        }
        let result = Tensor([count, width], Array(parts.joined()))
        study.keep(["activations": result], key)
        return result
    }

    /// V a + b of every image, kept where it is large: [N, classes]
    private func logits(of head: ReadingHead, _ extraction: Extraction, _ images: ImageSet) throws -> Tensor {
        let vectors = try pooled(extraction, of: images)
        let key = try Digest("logits of a head 1", activationKey(of: images), readerKey()?.description ?? "")
        let isLarge = vectors.rows * head.linear.bias.count > 1 << 22
        if isLarge, let kept = try study.keptTensors(key)?["logits"] { return kept }
        let parts = parallelMap(blocks(of: vectors.rows, size: 1024)) { range in
            defer { vectors.release(rows: range) }
            return head.linear.logits(vectors.rows(range)).values
        }
        let logits = Tensor([vectors.rows, head.linear.bias.count], Array(parts.joined()))
        guard isLarge else { return logits }
        study.keep(["logits": logits], key)
        return try study.keptTensors(key)?["logits"] ?? logits
    }

    /// Of all that answers on some images depend on but the words of classes.
    func answersKey(of images: ImageSet) throws -> Digest {
        if let key = try readerKey() { return Digest("answers", key, activationKey(of: images)) }
        guard let file = outputFile(of: images) else { throw notExtracted }
        return file.key
    }

    var noAnswers: WorkbenchError { .noAnswers(layer: hookPoint.name) }
}
