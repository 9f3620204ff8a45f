import Analysis

/// Every change of the list of interventions: to undo, to redo, and to replay.
package struct SteeringHistory: Sendable {
    /// Changes that count as one while they go on.
    enum Run: Sendable { case typing, dragging }

    private var past: [SteeringList] = []
    private var future: [SteeringList] = []
    private var run: Run?
    /// Where the record begins.
    private var start = SteeringList()
    private var actions: [SteeringAction] = []

    /// Steps that can be undone.
    private static let depth = 1000
    /// Actions kept for replay; beyond, the record begins anew.
    private static let longest = 100_000

    package init() {}

    /// A history that begins with `list`.
    init(from list: SteeringList) { start = list }

    /// Takes in a change. Changes of one run are undone together.
    mutating func record(from old: SteeringList, to new: SteeringList, run: Run?) {
        guard old != new else {
            // What is typed or dragged later is a run of its own.
            if run != self.run { self.run = nil }
            return
        }
        log(from: old, to: new)
        if run == nil || run != self.run {
            past.append(old)
            if past.count > Self.depth { past.removeFirst() }
        }
        self.run = run
        future = []
    }

    /// The list before the last change; nil where there is none.
    mutating func undo(from list: SteeringList) -> SteeringList? { Self.step(list, from: &past, to: &future, &run) }

    /// The list as it was before the last undo.
    mutating func redo(from list: SteeringList) -> SteeringList? { Self.step(list, from: &future, to: &past, &run) }

    private static func step(
        _ list: SteeringList, from: inout [SteeringList], to: inout [SteeringList], _ run: inout Run?
    ) -> SteeringList? {
        guard let other = from.popLast() else { return nil }
        to.append(list)
        run = nil
        return other
    }

    mutating func log(from old: SteeringList, to new: SteeringList) {
        if actions.count >= Self.longest { (start, actions) = (old, []) }
        actions += old.actions(to: new)
    }

    /// All that was done, for replay.
    package func record(target: String, outcome: InterventionOutcome?) -> SteeringRecord {
        SteeringRecord(start: start, actions: actions, target: target, outcome: outcome)
    }
}
