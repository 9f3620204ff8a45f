import Explorer

/// Event, update, effects, frame: the loop of the explorer, on the main thread.
struct ExplorerLoop {
    let terminal: any Terminal
    var state: State
    let effects: EffectRunner

    init(terminal: any Terminal, state: State, effects: EffectRunner) {
        self.terminal = terminal
        self.state = state
        self.effects = effects
    }

    /// Runs until the user quits or the terminal is gone.
    consuming func run() {
        effects.start()
        terminal.draw(view(state, size: state.size))
        while step() {}
        effects.stop()
    }

    /// Waits for an event, takes in whatever else is there, and draws once. False when it is over.
    private mutating func step() -> Bool {
        var event = terminal.nextEvent(timeoutMilliseconds: nil)
        // Keys that are already waiting are one frame, but a held key must not hold the screen back.
        var taken = 0
        while let now = event {
            if now == .endOfInput { return false }
            if now != .wake, !handle(.terminal(now)) { return false }
            taken += 1
            event = taken < 16 ? terminal.nextEvent(timeoutMilliseconds: 0) : nil
        }
        for action in effects.results() where !handle(action) { return false }
        terminal.draw(view(state, size: state.size))
        return true
    }

    /// False when the user quits.
    private mutating func handle(_ action: Action) -> Bool {
        for effect in update(&state, action) {
            switch effect {
            case .quit: return false
            case .suspend: terminal.suspend()
            case .redraw: terminal.redraw()
            case .captureMouse(let isCaptured): terminal.captureMouse(isCaptured)
            default: effects.run(effect)
            }
        }
        return true
    }
}
