import Analysis
import Digests
import Foundation
import LinearAlgebra

/// Held-out images with what units do on them: what explanations are scored on.
package struct ExplanationScoring: Sendable {
    package let images: ScoredImages
    /// Positions among the held-out images.
    package let positions: [Int]
    /// Pooled activations of the layer on them [N, d].
    private let activations: Tensor
    /// What features make of them: [positions, features]
    private let codes: Once<SparseRows>

    /// More images than these are a part, drawn once: their sorting takes a millisecond a unit.
    package static let most = 10_000

    init(_ layer: StudiedLayer, _ positions: [Int], _ work: Work) throws {
        let heldOut = try layer.heldOut
        self.positions = positions
        let isOther = layer.target.words != nil
        images = ScoredImages(
            embeddings: try layer.target.heldOutEmbeddings(positions, work),
            labels: isOther ? nil : positions.map { heldOut.labels[$0] }, classes: layer.classes,
            concepts: try layer.concepts)
        let pooled = try layer.pooledHeldOut(positions)
        activations = pooled
        codes = Once {
            guard let features = try layer.studiedFeatures(work) else { throw layer.target.noAutoencoder }
            guard features.space.autoencoder.pooling != nil else {
                return try features.space.autoencoder.encode(pooled, checkCancellation: work.checkCancelled)
            }
            return try layer.target.tokenCodes(features.own, of: layer.target.heldOut, work).rows(at: positions)
        }
    }

    /// Scores of a concept for each of some units.
    ///
    /// - Parameter concepts: one for each of `units`, of `set`.
    package func scores(
        _ units: [InternalUnit], concepts: [String], in set: ConceptSet, _ space: any UnitSpace, _ work: Work
    ) throws -> [ScoredExplanation] {
        let codes = space is FeatureSpace ? try codes.value.transposed() : nil
        var found: [ScoredExplanation] = []
        for block in blocks(of: units.count, size: 2048) {
            let own = units[block]
            var rows = Tensor([block.count, positions.count])
            for part in blocks(of: block.count, size: 64) {
                try work.checkCancelled()
                rows.withUnsafeMutable { rows in
                    for row in part { put(own[own.startIndex + row], into: rows, at: row * positions.count, codes) }
                }
            }
            found += try images.scores(
                rows, concepts: Array(concepts[block]), in: set, checkCancellation: work.checkCancelled)
        }
        return found
    }

    /// What a unit does on the images, from `start` on: of a feature, where it is active.
    private func put(
        _ unit: InternalUnit, into target: UnsafeMutableBufferPointer<Float>, at start: Int, _ codes: SparseRows?
    ) {
        if let codes {
            for at in codes.range(of: unit.index) { target[start + Int(codes.indices[at])] = codes.values[at] }
            return
        }
        let sign = unit.pole?.sign ?? 1
        activations.withUnsafe { a in
            for image in positions.indices {
                target[start + image] = sign * a[image * activations.columns + unit.index]
            }
        }
    }
}

extension StudiedLayer {
    /// The held-out images to score explanations on: all, or a part that is drawn once.
    ///
    /// - Parameter onlyQuickly: gives nil where the image encoder would run for long.
    package func scoring(onlyQuickly: Bool = false, _ work: Work = Work()) throws -> ExplanationScoring? {
        let positions = try heldOut.countingOrder.prefix(ExplanationScoring.most).sorted()
        if onlyQuickly, try !target.embedsQuickly(positions) { return nil }
        return try ExplanationScoring(self, positions, work)
    }

    /// Every unit's own description scored; nil where the image encoder would run for long.
    package func scoredDescriptions(
        _ kind: UnitKind, onlyQuickly: Bool = false, _ work: Work = Work()
    ) throws -> [InternalUnit: ScoredExplanation]? {
        if onlyQuickly, kind == .feature, let own = try studiedFeatures(work)?.own, own.autoencoder.pooling != nil,
            try !target.keepsTokenCodes(own, of: target.heldOut)
        {
            return nil
        }
        guard let scoring = try scoring(onlyQuickly: onlyQuickly, work) else { return nil }
        let space = try space(kind)
        let summaries = try space.summaries(checkCancellation: work.checkCancelled)
        guard !summaries.isEmpty else { return [:] }
        let scores = try scoring.scores(
            summaries.map(\.unit), concepts: summaries.map(\.concept.concept), in: concepts, space, work)
        return Dictionary(uniqueKeysWithValues: zip(summaries.map(\.unit), scores))
    }

    /// One vector an image of some held-out images: [positions, d]
    func pooledHeldOut(_ positions: [Int]) throws -> Tensor {
        let all = try heldOut.activations
        guard try target.keepsTokens(of: target.heldOut), all.shape.count == 3 else { return all.rows(at: positions) }
        let (tokens, width) = (all.shape[1], all.shape[2])
        var rows: [Float] = []
        rows.reserveCapacity(positions.count * width)
        for block in blocks(of: positions.count, size: 256) {
            let whole = all.rows(at: positions[block].flatMap { image in (0..<tokens).map { image * tokens + $0 } })
            rows += target.pooling(whole.reshaped([block.count, tokens, width])).values
        }
        return Tensor([positions.count, width], rows)
    }
}
