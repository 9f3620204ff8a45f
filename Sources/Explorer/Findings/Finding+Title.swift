import Analysis

extension Finding.Subject {
    /// One line that tells it from others.
    package var title: String {
        switch self {
        case .unit(let description):
            let best = description.concepts.first.map { "  \($0.concept) \(fixed(Double($0.score), 2))" } ?? ""
            return "unit \(description.unit.shortName)\(best)"
        case .intervention(let concept, _, let intervention, _):
            let beta = fixed(intervention.beta, 2, signed: intervention.operator == .adding)
            let sign = intervention.operator == .scaling ? "×" : ""
            return "\(concept) \(sign)\(beta), \(counted(intervention.units.count, "unit"))"
        case .steering(let concepts, _, let steering, _):
            let all = zip(concepts, steering.interventions).map { ($0, $1) }
            // Those that change nothing are not what it is about, unless none does.
            let acting = all.filter { $0.1.beta != $0.1.operator.identity }
            let parts = (acting.isEmpty ? all : acting).map { concept, intervention in
                intervention.operator == .scaling
                    ? "\(concept) ×\(fixed(intervention.beta, 2))"
                    : "\(concept) \(fixed(intervention.beta, 2, signed: true))"
            }
            return parts.joined(separator: ", ")
        }
    }

    /// ∆Acc on the concept's class; nil for a unit, and where no held-out image is of the class.
    var change: Double? {
        switch self {
        case .unit: return nil
        case .intervention(_, _, _, let outcome), .steering(_, _, _, let outcome):
            return outcome.classAccuracy.map { $0.after - $0.before }
        }
    }
}
