import Foundation
import LinearAlgebra

/// A concept that units are located by.
package struct ConceptQuery: Sendable {
    package var concept: String
    /// Its unit vector in the concept space.
    package var embedding: [Float]
    package var ranking: Ranking

    package init(_ concept: String, embedding: [Float], ranking: Ranking = .standard) {
        self.concept = concept
        self.embedding = embedding
        self.ranking = ranking
    }

    /// Weights of images by how much more similar to the concept than usual they are, exp(2 z) with z the standardised
    /// cosine, which puts the weight on a few in a hundred of them whatever the concept space's scale; they sum to 1.
    /// Nil where all are alike.
    ///
    /// - Parameter images: E_i, unit rows [N, d].
    func weights(of images: Tensor) -> [Float]? {
        let similarities = rowDots(images, embedding)
        let count = Float(max(1, similarities.count))
        let mean = similarities.reduce(0, +) / count
        let variance = similarities.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) } / count
        guard variance > 0 else { return nil }
        let sharpness = 2 / variance.squareRoot()
        var weights = similarities.map { exp(sharpness * ($0 - mean)) }
        let sum = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= sum }
        return weights
    }
}
