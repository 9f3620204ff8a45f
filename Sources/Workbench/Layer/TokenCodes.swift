import Analysis
import Digests
import LinearAlgebra

/// What an autoencoder of tokens makes of images: the codes of all their tokens, pooled, and kept, as they took a forward pass.
extension TargetLayer {
    /// The most held-out images that an autoencoder of tokens is measured on.
    static let measuredImages = 2000

    /// Pooled codes: [N, features]
    func tokenCodes(_ own: StudiedAutoencoder, of images: ImageSet, _ work: Work) throws -> SparseRows {
        let key = tokenCodesKey(own, of: images)
        let features = own.autoencoder.count
        if let kept = try study.keptTensors(key).flatMap({ SparseRows(tensors: $0, columns: features) }),
            kept.rows == images.count
        {
            return kept
        }
        var parts: [SparseRows] = []
        try TokenPass(self, of: images).run(Array(0..<images.count), work) { _, tokens in
            parts.append(own.autoencoder.encode(images: tokens))
        }
        let codes = SparseRows(columns: features, joining: parts)
        study.keep(codes.tensors, key)
        return codes
    }

    /// Whether asking for them runs nothing.
    func keepsTokenCodes(_ own: StudiedAutoencoder, of images: ImageSet) throws -> Bool {
        try store.isFinished(tokenCodesKey(own, of: images))
    }

    private func tokenCodesKey(_ own: StudiedAutoencoder, of images: ImageSet) -> Digest {
        Digest("token codes 1", own.key.description, tokenKey(of: images))
    }

    /// How well an autoencoder describes the tokens of held-out images, of which it takes `measuredImages` evenly.
    func measureTokens(_ autoencoder: SparseAutoencoder, _ work: Work) throws -> AutoencoderMeter {
        let images = try heldOut
        let count = min(images.count, Self.measuredImages)
        var meter = AutoencoderMeter(autoencoder)
        try TokenPass(self, of: images).run((0..<count).map { $0 * images.count / count }, work) { _, tokens in
            for rows in blocks(of: tokens.rows, size: 2048) { meter.add(tokens.rows(rows)) }
        }
        return meter
    }
}

extension SparseRows {
    /// As a file has them: elements a row, columns and values. Columns are below 2^24, so float32 has each exactly.
    fileprivate var tensors: [String: Tensor] {
        [
            "counts": Tensor([rows], (0..<rows).map { Float(range(of: $0).count) }),
            "columns": Tensor([indices.count], indices.map { Float($0) }), "values": Tensor([values.count], values),
        ]
    }

    /// Nil where the tensors are no such rows.
    fileprivate init?(tensors: [String: Tensor], columns: Int) {
        guard let counts = tensors["counts"]?.values, let places = tensors["columns"]?.values,
            let values = tensors["values"]?.values, places.count == values.count,
            counts.allSatisfy({ $0 >= 0 }), places.allSatisfy({ $0 >= 0 && $0 < Float(columns) })
        else { return nil }
        let offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int($1)) }
        guard offsets.last == values.count else { return nil }
        self.init(columns: columns, offsets: offsets, indices: places.map { Int32($0) }, values: values)
    }
}
