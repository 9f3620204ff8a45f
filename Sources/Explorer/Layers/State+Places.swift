import Analysis

/// The layer on show, and the place in each.
extension State {
    /// Takes in a layer that was opened: the study's first, or the one that was chosen; or the same one described by
    /// another concept set.
    mutating func open(_ facts: StudyFacts, _ job: Job?) {
        if let job, !jobs.accept(job) { return }
        if job?.kind == .conceptSet { return describeAnew(facts) }
        let place = place
        if let place { layers.places[place.layer] = place }
        let next = OpenStudy(facts)
        stage = .open(next)
        forgetEvaluation()
        forgetCircuits(of: facts.reference)
        let comparison = jobs.stop(.layerComparison)
        jobs.forgetAll(but: .work)
        let list = layers.wantedList
        (layers.wanted, layers.progress, layerComparison.progress) = (nil, nil, nil)
        layerComparison.abandoned = comparison
        let reference = facts.reference
        reset()
        findings.mark(in: next)
        take(layers.places[reference] ?? place?.carried(to: reference) ?? LayerPlace(layer: reference), next)
        // Something to look at before the first key, with the focus where every key is a command.
        if concept.text.isEmpty, let first = facts.classes.first { steer.list.active.concept = first }
        if !facts.reader.rankings.contains(ranking) { ranking = facts.reader.standardRanking }
        steer.history = SteeringHistory(from: steer.list)
        if place == nil { focus = home }
        if overlay == nil { overlay = list }
    }

    /// Begins anew: nothing is known of the layer yet.
    private mutating func reset() {
        let (recent, showsHeat) = (locate.recent, profile.heat.isShown)
        (compare, conceptPair) = (CompareState(), ConceptPairState())
        (profile, locate, units, map) = (
            ProfileState(), LocateState(), UnitsState(classes: study?.facts.classes ?? []), MapState()
        )
        (locate.recent, profile.heat.isShown) = (recent, showsHeat)
        let halfWidth = steer.halfWidth
        steer = SteerState()
        steer.halfWidth = halfWidth
    }

    /// Goes to a place in the layer on show.
    private mutating func take(_ place: LayerPlace, _ study: OpenStudy) {
        layers.places[place.layer] = nil
        steer.list = study.fitting(place.steering)
        steer.takeOperator()
        if let unit = place.located {
            locate.wanted = (steer.list.active.concept, unit)
            // Asked anew, so that the unit is selected in its answer.
            jobs.forget(.locate)
        }
        (units.sort, units.isReversed, units.filter) = (place.sort, place.isReversed, TextField(place.filter))
        place.listed.map { units.select($0) }
        map.coloring = place.coloring
        place.mapped.map { map.select($0) }
    }

    /// Where the user is in the layer on show; nil before one is.
    var place: LayerPlace? {
        guard let study else { return nil }
        return LayerPlace(
            layer: study.facts.reference, steering: steer.list,
            located: locate.found == nil ? locate.wanted?.unit : locate.selectedUnit,
            listed: units.wanted ?? units.selected?.unit, mapped: map.wanted ?? map.selectedPoint?.unit,
            sort: units.sort, isReversed: units.isReversed, filter: units.filter.text, coloring: map.coloring)
    }

    /// Asks for everything that the words of the concept set are part of.
    private mutating func describeAnew(_ facts: StudyFacts) {
        guard let study, let place else { return }
        stage = .open(study.described(facts))
        layers.wantedSet = nil
        forgetEvaluation()
        jobs.forget(.conceptPair, .conceptSet, .locate, .locateHeld, .profile, .list, .quality, .map)
        steer.known = [:]
        layerComparison = LayerComparisonState()
        profile.shown = nil
        units.forget()
        map.forget()
        place.listed.map { units.select($0) }
        place.mapped.map { map.select($0) }
        if let set = facts.conceptSets.first(where: \.isChosen) {
            tell("Units are described by \(set.name), \(counted(set.count, "concept"))", .success)
        }
    }

    /// The place to come back to.
    package var session: Session {
        var places = layers.places
        if let place { places[place.layer] = place }
        return Session(
            screen: screen, theme: appearance.isChosen ? appearance.theme?.name : nil,
            layer: layers.wanted ?? study?.facts.reference,
            places: places.values.sorted { $0.layer.description < $1.layer.description }, recent: locate.recent,
            columns: unitColumns)
    }

    /// Goes to the place of an earlier session.
    mutating func restore(_ session: Session) {
        guard let study else { return }
        screen = session.screen
        locate.recent = session.recent
        unitColumns = session.columns
        for place in session.places { layers.places[place.layer] = place }
        if let place = layers.places[study.facts.reference] {
            let first = steer.list.active.concept
            take(place, study)
            if steer.list.active.concept.isEmpty { steer.list.active.concept = first }
            steer.history = SteeringHistory(from: steer.list)
        }
        if let layer = session.layer, layer != study.facts.reference,
            study.layers.contains(where: {
                $0.reference == layer.place && $0.isComplete && (layer.reader == nil || $0.offersProbeHead)
            })
        {
            layers.wanted = layer
        }
        if let theme = appearance.themes.firstIndex(where: { $0.name == session.theme }), !appearance.isChosen {
            appearance.selected = theme
            appearance.isChosen = true
        }
        focus = home
    }
}

extension OpenStudy {
    /// A list of interventions without what this study has not, or not any longer.
    func fitting(_ list: SteeringList) -> SteeringList {
        var list = list
        if facts.features == 0 { list.units = .neuron }
        if ownWords == nil { list.words = nil }
        for (position, entry) in list.entries.enumerated() {
            list.apply(.size(max(1, min(SteerState.largestSet, entry.setSize)), entry: position))
            list.apply(.scale(to: Slider.scaling.snapped(entry.scalingBeta), entry: position))
            list.apply(.add(to: adding.snapped(entry.addingBeta), entry: position))
        }
        return list
    }
}
