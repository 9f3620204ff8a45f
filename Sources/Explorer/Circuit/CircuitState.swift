import Analysis

/// A walk through circuits: from a unit to those that it moves, and back.
package struct CircuitState: Sendable {
    package struct Stop: Sendable, Hashable {
        package var layer: LayerReference
        package var unit: InternalUnit
    }

    /// The units walked through, the one on show last.
    package internal(set) var trail: [Stop] = []
    /// What was measured in this session, as far as it came.
    package internal(set) var known: [Stop: Circuit] = [:]
    var whole: Set<Stop> = []

    var stop: Stop? { trail.last }
    package var shown: Circuit? { stop.flatMap { known[$0] } }

    /// Its lines: every layer's title and its units.
    package enum Line: Sendable, Hashable {
        case layer(LayerReference)
        case moved(LayerReference, Circuit.Moved)
    }

    package var lines: [Line] {
        (shown?.layers ?? []).flatMap { layer in
            [Line.layer(layer.reference)] + layer.moved.map { .moved(layer.reference, $0) }
        }
    }
}

extension CircuitState.Line: TableLine {
    var place: TablePlace { if case .layer = self { .head } else { .row } }
}

/// The list of units that move.
extension State {
    /// W: begins a walk at the unit at hand.
    mutating func showCircuit(_ study: OpenStudy) {
        guard let unit = wantedUnit else { return tell("No unit under the cursor") }
        circuit.trail = [CircuitState.Stop(layer: study.facts.reference, unit: unit)]
        overlay = .circuit(firstMoved)
    }

    private var firstMoved: ListCursor {
        var cursor = ListCursor()
        cursor.jump(to: circuit.lines.count > 1 ? 1 : 0)
        return cursor
    }

    /// Enter: on to the unit under the cursor, in its layer.
    mutating func followCircuit(_ cursor: ListCursor) {
        guard circuit.lines.indices.contains(cursor.selected),
            case .moved(let layer, let moved) = circuit.lines[cursor.selected]
        else { return }
        go(to: CircuitState.Stop(layer: layer, unit: moved.unit), circuit.trail)
    }

    /// Backspace: to the unit before.
    mutating func leaveCircuitStop() {
        guard circuit.trail.count > 1 else { return tell("The walk began here") }
        go(to: circuit.trail[circuit.trail.count - 2], circuit.trail.dropLast(2))
    }

    private mutating func go(to stop: CircuitState.Stop, _ before: some Collection<CircuitState.Stop>) {
        circuit.trail = Array(before) + [stop]
        go(to: stop.unit, of: stop.layer)
        overlay = .circuit(firstMoved)
    }

    /// What is to be measured, once its layer is open.
    mutating func circuitRequests(_ study: OpenStudy) -> [Effect] {
        guard case .circuit = overlay, let stop = circuit.stop, stop.layer == study.facts.reference,
            !circuit.whole.contains(stop), let job = jobs.start(.circuit, for: stop)
        else { return [] }
        return [.circuit(stop.unit, job)]
    }

    mutating func take(_ circuit: Circuit, isWhole: Bool, _ job: Job) {
        guard jobs.accept(job, ends: isWhole), let stop = jobs.subject(.circuit) as? CircuitState.Stop else { return }
        let isFirst = self.circuit.known[stop] == nil
        self.circuit.known[stop] = circuit
        if isWhole { self.circuit.whole.insert(stop) }
        if isFirst, stop == self.circuit.stop, case .circuit = overlay { overlay = .circuit(firstMoved) }
    }

    /// Lets go of what was measured on a layer: its features may be others now.
    mutating func forgetCircuits(of layer: LayerReference) {
        jobs.forget(.circuit)
        guard circuit.stop?.layer == layer, circuit.trail.count == 1 else { return }
        circuit.known = circuit.known.filter { $0.key.layer != layer || $0.key.unit.kind == .neuron }
        circuit.whole = circuit.whole.filter { $0.layer != layer || $0.unit.kind == .neuron }
    }

    /// Esc: stops measuring, and puts the walk away.
    mutating func cancelCircuit() -> [Effect] {
        overlay = nil
        defer { jobs.forget(.circuit) }
        return jobs.stop(.circuit).map { [.cancel($0)] } ?? []
    }
}
