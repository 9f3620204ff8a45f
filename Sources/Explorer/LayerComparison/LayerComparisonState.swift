import Analysis

/// The layer on show beside another layer, or another checkpoint, of the study.
package struct LayerComparisonState: Sendable {
    package struct Subject: Sendable, Hashable {
        package var first: LayerReference
        package var second: LayerReference
        package var units: UnitKind
    }

    /// What was found in this session.
    package internal(set) var known: [Subject: Known] = [:]
    package internal(set) var progress: WorkProgress?
    /// Grows each time it is gone on with, so that it is asked for anew.
    var attempt = 0
    /// Of a layer that is not on show any more: to be stopped.
    var abandoned: Job?

    /// Lets go of what was found of a layer: its encoder or its features are others now.
    mutating func forget(_ layer: LayerReference) {
        known = known.filter { $0.key.first.place != layer.place && $0.key.second.place != layer.place }
    }

    /// A comparison with its tables, ready to be shown.
    package struct Known: Sendable {
        package let sections: [ReportSection]
        let units: UnitKind
        /// The most alike first.
        let pairs: [UnitMatch]
        /// Concepts that did not stay, of each fate those whose strength changed most first.
        let moves: [ComparedLayers.Move]
        /// Of each neuron the concept that describes it best, by its + pole where it has two.
        let concepts: (first: [Int: String], second: [Int: String])
        let isSigned: (first: Bool, second: Bool)

        init(_ found: ComparedLayers) {
            (sections, units) = (found.sections, found.units)
            pairs = found.pairs.sorted { abs($0.correlation) > abs($1.correlation) }
            moves = [ConceptFate.gained, .lost, .moved].flatMap { fate in
                found.moves.filter { $0.move.fate == fate }.sorted { abs($0.gain) > abs($1.gain) }
            }
            func names(_ units: (ConceptMove) -> [InternalUnit]) -> ([Int: String], isSigned: Bool) {
                var (names, isSigned) = ([Int: String](), false)
                for move in found.moves {
                    for unit in units(move.move) {
                        if unit.pole != nil { isSigned = true }
                        if unit.pole != .negative { names[unit.index] = move.move.concept }
                    }
                }
                return (names, isSigned)
            }
            let (first, second) = (names(\.before), names(\.after))
            concepts = (first.0, second.0)
            isSigned = (first.isSigned, second.isSigned)
        }
    }

    /// A job's subject: what was asked for, for which time.
    struct Asked: Hashable, Sendable {
        var subject: Subject
        var attempt: Int
    }

    /// A line of the overlay.
    package enum Line: Sendable, Hashable {
        case title(String)
        case sentence(String)
        case columns(String)
        case row(String)
        case pairs
        case pair(UnitMatch)
        case moves
        case move(ComparedLayers.Move)
        case blank
    }
}

extension LayerComparisonState.Line: TableLine {
    var place: TablePlace {
        switch self {
        case .columns, .pairs, .moves: .head
        case .row, .pair, .move: .row
        case .title, .sentence, .blank: .outside
        }
    }
}

/// What the overlay compares.
package struct LayerComparisonPlace: Sendable, Equatable {
    package var other: LayerReference
    package var cursor = ListCursor()
    /// Whether Enter goes to the unit of the other layer.
    package var isOnOther = false
}

extension State {
    /// c in the list of layers: the layer on show beside the one under the cursor.
    mutating func compareLayers() {
        guard case .layers(let cursor) = overlay, let study, study.layers.indices.contains(cursor.selected) else {
            return
        }
        let layer = study.layers[cursor.selected]
        guard layer.reference != study.facts.reference.place else {
            return tell("That is the layer on show; another one can be compared with it")
        }
        guard layer.isComplete else {
            return tell("\(study.name(of: layer.reference)) is not whole yet; Enter goes there and computes it")
        }
        layerComparison.attempt += 1
        overlay = .layerComparison(LayerComparisonPlace(other: layer.reference))
    }

    var layerComparisonSubject: LayerComparisonState.Subject? {
        guard case .layerComparison(let place) = overlay, let study else { return nil }
        return LayerComparisonState.Subject(first: study.facts.reference, second: place.other, units: unitKind)
    }

    /// What is known of the two layers on show.
    var comparedLayers: LayerComparisonState.Known? { layerComparisonSubject.flatMap { layerComparison.known[$0] } }

    /// The lines for a width: the tables, with every pair below them, and every concept that did not stay in place of
    /// their cells.
    func layerComparisonLines(width: Int) -> [LayerComparisonState.Line] {
        guard let known = comparedLayers else { return [] }
        var lines: [LayerComparisonState.Line] = []
        for (place, section) in known.sections.enumerated() {
            let isConcepts = place == 1
            var section = section
            if isConcepts { (section.columns, section.rows) = ([], []) }
            lines += EvaluationLine.lines(of: [section], width: width, skipped: nil).map { line in
                switch line {
                case .title(let text): .title(text)
                case .sentence(let text): .sentence(text)
                case .columns(let text): .columns(text)
                case .row(let text): .row(text)
                case .blank: .blank
                }
            }
            if place == 0, !known.pairs.isEmpty { lines += [.blank, .pairs] + known.pairs.map { .pair($0) } }
            if isConcepts, !known.moves.isEmpty { lines += [.blank, .moves] + known.moves.map { .move($0) } }
            lines.append(.blank)
        }
        return lines.dropLast()
    }

    func layerComparisonList(in size: Size) -> ListPanel {
        let area = OverlayLayout.evaluation(in: size).rows
        return ListPanel(cursor: \.overlayCursor, lines: layerComparisonLines(width: area.width), area: area)
    }

    /// The unit that a line leads to, in the layer on show or in the other.
    private func unit(of line: LayerComparisonState.Line, _ place: LayerComparisonPlace) -> InternalUnit? {
        guard let study, let known = comparedLayers else { return nil }
        switch line {
        case .pair(let pair):
            let isSigned = place.isOnOther ? known.isSigned.second : known.isSigned.first
            return InternalUnit(
                layer: place.isOnOther ? place.other.layer : study.facts.layer,
                index: place.isOnOther ? pair.second : pair.first, pole: isSigned ? .positive : nil, kind: known.units)
        case .move(let found): return (place.isOnOther ? found.move.after : found.move.before).first
        case .title, .sentence, .columns, .row, .pairs, .moves, .blank: return nil
        }
    }

    /// The unit under the cursor, in the layer on show or in the other.
    package var comparedUnit: InternalUnit? {
        guard case .layerComparison(let place) = overlay else { return nil }
        let lines = layerComparisonLines(width: OverlayLayout.evaluation(in: size).rows.width)
        return lines.indices.contains(place.cursor.selected) ? unit(of: lines[place.cursor.selected], place) : nil
    }

    /// Enter: to the unit under the cursor, in its layer; on with what was stopped.
    mutating func acceptLayerComparison(_ place: LayerComparisonPlace) {
        guard let study else { return }
        guard comparedLayers != nil else {
            if !jobs.isRunning(.layerComparison) { layerComparison.attempt += 1 }
            return
        }
        guard let unit = comparedUnit else {
            return tell("No unit of that layer on this line; → and ← change the layer")
        }
        go(to: unit, of: place.isOnOther ? place.other : study.facts.reference)
    }

    mutating func switchComparedLayer() {
        guard case .layerComparison(var place) = overlay else { return }
        place.isOnOther.toggle()
        overlay = .layerComparison(place)
    }

    /// Esc: stops comparing; where nothing runs, puts it away.
    mutating func cancelLayerComparison() -> [Effect] {
        if !jobs.isRunning(.layerComparison) { overlay = nil }
        layerComparison.progress = nil
        return jobs.stop(.layerComparison).map { [.cancel($0)] } ?? []
    }

    mutating func layerComparisonRequests() -> [Effect] {
        var effects: [Effect] = []
        if let job = layerComparison.abandoned {
            layerComparison.abandoned = nil
            effects.append(.cancel(job))
        }
        guard let subject = layerComparisonSubject, layerComparison.known[subject] == nil else { return effects }
        let asked = LayerComparisonState.Asked(subject: subject, attempt: layerComparison.attempt)
        if let job = jobs.start(.layerComparison, for: asked) {
            effects.append(.compareLayers(with: subject.second, subject.units, job))
        }
        return effects
    }

    mutating func take(_ found: ComparedLayers, _ job: Job) {
        guard jobs.accept(job), let asked = jobs.subject(.layerComparison) as? LayerComparisonState.Asked else {
            return
        }
        layerComparison.progress = nil
        layerComparison.known[asked.subject] = LayerComparisonState.Known(found)
        guard asked.subject == layerComparisonSubject, case .layerComparison(var place) = overlay,
            place.cursor.selected == 0
        else { return }
        // Enter leads somewhere at once: the cursor begins at the first pair.
        let lines = layerComparisonLines(width: OverlayLayout.evaluation(in: size).rows.width)
        guard let first = lines.firstIndex(where: { unit(of: $0, place) != nil }) else { return }
        place.cursor.jump(to: first)
        overlay = .layerComparison(place)
    }
}
