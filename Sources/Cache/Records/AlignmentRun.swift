import Digests
import Foundation

/// A trained neuron encoder E_n, with what it was trained by and what training reported.
public struct AlignmentRun: Sendable, Hashable {
    /// Of all that produced the weights: activations, embeddings, parameters, seed.
    public var key: Digest
    /// The trainer's parameters: UTF-8 JSON, in a form that is the caller's own.
    public var parameters: Data
    /// Units of the layer: n.
    public var units: Int
    /// Dimensions of the concept space: d.
    public var width: Int
    /// W transposed, [n, d] row by row: row i is the embedding of unit i at activation 1.
    public var weights: [Float]
    /// What training reported: UTF-8 JSON, likewise.
    public var report: Data
    /// Seconds since 1970.
    public var created: Double

    /// - Precondition: `weights` holds `units` x `width` numbers.
    public init(
        key: Digest, parameters: Data, units: Int, width: Int, weights: [Float], report: Data, created: Double
    ) {
        precondition(weights.count == units * width, "\(weights.count) weights for \(units) units of \(width)")
        self.key = key
        self.parameters = parameters
        self.units = units
        self.width = width
        self.weights = weights
        self.report = report
        self.created = created
    }
}
