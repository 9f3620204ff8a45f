import Explorer

/// Event, update, effects, frame: the loop of the explorer, on one thread.
package struct ExplorerLoop {
    private let terminal: any Terminal
    private var state: State
    private let effects: EffectRunner
    private let didDraw: (State) -> Void

    /// - Parameter didDraw: told of every state once it is on the screen.
    package init(
        terminal: any Terminal, appearance: Appearance, effects: EffectRunner,
        didDraw: @escaping (State) -> Void = { _ in }
    ) {
        self.terminal = terminal
        self.effects = effects
        self.didDraw = didDraw
        state = State(size: terminal.size, appearance: appearance)
    }

    /// Runs until the user quits or the terminal is gone.
    package consuming func run() {
        effects.start()
        draw()
        while step() {}
        effects.stop()
    }

    /// Waits for an event, takes in whatever else is there, and draws once. False when it is over.
    private mutating func step() -> Bool {
        var event = terminal.nextEvent(timeoutMilliseconds: nil)
        // Keys that are already waiting are one frame, but a held key must not hold the screen back.
        var taken = 0
        while let now = event {
            if now != .wake, !handle(.terminal(now)) { return false }
            taken += 1
            event = taken < 16 ? terminal.nextEvent(timeoutMilliseconds: 0) : nil
        }
        for action in effects.results() where !handle(action) { return false }
        draw()
        return true
    }

    private func draw() {
        terminal.draw(view(state, size: state.size))
        didDraw(state)
    }

    /// False when the user quits.
    private mutating func handle(_ action: Action) -> Bool {
        for effect in update(&state, action) {
            switch effect {
            case .quit: return false
            case .suspend:
                terminal.suspend()
                // The window may have changed while the shell had it; the resize that follows asks for nothing else.
                if !handle(.terminal(.resize(terminal.size))) { return false }
            case .redraw: terminal.redraw()
            case .captureMouse(let isCaptured): terminal.captureMouse(isCaptured)
            default: effects.run(effect)
            }
        }
        return true
    }
}
