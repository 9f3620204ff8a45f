import Explorer
import ExplorerRuntime
import Foundation
import Workbench

/// The real explorer, loop and effects included, on a terminal made of a queue of keys.
package final class ScriptedExplorer: Sendable {
    private let terminal = ScriptedTerminal()
    private let drawn = DrawnStates()
    private let ended = DispatchSemaphore(value: 0)

    /// Starts it on a thread of its own.
    ///
    /// - Parameters:
    ///   - keepsLayer: whether the session's layer is gone back to.
    ///   - missing: a place where no study stands yet.
    package init(
        keepsLayer: Bool = true, missing: String? = nil, open: @escaping @Sendable () throws -> TargetLayer
    ) {
        let effects = EffectRunner(
            keepsLayer: keepsLayer, missing: missing, words: { "\($0)" }, wake: terminal.wake, open: open)
        let thread = Thread { [terminal, drawn, ended] in
            let appearance = Appearance(themes: [])
            ExplorerLoop(terminal: terminal, appearance: appearance, effects: effects, didDraw: drawn.add).run()
            ended.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// The state drawn last.
    package var state: State? { drawn.last }

    /// Waits for a state; false where it does not come.
    @discardableResult
    package func wait(_ isShown: @escaping (State) -> Bool) -> Bool { drawn.wait(isShown) != nil }

    /// From a key pressed to the state that it leads to, drawn; nil where it does not come.
    package func time(_ key: Key, until isShown: @escaping (State) -> Bool) -> Duration? {
        let began = ContinuousClock.now
        send([key])
        return drawn.wait(isShown).map { $0 - began }
    }

    /// Presses keys, each once the frame after the one before is drawn.
    package func press(_ keys: Key...) {
        for key in keys {
            let count = drawn.count
            terminal.post(.key(key))
            drawn.waitForDraw(after: count)
        }
    }

    /// Presses keys without waiting for a frame between them.
    package func send(_ keys: [Key]) { for key in keys { terminal.post(.key(key)) } }

    /// Waits until it is over; false where it goes on.
    @discardableResult
    package func waitForEnd() -> Bool { ended.wait(timeout: .now() + 120) == .success }

    package func quit() { terminal.post(.key(.control("q"))) }
}
