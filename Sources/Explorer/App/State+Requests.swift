import Analysis

/// What the units of a concept were asked by.
struct LocateRequest: Hashable, Sendable {
    var concept: String
    var ranking: Ranking
    var units: UnitKind
}

/// What was asked to be counted.
struct CountRequest: Hashable, Sendable {
    var steering: Steering
    var target: ConceptClass
    var halfWidth: Double?

    /// Whether an outcome is as sharp as was asked for.
    func isEnough(_ outcome: InterventionOutcome) -> Bool {
        outcome.isComplete || halfWidth.map { outcome.halfWidth <= $0 } ?? false
    }
}

/// Which layout was asked for.
struct MapRequest: Hashable, Sendable {
    var units: UnitKind
    var attempt: Int
}

/// What was asked to be shown image by image; again as the count goes on.
struct InspectRequest: Hashable, Sendable {
    var steering: Steering
    var images: Int
}

extension State {
    /// The unit whose profile the present screen shows.
    var wantedUnit: InternalUnit? {
        switch screen {
        case .locate, .steer: return locate.selectedUnit
        case .units: return units.selected?.unit
        case .map: return map.selectedPoint?.unit
        case .findings:
            if case .unit(let description) = findings.selected?.subject { return description.unit }
            return nil
        }
    }

    /// Effects for what the screen needs and nobody has asked for yet. Derived from the state as a whole, so that no
    /// key, click or result has to remember what it makes necessary.
    mutating func requests() -> [Effect] {
        guard let study else { return [] }
        // First the classes, which all that follows is counted on.
        guard steer.list.words == study.words else {
            return jobs.start(.words, for: steer.list.words).map { [.reword(steer.list.words, $0)] } ?? []
        }
        var effects: [Effect] = []
        let concept = locate.field.text.trimmed
        if !concept.isEmpty {
            let request = LocateRequest(concept: concept, ranking: locate.ranking, units: unitKind)
            if let job = jobs.start(.locate, for: request) {
                effects.append(.locate(concept: concept, locate.ranking, unitKind, job))
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
        if screen == .map, let job = jobs.start(.map, for: MapRequest(units: unitKind, attempt: map.attempt)) {
            effects.append(.map(unitKind, job))
        }
        if let held = heldRequest() { effects.append(held) }
        if case .changes = overlay, let steering {
            let request = InspectRequest(steering: steering, images: readOut?.outcome.images ?? 0)
            if let job = jobs.start(.inspect, for: request) { effects.append(.inspect(steering, job)) }
        }
        // Last: of all units, none is waited for.
        if let job = jobs.start(.list, for: unitKind) { effects.append(.listUnits(unitKind, job)) }
        if units.all.first?.unit.kind == unitKind, !units.isMeasured(unitKind),
            let job = jobs.start(.quality, for: unitKind)
        {
            effects.append(.measureUnits(unitKind, job))
        }
        return effects
    }

    private mutating func steeringRequests(_ subject: SteerState.Subject, _ study: OpenStudy) -> [Effect] {
        if study.isLinear {
            return jobs.start(.curve, for: subject).map {
                [.curve(subject.steering, target: subject.target, over: sliderRange(study), $0)]
            } ?? []
        }
        var effects: [Effect] = []
        let request = CountRequest(
            steering: subject.steering.at(steer.beta), target: subject.target, halfWidth: steer.halfWidth)
        if let job = jobs.start(.count, for: request) {
            effects.append(.count(request.steering, target: request.target, within: request.halfWidth, job))
        }
        if study.isClosedForm, let job = jobs.start(.curve, for: subject) {
            let range = sliderRange(study)
            let betas = (0...80).map {
                range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 80
            }
            effects.append(.sweep(subject.steering, target: subject.target, at: betas, job))
        }
        return effects
    }

    /// The β the slider in force can take.
    private func sliderRange(_ study: OpenStudy) -> ClosedRange<Double> {
        (steer.operator == .scaling ? Slider.scaling : study.adding).range
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
