import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

extension Workbench {
    /// Runs the target model and the image encoder over all images, or over the study's share of them, going on where an
    /// earlier run stopped.
    ///
    /// Memory: the models, four batches of pixels, one decoded image a core, the activations of one batch, which
    /// `TargetModel.batchSize` keeps near 64 MB, and about 350 bytes for each image (its path, label and place).
    public func extract(_ work: Work = Work()) throws {
        try readImages(work)
        try extract(probe, embedding: true, work)
        try extract(heldOut, embedding: false, work)
        guard plan.shard == nil else { return try recordShare() }
        try store.fileEmbeddings(embeddingFile(of: probe), encoder: conceptSpace.digest, set: probe.digest)
        _ = try embedConcepts(concepts + model.classes)
    }

    /// What the target model gives for some images, kept in two files of the study.
    struct Extraction {
        /// [N, units], or [N, tokens, units] where the rest of the network must be run again.
        var activations: Tensor
        /// Logits [N, classes]; of a CLIP, image embeddings of any length [N, d].
        var outputs: Tensor
    }

    /// The extraction of `images`, mapped from the study's files; nil while it is not whole.
    func extraction(of images: ImageSet) throws -> Extraction? {
        guard let activations = try store.values(of: activationFile(of: images)),
            let outputs = try store.values(of: outputFile(of: images))
        else { return nil }
        return Extraction(activations: activations, outputs: outputs)
    }

    /// The layer's output is kept for every token where an intervention has to resume the forward pass from it.
    func keepsTokens(of images: ImageSet) -> Bool {
        images.isHeldOut && model.linearRemainder(after: hookPoint, pooling: pooling) == nil
            && model.normalizedRemainder(after: hookPoint, pooling: pooling) == nil
    }

    /// The rest of the network, where it is a layer norm and a linear head.
    var normalizedRemainder: NormalizedRemainder? {
        classifier.normalizedRemainder(after: hookPoint, pooling: pooling).map(NormalizedRemainder.init)
    }

    /// The rest of the network, where it is linear in the pooled units.
    var remainder: LinearRemainder? {
        classifier.linearRemainder(after: hookPoint, pooling: pooling)
            .map { LinearRemainder(weights: $0.weight, bias: $0.bias.values, embedding: $0.embedding) }
    }

    /// Rows that this study computes: all, or its share.
    func rows(of images: ImageSet) -> Range<Int> {
        plan.shard?.rows(of: images.count, batchSize: model.batchSize) ?? 0..<images.count
    }

    // MARK: Files

    func activationKey(of images: ImageSet) -> Digest {
        let pooled = keepsTokens(of: images) ? "none" : pooling.rawValue
        return Digest("activations", model.digest(at: hookPoint), images.digest, hookPoint.name, pooled)
    }

    func activationFile(of images: ImageSet) -> ValueFile {
        let key = activationKey(of: images)
        let hasTokens = keepsTokens(of: images) && hookPoint.tokens > 1
        let item = hasTokens ? [hookPoint.tokens, hookPoint.width] : [hookPoint.width]
        return ValueFile(
            key: key, shape: [images.count] + item, metadata: ["key": "\(key)", "layer": hookPoint.name])
    }

    /// Logits, or of a CLIP what they are made from whatever its classes.
    func outputFile(of images: ImageSet) -> ValueFile {
        let point = outputPoint
        let key =
            point.map { Digest("outputs", model.digest(at: $0), images.digest, $0.name) }
            ?? Digest("logits", model.digest, images.digest)
        let width = point?.width ?? model.classes.count
        return ValueFile(key: key, shape: [images.count, width], metadata: ["key": "\(key)"])
    }

    /// Where a CLIP's image embedding is read; nil where the outputs are the logits.
    private var outputPoint: HookPoint? { (model as? CLIPZeroShot)?.imageEmbedding }

    /// The logits that `model` gives, the study's or the same over other classes: [N, classes]
    func logits(_ extraction: Extraction, of model: any TargetModel) -> Tensor {
        guard let point = outputPoint else { return extraction.outputs }
        let values = inBlocks(extraction.outputs) { model.logits(resumingFrom: point, $0).values }
        return Tensor([extraction.outputs.rows, model.classes.count], values)
    }

    /// The classes that the study's model predicts.
    func predictions(_ extraction: Extraction) -> [Int] {
        guard let point = outputPoint else { return extraction.outputs.argmax() }
        return inBlocks(extraction.outputs) { [model] in model.logits(resumingFrom: point, $0).argmax() }
    }

    private func inBlocks<Value: Sendable>(_ outputs: Tensor, _ body: @Sendable (Tensor) -> [Value]) -> [Value] {
        let size = 1024
        let blocks = parallelMap((outputs.rows + size - 1) / size) { block in
            body(outputs.rows(block * size..<min(outputs.rows, (block + 1) * size)))
        }
        return Array(blocks.joined())
    }

    func embeddingFile(of images: ImageSet) -> ValueFile {
        let key = Digest("image embeddings", conceptSpace.digest, images.digest)
        return ValueFile(key: key, shape: [images.count, conceptSpace.dimension], metadata: ["key": "\(key)"])
    }

    // MARK: The work

    /// Some images on their way: a batch of the target model's, the images of it that lack an embedding, or both.
    private struct Batch: Sendable {
        var rows: Range<Int>
        var needsActivations: Bool
        /// Positions in the set.
        var withoutEmbedding: [Int]
    }

    /// Both models over one set; each image is decoded once for both.
    private func extract(_ images: ImageSet, embedding: Bool, _ work: Work) throws {
        let rows = rows(of: images)
        let activations = try ValueWriter(activationFile(of: images), rows: rows, share: plan.shard, in: store)
        let outputs = try ValueWriter(outputFile(of: images), rows: rows, share: plan.shard, in: store)
        let completed = min(activations?.completedRows ?? rows.count, outputs?.completedRows ?? rows.count)
        let absent = embedding ? try absentEmbeddings(of: images, rows) : []
        let batches = batches(rows, completed: completed, withoutEmbedding: absent)
        guard !batches.isEmpty || activations != nil || outputs != nil else { return }

        let start = batches.first?.rows.lowerBound ?? rows.upperBound
        let meter = RateMeter(.activations, from: start, to: rows.upperBound)
        try work.advance(meter.progress(start))
        try pipelined(batches, prepare: { [self] batch in (batch, try pixels(of: images, batch)) }) { batch, pixels in
            if let space = pixels.space { try embed(space, batch.withoutEmbedding, of: images) }
            if let target = pixels.target {
                let (values, given) = try run(target, of: images, at: batch.rows)
                let place = batch.rows.lowerBound - rows.lowerBound..<batch.rows.upperBound - rows.lowerBound
                try activations?.append(values, at: place)
                try outputs?.append(given, at: place)
            }
            try work.advance(meter.progress(batch.rows.upperBound))
        }
        try activations?.finish()
        try outputs?.finish()
    }

    /// The batches that have something left to do.
    private func batches(_ rows: Range<Int>, completed: Int, withoutEmbedding absent: [Int]) -> [Batch] {
        var absent = absent[...]
        return stride(from: rows.lowerBound, to: rows.upperBound, by: model.batchSize).compactMap { first in
            let batch = first..<min(rows.upperBound, first + model.batchSize)
            let inBatch = absent.prefix { $0 < batch.upperBound }
            absent = absent.dropFirst(inBatch.count)
            let needsActivations = batch.upperBound - rows.lowerBound > completed
            guard needsActivations || !inBatch.isEmpty else { return nil }
            return Batch(rows: batch, needsActivations: needsActivations, withoutEmbedding: Array(inBatch))
        }
    }

    private func absentEmbeddings(of images: ImageSet, _ rows: Range<Int>) throws -> [Int] {
        try store.positionsWithoutEmbedding(encoder: conceptSpace.digest, set: images.digest).filter(rows.contains)
    }

    private func pixels(of images: ImageSet, _ batch: Batch) throws -> (target: Tensor?, space: Tensor?) {
        guard batch.needsActivations else {
            return (nil, try images.source.allPixels(batch.withoutEmbedding, for: [conceptSpace.modelInput])[0])
        }
        guard !batch.withoutEmbedding.isEmpty else {
            return (try images.source.allPixels(Array(batch.rows), for: [model.modelInput])[0], nil)
        }
        let both = try images.source.allPixels(Array(batch.rows), for: [model.modelInput, conceptSpace.modelInput])
        return (both[0], both[1].items(at: batch.withoutEmbedding.map { $0 - batch.rows.lowerBound }))
    }

    /// One batch through the target model: what the layer gives, pooled or whole, and the outputs.
    private func run(
        _ pixels: Tensor, of images: ImageSet, at rows: Range<Int>
    ) throws -> (activations: Tensor, outputs: Tensor) {
        var recorded = Tensor([0])
        var outputs: Tensor?
        var hooks = Hooks(at: hookPoint) { recorded = $0 }
        if let point = outputPoint { hooks.add(at: point) { outputs = $0 } }
        let logits = model.logits(pixels, hooks: hooks)
        if let bad = logits.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: model.name, image: images.source.name(of: rows.lowerBound + bad))
        }
        return (keepsTokens(of: images) ? recorded : pooling(recorded), outputs ?? logits)
    }

    private func embed(_ pixels: Tensor, _ positions: [Int], of images: ImageSet) throws {
        let embeddings = conceptSpace.embed(images: pixels)
        if let bad = embeddings.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: conceptSpace.name, image: images.source.name(of: positions[bad]))
        }
        try store.store(
            imageEmbeddings: embeddings.values, of: try positions.map(images.source.digest(of:)),
            encoder: conceptSpace.digest)
    }
}

extension TargetModel {
    var batchSize: Int { imagesAtOnce(through: hookPoints, input) }
}

/// Images a batch: as many as keep the activations in flight near 64 MB, from 8 to 256. It depends on the model alone, so
/// that a resumed run, a share and a whole run cut their batches alike.
func imagesAtOnce(through hookPoints: [HookPoint], _ input: ImageShape) -> Int {
    let widest = hookPoints.map { $0.tokens * $0.width }.max() ?? 1
    // A block holds about four copies of what it gives at once.
    let bytes = (4 * widest + input.count) * MemoryLayout<Float>.size
    let most = max(1, (64 << 20) / bytes)
    return min(256, max(8, 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)))
}

extension ImageSource {
    /// The images at `indices` for every model.
    ///
    /// - Throws: the first one's error where one cannot be read: it could be when the set was recorded.
    func allPixels(_ indices: [Int], for inputs: [ModelInput]) throws -> [Tensor] {
        let decoded = decoded(indices, for: inputs)
        if let failure = decoded.failures.first { throw failure.error }
        return decoded.pixels
    }
}

extension Tensor {
    /// The items of the first dimension at `indices`.
    func items(at indices: [Int]) -> Tensor {
        guard indices.count < shape[0] || indices != Array(0..<shape[0]) else { return self }
        let size = shape.dropFirst().reduce(1, *)
        return reshaped([shape[0], size]).rows(at: indices).reshaped([indices.count] + shape.dropFirst())
    }

    /// The first row with a NaN or an infinity.
    var firstNonFiniteRow: Int? {
        withUnsafe { values in values.firstIndex { !$0.isFinite }.map { $0 / columns } }
    }
}
