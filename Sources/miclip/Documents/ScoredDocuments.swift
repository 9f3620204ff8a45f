import Analysis

/// JSON of a concept with its score.
struct ConceptDocument: Encodable {
    var concept: String
    var score: Float

    init(_ concept: RankedConcept) { (self.concept, score) = (concept.concept, concept.score) }
}

/// JSON of a unit with its score.
struct UnitDocument: Encodable {
    var unit: String
    var score: Float

    init(_ unit: RankedUnit) { (self.unit, score) = (unit.unit.description, unit.score) }
}
