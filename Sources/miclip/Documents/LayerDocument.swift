import Analysis

/// JSON of a layer in the list of a study's.
struct LayerDocument: Encodable {
    var model: String
    var layer: String
    var pooling: String
    var units: Int
    /// Images of both roles that it is there of.
    var rows: Int
    var images: Int
    var complete: Bool

    init(_ facts: LayerFacts) {
        (model, layer, pooling) = (facts.reference.model, facts.reference.layer, facts.reference.pooling)
        (units, rows, images, complete) = (facts.units, facts.rows, facts.images, facts.isComplete)
    }
}
