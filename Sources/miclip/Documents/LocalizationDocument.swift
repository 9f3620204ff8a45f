import Analysis

/// JSON of `locate`.
struct LocalizationDocument: Encodable {
    var concept: String
    var units: [UnitDocument]
    var ranking: String
    var `class`: String
    var classOrigin: String
    var nearest: NearestConcept?

    init(_ found: Localization) {
        concept = found.concept
        units = found.units.map(UnitDocument.init)
        ranking = found.ranking.rawValue
        `class` = found.target.name
        classOrigin = found.target.origin.rawValue
        nearest = found.nearest
    }
}
