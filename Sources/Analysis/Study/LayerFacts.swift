/// Names one layer of a study.
package struct LayerReference: Sendable, Hashable, Codable, CustomStringConvertible {
    private enum CodingKeys: String, CodingKey { case model, layer, pooling, reader }

    /// The target model's name in the study.
    package var model: String
    /// The hook point: `norm`, `blocks.8`, `layer4`.
    package var layer: String
    /// How an image's tokens become one vector: `cls`, `mean`, `max`.
    package var pooling: String
    /// Who is asked for its classes; nil for whom the layer has by itself.
    package var reader: LayerReader?

    package init(model: String, layer: String, pooling: String, reader: LayerReader? = nil) {
        self.model = model
        self.layer = layer
        self.pooling = pooling
        self.reader = reader
    }

    package var description: String {
        "\(model) \(layer) (\(pooling))" + (reader.map { ", by a \($0.rawValue)" } ?? "")
    }

    /// The layer, whoever is asked.
    package var place: LayerReference { LayerReference(model: model, layer: layer, pooling: pooling) }
}

/// A layer of a study as its list shows it.
package struct LayerFacts: Sendable, Hashable, Codable {
    package var reference: LayerReference
    /// Neurons.
    package var units: Int
    /// Images of both roles that the layer's activations are there of, of `images`.
    package var rows: Int
    package var images: Int
    /// Who says which class an image is.
    package var reader = LayerReader.model
    /// Whether a probe head can be asked beside it: the probe images are labelled.
    package var offersProbeHead = false

    package init(reference: LayerReference, units: Int, rows: Int, images: Int) {
        self.reference = reference
        self.units = units
        self.rows = rows
        self.images = images
    }

    package var isComplete: Bool { images > 0 && rows == images }
}

/// A concept set of a study as its list shows it.
package struct ConceptSetFacts: Sendable, Hashable, Codable {
    package var name: String
    /// Concepts in it.
    package var count: Int
    /// Of its words, in hexadecimal: two sets of one name differ by it.
    package var digest: String
    /// Whether units are described by it.
    package var isChosen: Bool

    package init(name: String, count: Int, digest: String, isChosen: Bool) {
        self.name = name
        self.count = count
        self.digest = digest
        self.isChosen = isChosen
    }
}

/// What follows the target layer, which decides how an intervention's effect is found out.
package enum RemainderKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Linear in the units: the accuracy at every β is exact and a look-up.
    case linear
    /// A layer norm and a linear head: a formula at every β.
    case normalized
    /// More of the network: run again from the layer, image by image.
    case resumed
    /// Nothing that gives classes: accuracy cannot be counted.
    case none
}
