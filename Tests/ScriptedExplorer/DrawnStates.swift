import Explorer
import Foundation

/// What the explorer has drawn so far.
final class DrawnStates: @unchecked Sendable {
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

    /// Waits for a state; false where it does not come in `seconds`.
    func wait(seconds: Double = 120, _ isShown: (State) -> Bool) -> Bool {
        condition.withLock {
            let limit = Date(timeIntervalSinceNow: seconds)
            while newest.map(isShown) != true { if !condition.wait(until: limit) { return false } }
            return true
        }
    }

    func waitForDraw(after count: Int) {
        condition.withLock { while draws <= count { condition.wait() } }
    }
}
