import Analysis

/// Choosing a layer, and a concept set.
extension State {
    mutating func showLayers(_ study: OpenStudy) {
        let current = (layers.wanted ?? study.facts.reference).place
        var cursor = ListCursor()
        cursor.jump(to: study.layers.firstIndex { $0.reference == current } ?? 0)
        overlay = .layers(cursor)
    }

    mutating func showConceptSets(_ study: OpenStudy) {
        guard !study.facts.conceptSets.isEmpty else { return tell("No concept sets are known of this study") }
        var cursor = ListCursor()
        cursor.jump(to: study.facts.conceptSets.firstIndex(where: \.isChosen) ?? 0)
        overlay = .conceptSets(cursor)
    }

    mutating func chooseLayer(_ row: Int) -> [Effect] {
        overlay = nil
        guard let study, study.layers.indices.contains(row) else { return [] }
        let reference = study.layers[row].reference
        // The one on show: whatever was on its way is not wanted any more.
        if reference == study.facts.reference { return stopChoosingLayer() }
        layers.wanted = reference
        return []
    }

    /// Goes to a unit on Units, in the layer on show or in another of the study: there once that is open.
    mutating func go(to unit: InternalUnit, of layer: LayerReference) {
        overlay = nil
        if layer == study?.facts.reference {
            layers.wanted = nil
            units.filter = TextField()
            units.select(unit)
        } else {
            var place = layers.places[layer] ?? self.place?.carried(to: layer) ?? LayerPlace(layer: layer)
            (place.listed, place.filter) = (unit, "")
            layers.places[layer] = place
            layers.wanted = layer
        }
        (screen, focus) = (.units, .table)
    }

    /// Opens a layer as a linear reader of it would answer.
    mutating func chooseProbeHead() -> [Effect] {
        guard case .layers(let cursor) = overlay, let study, study.layers.indices.contains(cursor.selected) else {
            return []
        }
        let layer = study.layers[cursor.selected]
        guard layer.offersProbeHead else {
            tell(
                layer.reader == .model
                    ? "A probe head needs a layer that is whole, and labelled probe images"
                    : "Its classes come from a linear reader already")
            return []
        }
        overlay = nil
        var reference = layer.reference
        reference.reader = .probe
        if reference == study.facts.reference { return stopChoosingLayer() }
        layers.wanted = reference
        return []
    }

    mutating func chooseConceptSet(_ row: Int) -> [Effect] {
        overlay = nil
        guard let sets = study?.facts.conceptSets, sets.indices.contains(row) else { return [] }
        if sets[row].isChosen { return stopChoosingConceptSet() }
        layers.wantedSet = sets[row].name
        return []
    }

    /// Lets go of a layer that is on its way.
    mutating func stopChoosingLayer() -> [Effect] {
        let job = jobs.stop(.layer)
        jobs.forget(.layer)
        (layers.wanted, layers.progress) = (nil, nil)
        return job.map { [.cancel($0)] } ?? []
    }

    mutating func stopChoosingConceptSet() -> [Effect] {
        let job = jobs.stop(.conceptSet)
        jobs.forget(.conceptSet)
        layers.wantedSet = nil
        return job.map { [.cancel($0)] } ?? []
    }

    /// Asks for the layer or the concept set that was chosen.
    mutating func layerRequests() -> [Effect] {
        var effects: [Effect] = []
        if let wanted = layers.wanted, let job = jobs.start(.layer, for: wanted) {
            effects.append(.chooseLayer(wanted, job))
        }
        if let wanted = layers.wantedSet, let job = jobs.start(.conceptSet, for: wanted) {
            effects.append(.chooseConceptSet(wanted, job))
        }
        return effects
    }
}
