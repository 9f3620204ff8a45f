/// Names one layer of a study.
public struct LayerReference: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The target model's name in the study.
    public var model: String
    /// The hook point: `norm`, `blocks.8`, `layer4`.
    public var layer: String
    /// How an image's tokens become one vector: `cls`, `mean`, `max`.
    public var pooling: String

    public init(model: String, layer: String, pooling: String) {
        self.model = model
        self.layer = layer
        self.pooling = pooling
    }

    public var description: String { "\(model) \(layer) (\(pooling))" }
}

/// A layer of a study as its list shows it.
public struct LayerFacts: Sendable, Hashable, Codable {
    public var reference: LayerReference
    /// Neurons.
    public var units: Int
    /// Images of both roles that the layer's activations are there of, of `images`.
    public var rows: Int
    public var images: Int

    public init(reference: LayerReference, units: Int, rows: Int, images: Int) {
        self.reference = reference
        self.units = units
        self.rows = rows
        self.images = images
    }

    public var isComplete: Bool { images > 0 && rows == images }
}

/// A concept set of a study as its list shows it.
public struct ConceptSetFacts: Sendable, Hashable, Codable {
    public var name: String
    /// Concepts in it.
    public var count: Int
    /// Of its words, in hexadecimal: two sets of one name differ by it.
    public var digest: String
    /// Whether units are described by it.
    public var isChosen: Bool

    public init(name: String, count: Int, digest: String, isChosen: Bool) {
        self.name = name
        self.count = count
        self.digest = digest
        self.isChosen = isChosen
    }
}

/// What follows the target layer, which decides how an intervention's effect is found out.
public enum RemainderKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Linear in the units: the accuracy at every β is exact and a look-up.
    case linear
    /// A layer norm and a linear head: a formula at every β.
    case normalized
    /// More of the network: run again from the layer, image by image.
    case resumed
    /// Nothing that gives classes: accuracy cannot be counted.
    case none
}
