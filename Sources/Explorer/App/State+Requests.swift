import Analysis

extension State {
    /// Effects for what the screen needs and nobody has asked for yet. Derived from the state as a whole, so that no
    /// key, click or result has to remember what it makes necessary.
    mutating func requests() -> [Effect] {
        let beside = workRequests() + newStudyRequests()
        guard let study else { return beside }
        let layers = layerRequests() + evaluationRequests() + beside
        // First the classes, which all that follows is counted on.
        guard steer.list.words == study.words else {
            return layers + (jobs.start(.words, for: steer.list.words).map { [.reword(steer.list.words, $0)] } ?? [])
        }
        var effects: [Effect] = []
        if let request = locateRequest, let job = jobs.start(.locate, for: request) {
            effects.append(.locate(concept: request.concept, request.ranking, request.units, job))
        }
        let layout = layout
        if let unit = wantedUnit, layout[.profile] != nil || layout.detail != nil,
            let job = jobs.start(.profile, for: unit)
        {
            effects.append(.profile(unit, job))
        }
        effects += steeringRequests(study, layout)
        if screen == .map || countsCategories || units.lacksCategories,
            let job = jobs.start(.map, for: MapRequest(units: unitKind, attempt: map.attempt))
        {
            effects.append(.map(unitKind, job))
        }
        if let held = heldRequest() { effects.append(held) }
        effects += inspectRequests(study)
        effects += compareRequests()
        if case .sheet = overlay, let unit = wantedUnit, let job = jobs.start(.sheet, for: unit) {
            effects.append(.sheet(unit, job))
        }
        effects += coverRequests()
        effects += compareUnitRequests()
        effects += conceptPairRequests()
        effects += layerComparisonRequests()
        effects += circuitRequests(study)
        effects += heatRequests()
        // Last: of all units, none is waited for.
        if let job = jobs.start(.list, for: unitKind) { effects.append(.listUnits(unitKind, job)) }
        if units.kind == unitKind, !units.isMeasured(unitKind),
            let job = jobs.start(.quality, for: unitKind)
        {
            effects.append(.measureUnits(unitKind, job))
        }
        return effects + layers
    }
}
