import Explorer
import Foundation

/// A terminal of 200x60 that takes keys from a queue and shows nothing.
package final class ScriptedTerminal: Terminal, @unchecked Sendable {
    // Guarded by `condition`.
    private let condition = NSCondition()
    private var events: [TerminalEvent] = []

    package init() {}

    package let size = Size(columns: 200, rows: 60)
    package var wake: @Sendable () -> Void { { [self] in post(.wake) } }

    package func post(_ event: TerminalEvent) {
        condition.withLock {
            events.append(event)
            condition.signal()
        }
    }

    package func nextEvent(timeoutMilliseconds: Int?) -> TerminalEvent? {
        condition.withLock {
            while events.isEmpty, timeoutMilliseconds == nil { condition.wait() }
            return events.isEmpty ? nil : events.removeFirst()
        }
    }

    package func draw(_ frame: Frame) {}
    package func redraw() {}
    package func copy(_ text: String) {}
    package func captureMouse(_ isCaptured: Bool) {}
    package func suspend() {}
    package func close() {}
}
