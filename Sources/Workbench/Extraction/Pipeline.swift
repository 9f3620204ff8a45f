import Foundation

/// Calls `prepare` with item after item on a thread of its own and `consume` with what it gives, in order, on the caller's:
/// the next items are read while one is computed with. At most `depth` wait between the two, so memory is bounded by
/// `depth` + 2 prepared items.
///
/// The first error of either ends the work; when this returns, `prepare` runs no more.
func pipelined<Item: Sendable, Prepared: Sendable>(
    _ items: [Item], depth: Int = 2, prepare: @escaping @Sendable (Item) throws -> Prepared,
    consume: (Prepared) throws -> Void
) throws {
    let belt = Belt<Prepared>(depth: depth)
    let thread = Thread {
        for item in items {
            let prepared = Result { try prepare(item) }
            guard belt.put(prepared), case .success = prepared else { break }
        }
        belt.end()
    }
    // Image decoders put their tables on the stack.
    thread.stackSize = 8 << 20
    thread.start()
    defer { belt.stop() }
    while let prepared = belt.next() { try consume(prepared.get()) }
}

/// A bounded queue between one thread that fills it and one that empties it.
private final class Belt<Element: Sendable>: @unchecked Sendable {
    private let depth: Int
    private let condition = NSCondition()
    // Guarded by `condition`.
    private var waiting: [Result<Element, any Error>] = []
    private var isEnded = false
    private var isStopped = false

    init(depth: Int) { self.depth = depth }

    /// Waits for room; false where nobody takes any more.
    func put(_ element: Result<Element, any Error>) -> Bool {
        condition.withLock {
            while waiting.count >= depth, !isStopped { condition.wait() }
            if !isStopped { waiting.append(element) }
            condition.broadcast()
            return !isStopped
        }
    }

    /// Nothing more will be put.
    func end() {
        condition.withLock {
            isEnded = true
            condition.broadcast()
        }
    }

    /// Waits for an element; nil after the last.
    func next() -> Result<Element, any Error>? {
        condition.withLock {
            while waiting.isEmpty, !isEnded { condition.wait() }
            defer { condition.broadcast() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    /// Takes no more, and waits for the filling thread to notice.
    func stop() {
        condition.withLock {
            isStopped = true
            waiting = []
            condition.broadcast()
            while !isEnded { condition.wait() }
        }
    }
}
