import Analysis
import Digests
import LinearAlgebra
import VisionModels

/// The tokens of some images at a layer, a block of images at a time: from the study's file where it keeps them, else by
/// forward passes. Nothing is kept, and a block is all that is held.
struct TokenPass {
    let target: TargetLayer
    let images: ImageSet
    /// T
    let tokens: Int
    private let file: ValueFile

    /// - Throws: `noTokens` where an image has one vector, or where neither its tokens nor its model are here.
    init(_ target: TargetLayer, of images: ImageSet) throws {
        tokens = target.tokenCount
        guard tokens > 1 else { throw target.noTokens }
        (self.target, self.images) = (target, images)
        file = target.tokenFile(of: images)
        guard try target.target.facts.isImported != true || target.store.isFinished(file.key) else {
            throw target.noTokens
        }
    }

    /// Whether no model need be run.
    var isKept: Bool { get throws { try target.store.isFinished(file.key) } }

    /// - Parameters:
    ///   - positions: of the images, ascending.
    ///   - each: takes the positions of a block, and its tokens [n, T, d].
    func run(_ positions: [Int], _ work: Work, each: ([Int], Tensor) throws -> Void) throws {
        let size = max(1, min(target.target.facts.batchSize, 8192 / tokens))
        let batches = blocks(of: positions.count, size: size).map { Array(positions[$0]) }
        let meter = RateMeter(.tokens, from: 0, to: positions.count)
        var done = 0
        try work.advance(meter.progress(0))
        func take(_ batch: [Int], _ values: Tensor) throws {
            try each(batch, values)
            done += batch.count
            try work.advance(meter.progress(done))
        }
        if let kept = try target.store.values(of: file) {
            for batch in batches {
                let rows = batch.flatMap { image in image * tokens..<(image + 1) * tokens }
                try take(batch, kept.rows(at: rows).reshaped([batch.count, tokens, kept.columns]))
                kept.release(rows: rows[0]..<rows[rows.count - 1] + 1)
            }
            return
        }
        let (model, source, point) = (try target.model, try images.source, target.hookPoint)
        let input = model.modelInput
        try pipelined(batches, prepare: { ($0, try source.allPixels($0, for: [input])[0]) }) { batch, pixels in
            let values = model.activations(at: point, of: pixels)
            if let bad = values.firstNonFinite {
                throw WorkbenchError.notFiniteActivation(
                    model: model.name, layer: point.name, image: source.name(of: batch[bad.place.first ?? 0]),
                    place: Array(bad.place.dropFirst()))
            }
            try take(batch, values)
        }
    }
}

extension TargetLayer {
    /// T, the vectors an image has at the layer.
    var tokenCount: Int { place.keptTokens ?? hookPoint.tokens }

    /// Of all that the tokens of some images depend on.
    func tokenKey(of images: ImageSet) -> Digest {
        Digest("activations", place.digest, images.digest, hookPoint.name, "none")
    }

    /// Every token of some images [N, T, d], where the study keeps them.
    func tokenFile(of images: ImageSet) -> ValueFile {
        let key = tokenKey(of: images)
        return ValueFile(
            key: key, shape: [images.count, tokenCount, hookPoint.width],
            metadata: ["key": "\(key)", "layer": hookPoint.name])
    }

    var noTokens: WorkbenchError {
        .noTokens(layer: hookPoint.name, isImported: target.facts.isImported == true)
    }
}
