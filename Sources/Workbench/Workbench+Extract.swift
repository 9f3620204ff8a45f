import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

extension Workbench {
    /// Images a batch: what is lost at most when the work is killed.
    static let batchSize = 256

    /// Runs the target model and the image encoder over all images, going on where an earlier run stopped.
    public func extract(_ work: Work = Work()) throws {
        for images in [probe, heldOut] {
            if try store.images(inSet: images.digest) == nil {
                let source = images.source
                let records = try (0..<images.count).map { index in
                    ImageRecord(
                        digest: try source.digest(of: index), name: source.name(of: index), label: source.labels?[index]
                    )
                }
                try store.recordImages(records, set: images.digest)
            }
            try extractActivations(of: images, work)
        }
        try embedImages(of: probe, work)
        _ = try embedConcepts(concepts + model.classes)
    }

    /// What the target model gives for some images, kept in two files of the study.
    struct Extraction {
        /// [N, units], or [N, tokens, units] where the rest of the network must be run again.
        var activations: Tensor
        /// [N, classes]
        var logits: Tensor
    }

    /// The extraction of `images`, mapped from the study's files; nil while it is not whole.
    func extraction(of images: ImageSet) throws -> Extraction? {
        guard let activations = try stored(activationRecord(of: images), shape: activationShape(of: images)),
            let logits = try stored(logitRecord(of: images), shape: [images.count, model.classes.count])
        else { return nil }
        return Extraction(activations: activations, logits: logits)
    }

    /// The layer's output is kept for every token where an intervention has to resume the forward pass from it.
    func keepsTokens(of images: ImageSet) -> Bool {
        remainder == nil && normalizedRemainder == nil && images.digest == heldOut.digest
    }

    /// The rest of the network, where it is a layer norm and a linear head.
    var normalizedRemainder: NormalizedRemainder? {
        model.normalizedRemainder(after: hookPoint, pooling: pooling).map(NormalizedRemainder.init)
    }

    /// The rest of the network, where it is linear in the pooled units.
    var remainder: LinearRemainder? {
        model.linearRemainder(after: hookPoint, pooling: pooling)
            .map { LinearRemainder(weights: $0.weight, bias: $0.bias.values) }
    }

    private func activationShape(of images: ImageSet) -> [Int] {
        keepsTokens(of: images)
            ? [images.count, hookPoint.tokens, hookPoint.width] : [images.count, hookPoint.width]
    }

    func activationKey(of images: ImageSet) -> Digest {
        let pooled = keepsTokens(of: images) ? "none" : pooling.rawValue
        return Digest("activations", model.digest, images.digest, hookPoint.name, pooled)
    }

    private func activationRecord(of images: ImageSet) -> ActivationSet {
        let key = activationKey(of: images)
        return ActivationSet(
            key: key, fileName: "\(key).safetensors", rows: images.count, width: hookPoint.width,
            tokens: keepsTokens(of: images) ? hookPoint.tokens : 1, created: Date().timeIntervalSince1970)
    }

    private func logitRecord(of images: ImageSet) -> ActivationSet {
        let key = Digest("logits", model.digest, images.digest)
        return ActivationSet(
            key: key, fileName: "\(key).safetensors", rows: images.count, width: model.classes.count,
            created: Date().timeIntervalSince1970)
    }

    /// The tensor of a finished record; nil where it is not finished or its file is gone.
    private func stored(_ record: ActivationSet, shape: [Int]) throws -> Tensor? {
        guard try store.activations(record.key)?.isFinished == true, let file = url(of: record),
            FileManager.default.fileExists(atPath: file.path)
        else { return nil }
        return try Checkpoint(file).tensor("activations", shape: shape)
    }

    private func url(of record: ActivationSet) -> URL? { store.activationsFolder?.appending(path: record.fileName) }

    private func extractActivations(of images: ImageSet, _ work: Work) throws {
        guard try extraction(of: images) == nil else { return }
        let records = [activationRecord(of: images), logitRecord(of: images)]
        for record in records {
            // A file that is gone or was never finished is made again from what its partial file holds.
            try store.forgetActivations(record.key)
            _ = try store.beginActivations(record)
        }
        guard let activationURL = url(of: records[0]), let logitURL = url(of: records[1]) else { return }
        var activationFile = try ActivationFile(
            activationURL, tensor: "activations", shape: activationShape(of: images),
            metadata: ["key": "\(records[0].key)", "layer": hookPoint.name])
        var logitFile = try ActivationFile(
            logitURL, tensor: "activations", shape: [images.count, model.classes.count],
            metadata: ["key": "\(records[1].key)"])
        let start = min(activationFile.completedRows, logitFile.completedRows)
        try work.batches(.activations, from: start, to: images.count, size: Self.batchSize) { batch in
            let (activations, logits) = try run(images, batch)
            try activationFile.append(activations, at: batch)
            try logitFile.append(logits, at: batch)
        }
        try activationFile.finish()
        try logitFile.finish()
        for record in records { try store.finishActivations(record.key) }
    }

    /// One batch through the target model: what the layer gives, pooled or whole, and the logits.
    private func run(_ images: ImageSet, _ batch: Range<Int>) throws -> (activations: Tensor, logits: Tensor) {
        let pixels = try images.source.pixels(batch, as: model.preprocessing, for: model.input)
        var recorded = Tensor([0])
        let logits = model.logits(pixels, hooks: Hooks(at: hookPoint) { recorded = $0 })
        if let bad = logits.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: model.name, image: images.source.name(of: batch.lowerBound + bad))
        }
        return (keepsTokens(of: images) ? recorded : pooling(recorded), logits)
    }

    private func embedImages(of images: ImageSet, _ work: Work) throws {
        let absent = try store.imageEmbeddings(encoder: conceptSpace.digest, set: images.digest).absent
        guard !absent.isEmpty else { return }
        let done = images.count - absent.count
        try work.batches(.embedding, from: done, to: images.count, size: Self.batchSize) { range in
            let batch = Array(absent[(range.lowerBound - done)..<(range.upperBound - done)])
            let embeddings = conceptSpace.embed(
                images: try images.source.pixels(batch, as: conceptSpace.preprocessing, for: conceptSpace.input))
            try store.store(
                imageEmbeddings: embeddings.values, of: try batch.map(images.source.digest(of:)),
                encoder: conceptSpace.digest)
        }
    }

    /// Embeddings of concepts in the study's prompt template, from the cache where they are there: unit rows.
    func embedConcepts(_ names: [String]) throws -> Tensor {
        let texts = names.map { plan.promptTemplate.replacingOccurrences(of: "{}", with: $0) }
        let known = try store.conceptEmbeddings(encoder: conceptSpace.digest, of: texts)
        guard !known.isComplete else { return Tensor([texts.count, known.width], known.values) }
        let absent = known.absent.map { texts[$0] }
        let fresh = conceptSpace.embed(concepts: absent)
        if !store.isReadOnly {
            try store.store(conceptEmbeddings: fresh.values, of: absent, encoder: conceptSpace.digest)
        }
        var values =
            known.width == 0 ? Tensor([texts.count, fresh.columns]) : Tensor([texts.count, known.width], known.values)
        for (row, position) in known.absent.enumerated() {
            for column in 0..<fresh.columns { values[position, column] = fresh[row, column] }
        }
        return values
    }
}

extension ActivationFile {
    /// Appends the rows of `batch` that the file does not hold yet.
    fileprivate mutating func append(_ rows: Tensor, at batch: Range<Int>) throws {
        let skipped = completedRows - batch.lowerBound
        guard skipped < batch.count else { return }
        try append(
            skipped > 0
                ? rows.rows(at: Array(skipped * rows.rowsPerItem..<rows.rows))
                    .reshaped([batch.count - skipped] + rows.shape.dropFirst()) : rows)
    }
}

extension Tensor {
    /// Matrix rows in one item of the first dimension.
    fileprivate var rowsPerItem: Int { shape.dropFirst().dropLast().reduce(1, *) }

    /// The first row with a NaN or an infinity.
    fileprivate var firstNonFiniteRow: Int? {
        withUnsafe { values in values.firstIndex { !$0.isFinite }.map { $0 / columns } }
    }
}
