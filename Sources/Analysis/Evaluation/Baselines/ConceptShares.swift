import LinearAlgebra

/// P(concept | image): the softmax, over a concept set, of a sharpness times the cosine of image and concept.
package struct ConceptShares: Sendable {
    /// E_i: unit rows [N, d]
    let images: Tensor
    package let sharpness: Float
    /// log Σ exp(sharpness × cosine) over the concept set, of each image.
    private let logSums: [Float]

    /// - Parameter concepts: the whole set, unit rows [M, d].
    package init(images: Tensor, concepts: Tensor, sharpness: Float) {
        (self.images, self.sharpness) = (images, sharpness)
        let block = max(1, min(1024, (1 << 22) / max(1, concepts.rows)))
        logSums = parallelMap(blocks(of: images.rows, size: block)) { range -> [Float] in
            multiply(images.rows(range), .plain, concepts, .transposed, alpha: sharpness).logSums()
        }.flatMap { $0 }
    }

    /// P of some of the set's concepts: [N, concepts.rows]
    package func shares(of concepts: Tensor) -> Tensor {
        let width = concepts.rows
        return Tensor([images.rows, width]) { target in
            // Each block writes rows of its own.
            nonisolated(unsafe) let target = target
            parallel(blocks(of: images.rows, size: 1024)) { range in
                var shares = multiply(images.rows(range), .plain, concepts, .transposed, alpha: sharpness)
                shares.applyExponential(lessRows: Array(logSums[range]))
                shares.withUnsafe { shares in
                    for at in shares.indices { target[range.lowerBound * width + at] = shares[at] }
                }
            }
        }
    }
}
