import Explorer
import Foundation

/// What the explorer has drawn so far.
final class DrawnStates: @unchecked Sendable {
    // Guarded by `condition`.
    private let condition = NSCondition()
    private var newest: State?
    private var draws = 0
    /// What someone waits for, and when it was drawn.
    private var awaited: ((State) -> Bool)?
    private var drawn: ContinuousClock.Instant?

    var count: Int { condition.withLock { draws } }
    var last: State? { condition.withLock { newest } }

    func add(_ state: State) {
        condition.withLock {
            newest = state
            draws += 1
            if drawn == nil, awaited?(state) == true { drawn = .now }
            condition.broadcast()
        }
    }

    /// Waits for a state, and gives the instant at which it was drawn; nil where it does not come in `seconds`.
    func wait(seconds: Double = 120, _ isShown: @escaping (State) -> Bool) -> ContinuousClock.Instant? {
        condition.withLock {
            if newest.map(isShown) == true { return .now }
            (awaited, drawn) = (isShown, nil)
            defer { awaited = nil }
            let limit = Date(timeIntervalSinceNow: seconds)
            while drawn == nil { if !condition.wait(until: limit) { break } }
            return drawn
        }
    }

    func waitForDraw(after count: Int) {
        condition.withLock { while draws <= count { condition.wait() } }
    }
}
