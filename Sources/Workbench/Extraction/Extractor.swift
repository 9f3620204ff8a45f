import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What an extraction had to run, for people and scripts.
package struct ExtractionReport: Sendable, Codable {
    /// Images that went through the image encoder of the concept space, and through each target model.
    package var embedded = 0
    package var run: [String: Int] = [:]
}

extension Study {
    /// Runs the target models and the image encoder over all images, or over the study's share of them, going on where an
    /// earlier run stopped. One forward pass of a model serves all its layers.
    ///
    /// Memory: the models, four batches of pixels, one decoded image a core, the activations of one batch, which
    /// `TargetModel.batchSize` keeps near 64 MB a layer (more only where four images a core are more), and about 350
    /// bytes for each image (its path, label and place).
    @discardableResult
    package func extract(_ work: Work = Work()) throws -> ExtractionReport {
        do {
            let images = try readImages(work)
            try store.putCopy()
            var report = ExtractionReport()
            let models = try layersByModel(layers())
            for (place, (_, layers)) in models.enumerated() {
                let note = models.count > 1 ? "model \(place + 1) of \(models.count)" : nil
                try run(layers, images, note: note, &report, work)
            }
            try finish(images, work)
            try store.putCopy()
            return report
        } catch {
            // What was stopped goes on from here.
            try? store.putCopy()
            throw error
        }
    }

    /// The same for one layer.
    ///
    /// - Parameter other: images in place of the held-out ones.
    func extract(_ layer: TargetLayer, insteadOfHeldOut other: ImageSet?, _ work: Work) throws {
        let images = try readImages(insteadOfHeldOut: other, work)
        var report = ExtractionReport()
        try run([layer], images, &report, work)
        try finish(images, work)
    }

    private func layersByModel(_ layers: [TargetLayer]) -> [(Int64, [TargetLayer])] {
        Dictionary(grouping: layers, by: \.target.id).sorted { $0.key < $1.key }
    }

    /// - Parameter note: which model it is, where there are several.
    private func run(
        _ layers: [TargetLayer], _ images: StudyImages, note: String? = nil, _ report: inout ExtractionReport,
        _ work: Work
    ) throws {
        let (probe, heldOut) = ((images.probe, true), (images.heldOut, false))
        // The same images in both roles share files: what is left of the second is known after the first.
        let isShared = images.heldOut.digest == images.probe.digest
        for sets in isShared ? [[probe], [heldOut]] : [[probe, heldOut]] {
            let passes = try sets.compactMap { try Pass(self, layers, $0, embedding: $1) }
            var meter = PassMeter(passes.map(\.extent), note: note)
            for pass in passes { try pass.run(&report, &meter, work) }
        }
    }

    /// What is made once both sets have gone through.
    private func finish(_ images: StudyImages, _ work: Work) throws {
        guard try shard == nil else { return try recordShare(images) }
        try store.fileEmbeddings(embeddingFile(of: images.probe), encoder: spaceFacts.digest, set: images.probe.digest)
        for layer in try layers() where try layer.isExtracted { try layer.summarize() }
        for set in try conceptSets() { try embedEach(set.concepts) }
        for target in try targets() { try embedConcepts(target.facts.classNames) }
    }

    func embeddingFile(of images: ImageSet) throws -> ValueFile {
        let facts = try spaceFacts
        let key = Digest("image embeddings", facts.digest, images.digest)
        return ValueFile(key: key, shape: [images.count, facts.dimension], metadata: ["key": "\(key)"])
    }
}

/// One target model over one set of images, for all its layers at once; each image is decoded once for all.
private struct Pass {
    let study: Study
    let model: any TargetModel
    let name: String
    let layers: [TargetLayer]
    let images: ImageSet
    let source: any ImageSource
    let share: Shard?
    let rows: Range<Int>
    /// Of the layers that are not whole, in their order.
    let activations: [(layer: TargetLayer, pooling: Pooling, writer: ValueWriter)]
    let outputs: ValueWriter?
    /// All of these.
    let writers: [ValueWriter]
    let batches: [Batch]
    /// Nil where no image lacks an embedding.
    let space: (any ConceptSpace)?

    /// Some images on their way: a batch of the target model's, the images of it that lack an embedding, or both.
    struct Batch: Sendable {
        var rows: Range<Int>
        var needsActivations: Bool
        /// Positions in the set.
        var withoutEmbedding: [Int]
    }

    /// Nil where nothing is left to do.
    init?(_ study: Study, _ layers: [TargetLayer], _ images: ImageSet, embedding: Bool) throws {
        guard let first = layers.first else { return nil }
        let store = study.store
        let share = try study.shard
        let size = first.target.facts.batchSize
        let rows = share?.rows(of: images.count, batchSize: size) ?? 0..<images.count
        func writer(_ file: ValueFile) throws -> ValueWriter? {
            try ValueWriter(file, rows: rows, share: share, in: store)
        }
        activations = try layers.flatMap { layer in
            try layer.activationFiles(of: images).compactMap { file in
                let isWhole = file.key == layer.tokenKey(of: images)
                return try writer(file).map { (layer, isWhole ? .none : layer.pooling, $0) }
            }
        }
        outputs = try first.outputFile(of: images).flatMap(writer)
        writers = activations.map(\.writer) + [outputs].compactMap { $0 }
        let completed = writers.map(\.completedRows).min() ?? rows.count
        let absent =
            embedding
            ? try store.positionsWithoutEmbedding(encoder: study.spaceFacts.digest, set: images.digest)
                .filter(rows.contains) : []
        batches = Self.batches(
            rows, of: imagesTogether(batchSize: size, cores: cores), completed: completed, withoutEmbedding: absent)
        guard !batches.isEmpty || !writers.isEmpty else { return nil }
        self.study = study
        (self.layers, self.images, self.share, self.rows) = (layers, images, share, rows)
        name = first.modelName
        source = try images.source
        model = try first.model
        space = absent.isEmpty ? nil : try study.conceptSpace
    }

    /// The batches that have something left to do.
    private static func batches(
        _ rows: Range<Int>, of size: Int, completed: Int, withoutEmbedding absent: [Int]
    ) -> [Batch] {
        var absent = absent[...]
        return blocks(of: rows, size: size).compactMap { batch in
            let inBatch = absent.prefix { $0 < batch.upperBound }
            absent = absent.dropFirst(inBatch.count)
            let needsActivations = batch.upperBound - rows.lowerBound > completed
            guard needsActivations || !inBatch.isEmpty else { return nil }
            return Batch(rows: batch, needsActivations: needsActivations, withoutEmbedding: Array(inBatch))
        }
    }

    /// How much there is, and how much of it is left.
    var extent: PassMeter.Extent {
        let start = batches.first?.rows.lowerBound ?? rows.upperBound
        return PassMeter.Extent(
            rows: rows.count, completed: start - rows.lowerBound,
            images: batches.reduce(0) { $0 + ($1.needsActivations ? $1.rows.count : 0) },
            embeddings: batches.reduce(0) { $0 + $1.withoutEmbedding.count })
    }

    func run(_ report: inout ExtractionReport, _ meter: inout PassMeter, _ work: Work) throws {
        try work.advance(meter.begin(extent))
        let (source, inputs) = (source, (target: model.modelInput, space: space?.modelInput))
        try pipelined(
            batches, prepare: { batch in (batch, try Self.pixels(of: source, batch, inputs.target, inputs.space)) }
        ) { batch, pixels in
            let began = ContinuousClock.now
            if let images = pixels.space { try embed(images, batch.withoutEmbedding) }
            let embedding = (ContinuousClock.now - began) / .seconds(1)
            if let images = pixels.target { try write(images, batch.rows) }
            report.embedded += batch.withoutEmbedding.count
            if batch.needsActivations { report.run[name, default: 0] += batch.rows.count }
            try work.advance(
                meter.finish(
                    to: batch.rows.upperBound - rows.lowerBound, images: batch.needsActivations ? batch.rows.count : 0,
                    embeddings: batch.withoutEmbedding.count, embeddingSeconds: embedding))
        }
        for writer in writers { try writer.finish() }
        try study.store.putCopy()
    }

    private static func pixels(
        of source: any ImageSource, _ batch: Batch, _ target: ModelInput, _ space: ModelInput?
    ) throws -> (target: Tensor?, space: Tensor?) {
        guard let space, !batch.withoutEmbedding.isEmpty else {
            return (try source.allPixels(Array(batch.rows), for: [target])[0], nil)
        }
        guard batch.needsActivations else {
            return (nil, try source.allPixels(batch.withoutEmbedding, for: [space])[0])
        }
        let both = try source.allPixels(Array(batch.rows), for: [target, space])
        return (both[0], both[1].items(at: batch.withoutEmbedding.map { $0 - batch.rows.lowerBound }))
    }

    /// One batch through the target model: what each layer gives, pooled or whole, and the outputs.
    private func write(_ pixels: Tensor, _ batch: Range<Int>) throws {
        var recorded = [Tensor](repeating: Tensor([0]), count: activations.count)
        var given: Tensor?
        var hooks = Hooks()
        for (index, (layer, pooling, _)) in activations.enumerated() {
            hooks.add(at: layer.hookPoint) { recorded[index] = pooling($0) }
        }
        if let point = layers[0].target.facts.outputPoint { hooks.add(at: point) { given = $0 } }
        // Of a model without a classifier these are its features, which nobody keeps.
        let logits = model.logits(pixels, hooks: hooks)
        if let bad = logits.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: model.name, image: source.name(of: batch.lowerBound + bad))
        }
        for (values, (layer, _, _)) in zip(recorded, activations) {
            guard let bad = values.firstNonFinite else { continue }
            throw WorkbenchError.notFiniteActivation(
                model: model.name, layer: layer.hookPoint.name,
                image: source.name(of: batch.lowerBound + (bad.place.first ?? 0)), place: Array(bad.place.dropFirst()))
        }
        let place = batch.lowerBound - rows.lowerBound..<batch.upperBound - rows.lowerBound
        for (values, (_, _, writer)) in zip(recorded, activations) { try writer.append(values, at: place) }
        try outputs?.append(given ?? logits, at: place)
        // So that another process can tell how far this one has come.
        try study.store.advance(Dictionary(uniqueKeysWithValues: writers.map { ($0.key, $0.completedRows) }))
        try study.store.putCopy(after: .seconds(120))
    }

    private func embed(_ pixels: Tensor, _ positions: [Int]) throws {
        guard let space else { return }
        let embeddings = space.embed(images: pixels)
        if let bad = embeddings.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: space.name, image: source.name(of: positions[bad]))
        }
        try study.store.store(
            imageEmbeddings: embeddings.values, of: try positions.map(source.digest(of:)), encoder: space.digest)
    }
}

extension TargetLayer {
    /// Runs what is missing of this layer alone; nothing is looked at where nothing is.
    package func extract(_ work: Work = Work()) throws {
        guard try !isExtracted else { return }
        try study.extract(self, insteadOfHeldOut: otherImages.map { try $0.value }, work)
    }
}

extension TargetModel {
    var batchSize: Int { imagesAtOnce(through: hookPoints, input) }
    /// Images to run at once here.
    var imagesTogether: Int { Workbench.imagesTogether(batchSize: batchSize, cores: cores) }
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

/// Images to run at once: whole batches, so many that every core has four images of its own. Cores that share one are only
/// partly used, one that has a single one waits for the slowest of them and reads all weights for it alone; and what a row is
/// does not depend on its batch.
package func imagesTogether(batchSize: Int, cores: Int) -> Int { (4 * cores + batchSize - 1) / batchSize * batchSize }

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
