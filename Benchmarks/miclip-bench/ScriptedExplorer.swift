import Analysis
import Explorer
import ExplorerRuntime
import Foundation
import Synchronization
import Workbench

/// The real explorer, loop and effects included, on a terminal made of a queue of keys: each measurement presses a key
/// and waits until a frame that shows its answer has been drawn.
final class ScriptedExplorer {
    /// Milliseconds from the start to the first frame with a ranked list.
    let opening: Double
    private let terminal: ScriptedTerminal
    private let drawn: DrawnStates

    init(study: URL) throws {
        let (terminal, drawn) = (ScriptedTerminal(), DrawnStates())
        let effects = EffectRunner(words: { "\($0)" }, wake: terminal.wake) { try Study(opening: study).layer() }
        let clock = ContinuousClock()
        let began = clock.now
        let thread = Thread {
            let appearance = Appearance(themes: [], usesColor: true)
            ExplorerLoop(terminal: terminal, appearance: appearance, effects: effects, didDraw: drawn.add).run()
        }
        thread.stackSize = 8 << 20
        thread.start()
        drawn.wait { $0.locate.found != nil }
        opening = (clock.now - began) / .milliseconds(1)
        (self.terminal, self.drawn) = (terminal, drawn)
    }

    /// Types words letter by letter, then deletes them; milliseconds from each key to its list.
    func measureConceptKeys() -> [Double] {
        press(.character("/"))
        press(.control("u"))
        var times: [Double] = []
        for word in [
            "boot", "sleeve", "striped dress", "something to carry", "dark", "footwear", "zipper", "light coat",
        ] {
            var typed = ""
            for letter in word {
                typed.append(letter)
                // A trailing space asks for nothing new.
                let wanted = typed.trimmingCharacters(in: .whitespaces)
                times.append(
                    time(.character(letter)) { $0.locate.found?.concept == wanted && $0.concept.text == typed })
            }
            press(.control("u"))
        }
        return times
    }

    /// From neurons to features, with their list.
    func showFeatures() {
        press(.escape)
        press(.character("F"))
        drawn.wait { $0.locate.found?.units.first?.unit.kind == .feature && $0.units.all.first?.unit.kind == .feature }
    }

    func waitForQuality() { drawn.wait { $0.units.all.allSatisfy { $0.quality != nil } } }

    /// Moves the scaling slider to and fro; milliseconds from each key to its figures.
    func measureBetaKeys() -> [Double] {
        for letter in "boot" { press(.character(letter)) }
        press(.enter)
        press(.character("3"))
        drawn.wait { $0.screen == .steer && $0.steer.curve != nil }
        var times: [Double] = []
        for round in 0..<10 {
            for _ in 0..<20 {
                let before = drawn.last?.steer.scalingBeta ?? 0
                times.append(time(round.isMultiple(of: 2) ? .left : .right) { $0.steer.scalingBeta != before })
            }
        }
        return times
    }

    /// Holds an arrow key for ten seconds, as a keyboard repeats it (30 a second), to and fro over the slider;
    /// milliseconds from each key to the frame that shows its β.
    func measureHeldKey() -> [Double] {
        let clock = ContinuousClock()
        let began = clock.now
        return (0..<300).map { step in
            let due = began + .milliseconds(33 * step)
            let wait = (due - clock.now) / .seconds(1)
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            let before = drawn.last?.steer.scalingBeta ?? 0
            return time((step / 30).isMultiple(of: 2) ? .right : .left) { $0.steer.scalingBeta != before }
        }
    }

    func quit() { terminal.post(.key(.control("q"))) }

    private func time(_ key: Key, until isShown: @escaping (State) -> Bool) -> Double {
        let clock = ContinuousClock()
        let began = clock.now
        terminal.post(.key(key))
        drawn.wait(isShown)
        return (clock.now - began) / .milliseconds(1)
    }

    private func press(_ key: Key) {
        let count = drawn.count
        terminal.post(.key(key))
        drawn.waitForDraw(after: count)
    }
}

/// What the explorer has drawn so far.
private final class DrawnStates: @unchecked Sendable {
    // Guarded by `condition`.
    private let condition = NSCondition()
    private var newest: State?
    private var draws = 0

    var count: Int { condition.withLock { draws } }
    var last: State? { condition.withLock { newest } }

    func add(_ state: State) {
        condition.withLock {
            newest = state
            draws += 1
            condition.broadcast()
        }
    }

    func wait(_ isShown: (State) -> Bool) {
        condition.withLock { while newest.map(isShown) != true { condition.wait() } }
    }

    func waitForDraw(after count: Int) {
        condition.withLock { while draws <= count { condition.wait() } }
    }
}

/// A terminal of 200x60 that takes keys from a queue and shows nothing.
private final class ScriptedTerminal: Terminal, @unchecked Sendable {
    // Guarded by `condition`.
    private let condition = NSCondition()
    private var events: [TerminalEvent] = []

    let size = Size(columns: 200, rows: 60)
    var wake: @Sendable () -> Void { { [self] in post(.wake) } }

    func post(_ event: TerminalEvent) {
        condition.withLock {
            events.append(event)
            condition.signal()
        }
    }

    func nextEvent(timeoutMilliseconds: Int?) -> TerminalEvent? {
        condition.withLock {
            while events.isEmpty, timeoutMilliseconds == nil { condition.wait() }
            return events.isEmpty ? nil : events.removeFirst()
        }
    }

    func draw(_ frame: Frame) {}
    func redraw() {}
    func captureMouse(_ isCaptured: Bool) {}
    func suspend() {}
    func close() {}
}
