import Analysis

/// JSON of `replay`.
struct ReplayDocument: Encodable {
    struct Entry: Encodable {
        var concept: String
        var ranking: String
        var top: Int
        var `operator`: String
        var beta: Double
        var isMuted: Bool
    }

    struct Step: Encodable {
        var actions: Int
        var interventions: [Entry]
        var selected: Int
        /// Neurons or features.
        var units: String
        var `class`: String
        /// The classes counted on, where they are not the study's own.
        var classes: [String]?
        var accuracy: AccuracyChange
        var classAccuracy: AccuracyChange?
        var otherAccuracy: AccuracyChange?

        init(actions: Int, list: SteeringList, target: ConceptClass, outcome: InterventionOutcome) {
            self.actions = actions
            interventions = list.entries.map {
                Entry(
                    concept: $0.concept, ranking: $0.ranking.rawValue, top: $0.setSize, operator: $0.operator.rawValue,
                    beta: $0.beta, isMuted: $0.isMuted)
            }
            selected = list.selected
            units = list.units.rawValue
            classes = list.words?.names
            `class` = target.name
            accuracy = outcome.accuracy
            classAccuracy = outcome.classAccuracy
            otherAccuracy = outcome.otherAccuracy
        }

        /// Whether these are the figures of `outcome`; decimals round in their last digit.
        func agrees(with outcome: InterventionOutcome) -> Bool {
            let pairs: [(Double?, Double?)] = [
                (accuracy.after, outcome.accuracy.after), (classAccuracy?.after, outcome.classAccuracy?.after),
                (otherAccuracy?.after, outcome.otherAccuracy?.after), (accuracy.before, outcome.accuracy.before),
            ]
            return pairs.allSatisfy { abs(($0.0 ?? 0) - ($0.1 ?? 0)) < 1e-9 }
        }
    }

    var actions: Int
    var steps: [Step]
    /// Whether the last step has the figures that stood on the screen; absent where none were written.
    var agrees: Bool?
}
