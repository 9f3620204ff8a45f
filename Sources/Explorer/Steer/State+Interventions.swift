import Analysis

/// The list of interventions: add, select, mute, reorder, delete, undo and redo.
extension State {
    /// A new intervention below the selected one, its concept to be typed.
    mutating func addIntervention() {
        guard steer.list.entries.count < SteerState.mostEntries else {
            message = Message(text: "No more than \(SteerState.mostEntries) interventions at once", tone: .plain)
            return
        }
        var entry = steer.list.active
        (entry.scalingBeta, entry.addingBeta, entry.isMuted) = (1, 0, false)
        let position = steer.list.selected + 1
        steer.list.apply(.insert(entry, entry: position))
        steer.list.apply(.select(entry: position))
        focusConcept()
    }

    mutating func deleteIntervention() {
        guard steer.list.entries.count > 1 else {
            message = Message(text: "The last intervention stays; = resets it", tone: .plain)
            return
        }
        steer.list.apply(.remove(entry: steer.list.selected))
        takeSelected()
    }

    mutating func selectIntervention(_ position: Int) {
        steer.list.apply(.select(entry: position))
        takeSelected()
    }

    /// Moves the selected intervention up or down in the order they act in.
    mutating func moveIntervention(by step: Int) {
        let (from, to) = (steer.list.selected, steer.list.selected + step)
        guard steer.list.entries.indices.contains(to) else { return }
        steer.list.apply(.exchange(entry: from, with: to))
        steer.list.apply(.select(entry: to))
    }

    mutating func muteIntervention() { steer.list.active.isMuted.toggle() }

    /// Scales the selected intervention's units by `beta`.
    mutating func preset(_ beta: Double, _ study: OpenStudy) {
        choose(.scaling)
        set(.scaling, to: beta, study)
    }

    mutating func undoSteering() { travel(steer.history.undo(from: steer.list), "Nothing to undo") }

    mutating func redoSteering() { travel(steer.history.redo(from: steer.list), "Nothing to redo") }

    private mutating func travel(_ list: SteeringList?, _ otherwise: String) {
        guard let list else {
            message = Message(text: otherwise, tone: .plain)
            return
        }
        steer.history.log(from: steer.list, to: list)
        let units = unitKind
        steer.list = list
        if units != unitKind { showUnits() }
        takeSelected()
    }

    /// Shows what belongs to the intervention that is selected now.
    mutating func takeSelected() {
        let entry = steer.list.active
        if locate.field.text.trimmed != entry.concept { locate.field = TextField(entry.concept) }
        locate.ranking = entry.ranking
        if let found = steer.known[entry.request(for: unitKind)], found != locate.found {
            locate.found = found
            locate.cursor = ListCursor()
        }
        switch (steer.row, entry.operator) {
        case (.scaling, .adding): steer.row = .adding
        case (.adding, .scaling): steer.row = .scaling
        default: break
        }
    }

    /// The selected intervention is on the concept in the field.
    mutating func settleSteering() {
        guard study != nil else { return }
        steer.list.active.concept = locate.field.text.trimmed
        steer.list.active.ranking = locate.ranking
    }

    /// Remembers the units of a concept in the list.
    mutating func learn(_ found: Localization) {
        let request = LocateRequest(
            concept: found.concept, ranking: found.ranking, units: found.units.first?.unit.kind ?? unitKind)
        guard steer.list.entries.contains(where: { $0.request(for: request.units) == request }) else { return }
        if steer.known.count > 200 {
            let wanted = Set(steer.list.entries.map { $0.request(for: unitKind) })
            steer.known = steer.known.filter { wanted.contains($0.key) }
        }
        steer.known[request] = found
    }

    /// Asks for the units of an intervention that holds, where they are not known: after a start, or an undo.
    mutating func heldRequest() -> Effect? {
        let missing = steer.list.entries.enumerated().first { position, entry in
            position != steer.list.selected && !entry.concept.isEmpty
                && steer.known[entry.request(for: unitKind)] == nil
        }
        guard let (_, entry) = missing, let job = jobs.start(.locateHeld, for: entry.request(for: unitKind)) else {
            return nil
        }
        return .locate(concept: entry.concept, entry.ranking, unitKind, job)
    }
}
