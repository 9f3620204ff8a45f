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

    /// Runs until the user quits or the terminal is gone. What could then not be kept any more, in words.
    @discardableResult
    package consuming func run() -> [String] {
        effects.start()
        draw()
        while step() {}
        effects.stop()
        var waiting = state.findings.unkept.map(\.note)
        if case .note(let field, _) = state.overlay, !field.text.isEmpty { waiting.append(field.text) }
        return effects.results().reduce(into: waiting.map { Self.lost(note: $0, "it was not kept before the end") }) {
            lost, action in
            switch action {
            case .notKept(_, let note, let why): lost.append(Self.lost(note: note, why))
            case .failed(let why, nil): lost.append(why)
            default: break
            }
        }
    }

    private static func lost(note: String, _ why: String) -> String {
        "a finding could not be kept" + (note.isEmpty ? "" : ", nor its note “\(note)”") + ": \(why)"
    }

    /// Waits for an event, takes in whatever else is there, and draws once. False when it is over.
    private mutating func step() -> Bool {
        var event = terminal.nextEvent(timeoutMilliseconds: nil)
        // Keys that are already waiting are one frame, but a held key must not hold the screen back.
        var taken = 0
        while let now = event {
            if now != .wake {
                effects.hush()
                if !handle(.terminal(now)) { return false }
            }
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
            case .copy(let text): terminal.copy(text)
            case .captureMouse(let isCaptured): terminal.captureMouse(isCaptured)
            default: effects.run(effect)
            }
        }
        return true
    }
}
