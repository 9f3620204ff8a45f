import Analysis

/// What the units of a concept were asked by.
struct LocateRequest: Hashable, Sendable {
    var concept: String
    var ranking: Ranking
    var units: UnitKind
}

/// What was asked to be counted.
struct CountRequest: Hashable, Sendable {
    var intervention: Intervention
    var target: ConceptClass
}

extension State {
    /// The unit whose profile the present screen shows.
    var wantedUnit: InternalUnit? {
        switch screen {
        case .locate, .steer: return locate.selectedUnit
        case .units: return units.selected?.unit
        case .findings:
            if case .unit(let description) = findings.selected?.subject { return description.unit }
            return nil
        }
    }

    /// Effects for what the screen needs and nobody has asked for yet. Derived from the state as a whole, so that no
    /// key, click or result has to remember what it makes necessary.
    mutating func requests() -> [Effect] {
        guard let study else { return [] }
        var effects: [Effect] = []
        let concept = locate.field.text.trimmed
        if !concept.isEmpty {
            let request = LocateRequest(concept: concept, ranking: locate.ranking, units: unitKind)
            if let job = jobs.start(.locate, for: request) {
                effects.append(.locate(concept: concept, locate.ranking, job))
            }
        }
        if let unit = wantedUnit, layout[.profile] != nil || layout.detail != nil,
            let job = jobs.start(.profile, for: unit)
        {
            effects.append(.profile(unit, job))
        }
        if layout[.steering] != nil, let subject = steerSubject {
            effects += steeringRequests(subject, study)
        }
        // Last: of all units, none is waited for.
        if let job = jobs.start(.list, for: "\(study.facts.layer) \(unitKind)") { effects.append(.listUnits(job)) }
        return effects
    }

    private mutating func steeringRequests(_ subject: SteerState.Subject, _ study: OpenStudy) -> [Effect] {
        if study.isLinear {
            return jobs.start(.curve, for: subject).map {
                [.curve(units: subject.units, subject.operator, target: subject.target, $0)]
            } ?? []
        }
        let request = CountRequest(intervention: subject.intervention(at: steer.beta), target: subject.target)
        return jobs.start(.count, for: request).map { [.count(request.intervention, target: request.target, $0)] } ?? []
    }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
