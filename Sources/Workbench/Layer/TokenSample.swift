import Analysis
import Digests
import LinearAlgebra

/// Some tokens of every probe image, in a file of the study: what an autoencoder of tokens is trained on.
extension TargetLayer {
    /// The sample, mapped: [N · perImage, d]. Where the study has it not yet, images go through the model (or their kept tokens
    /// are read), from where an earlier run stopped.
    ///
    /// Which tokens of an image are taken hangs on the seed and the image's place alone; none is taken twice.
    func tokenSample(_ sampling: TokenSampling, seed: UInt64, _ work: Work) throws -> Tensor {
        let images = try probe
        let pass = try TokenPass(self, of: images)
        let count = min(sampling.perImage, pass.tokens)
        let file = ValueFile(
            key: Digest("token sample 1", tokenKey(of: images), "\(count) \(seed)"),
            shape: [images.count, count, hookPoint.width], metadata: ["layer": hookPoint.name])
        if try store.values(of: file) == nil,
            let writer = try ValueWriter(file, rows: 0..<images.count, share: nil, in: store)
        {
            try pass.run(Array(writer.completedRows..<images.count), work) { batch, tokens in
                let rows = batch.enumerated().flatMap { at, image in
                    Self.drawn(count, of: pass.tokens, seed: seed, image: image).map { at * pass.tokens + $0 }
                }
                try writer.append(
                    tokens.rows(at: rows).reshaped([batch.count, count, tokens.columns]),
                    at: batch[0]..<batch[batch.count - 1] + 1)
                try store.advance([writer.key: writer.completedRows])
            }
            try writer.finish()
        }
        guard let sample = try store.values(of: file) else { throw notExtracted }
        return sample.reshaped([images.count * count, hookPoint.width])
    }

    /// Some of an image's tokens, ascending.
    static func drawn(_ count: Int, of tokens: Int, seed: UInt64, image: Int) -> [Int] {
        guard count < tokens else { return Array(0..<tokens) }
        var random = SeededGenerator(seed: seed &+ UInt64(image + 1) &* 0xD1B5_4A32_D192_ED03)
        return Array(Array(0..<tokens).shuffled(using: &random)[..<count]).sorted()
    }
}
