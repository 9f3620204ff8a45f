import Analysis

/// The list of interventions: add, select, mute, reorder, delete, undo and redo.
extension State {
    /// A new intervention below the selected one, its concept to be typed.
    mutating func addIntervention() {
        guard steer.list.entries.count < SteerState.mostEntries else {
            return tell("No more than \(SteerState.mostEntries) interventions at once")
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
            return tell("The last intervention stays; = resets it")
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
        guard let list else { return tell(otherwise) }
        steer.history.log(from: steer.list, to: list)
        let units = unitKind
        steer.list = list
        if units != unitKind { showUnits() }
        takeSelected()
    }

    /// Shows what belongs to the intervention that is selected now.
    private mutating func takeSelected() {
        if let found = steer.known[steer.list.active.request(for: unitKind)],
            locate.found.map({ LocateRequest(answeredBy: $0, units: unitKind) })
                != steer.list.active.request(for: unitKind) || locate.isEstimate
        {
            locate.found = found
            locate.isEstimate = false
            locate.cursor = ListCursor()
        }
        steer.takeOperator()
    }

    /// Takes an action's change of the list into the history.
    mutating func recordSteering(from list: SteeringList, after action: Action) {
        switch action {
        case .opened, .restored: break
        case .terminal(let event) where travels(event): break
        default:
            let run: SteeringHistory.Run? = steer.dragged != nil ? .dragging : focus == .concept ? .typing : nil
            steer.history.record(from: list, to: steer.list, run: run)
        }
    }

    /// Whether a key undoes or redoes, which the history has already taken in.
    private func travels(_ event: TerminalEvent) -> Bool {
        let key: Key
        switch event {
        case .key(let one), .hurried(let one): key = one
        default: return false
        }
        guard focus == .steering, overlay == nil else { return false }
        let command = KeyTable.command(for: key, in: scopes)
        return command == .undoSteering || command == .redoSteering
    }
}
