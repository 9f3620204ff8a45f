import Analysis
import Cache
import Digests
import LinearAlgebra

extension TargetLayer {
    /// E_i of some held-out images, unit rows: from the study where they are there, else by the image encoder.
    ///
    /// - Parameter positions: ascending.
    func heldOutEmbeddings(_ positions: [Int], _ work: Work) throws -> Tensor {
        let (facts, set) = (try study.spaceFacts, try heldOut)
        let key = Digest(
            "held-out embeddings 1", facts.digest, set.digest, Digest(combining: positions.map(String.init)))
        if let kept = try study.keptTensors(key)?["embeddings"], kept.shape == [positions.count, facts.dimension] {
            return kept
        }
        let source = try set.source
        let digests = try positions.map(source.digest(of:))
        var known = try store.imageEmbeddings(encoder: facts.digest, of: digests)
        let absent = positions.indices.filter { known[digests[$0]] == nil }
        if !absent.isEmpty {
            let space = try study.conceptSpace
            try work.batches(.embedding, from: 0, to: absent.count, size: 64) { range in
                let batch = absent[range]
                let pixels = try source.allPixels(batch.map { positions[$0] }, for: [space.modelInput])[0]
                let embeddings = space.embed(images: pixels)
                if !store.isReadOnly {
                    try store.store(
                        imageEmbeddings: embeddings.values, of: batch.map { digests[$0] }, encoder: space.digest)
                }
                for (row, at) in batch.enumerated() { known[digests[at]] = embeddings.row(row) }
            }
        }
        let embeddings = Tensor([positions.count, facts.dimension], digests.flatMap { known[$0] ?? [] })
        study.keep(["embeddings": embeddings], key)
        return embeddings
    }

    /// Whether that is there already, or comes within a few seconds.
    func embedsQuickly(_ positions: [Int]) throws -> Bool {
        let space = try study.spaceFacts
        let absent = try Set(store.positionsWithoutEmbedding(encoder: space.digest, set: heldOut.digest))
        guard !absent.isEmpty else { return true }
        let missing = positions.count { absent.contains($0) }
        return try missing == 0 || missing * study.conceptSpace.input.count <= Self.quickPixels
    }

    /// Values of pixels that any image encoder goes through in a few seconds: 10,000 pictures of 28 x 28, or 200 of
    /// 224 x 224.
    private static let quickPixels = 1 << 25
}
