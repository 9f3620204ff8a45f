import Analysis

/// What the units of a concept are asked by.
struct LocateRequest: Hashable, Sendable {
    var concept: String
    var ranking: Ranking
    var units: UnitKind

    init(concept: String, ranking: Ranking, units: UnitKind) {
        self.concept = concept
        self.ranking = ranking
        self.units = units
    }

    /// What a list of units answers.
    init(answeredBy found: Localization, units: UnitKind) {
        self.init(
            concept: found.concept, ranking: found.ranking, units: found.units.first?.unit.kind ?? units)
    }
}

extension SteeringEntry {
    /// What its units are located by.
    func request(for units: UnitKind) -> LocateRequest {
        LocateRequest(concept: concept, ranking: ranking, units: units)
    }
}
