import Digests
import Foundation

/// A trained neuron encoder E_n, with what it was trained by and what training reported.
package struct AlignmentRun: Sendable, Hashable {
    /// Of all that produced the weights: activations, embeddings, parameters, seed.
    package var key: Digest
    /// Units of the layer: n.
    package var units: Int
    /// Dimensions of the concept space: d.
    package var width: Int
    /// W transposed, [n, d] row by row: row i is the embedding of unit i at activation 1.
    package var weights: [Float]
    /// What training reported: UTF-8 JSON, in a form that is the caller's own.
    package var report: Data

    /// - Precondition: `weights` holds `units` x `width` numbers.
    package init(key: Digest, units: Int, width: Int, weights: [Float], report: Data) {
        precondition(weights.count == units * width, "\(weights.count) weights for \(units) units of \(width)")
        self.key = key
        self.units = units
        self.width = width
        self.weights = weights
        self.report = report
    }
}
