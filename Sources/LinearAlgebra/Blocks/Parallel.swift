import Dispatch
import Foundation
import Synchronization

/// Calls `body` once for every index below `count`, on all cores, and returns when all are done.
package func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard let limited else { return DispatchQueue.concurrentPerform(iterations: count, execute: body) }
    limited.perform(count, body)
}

/// Nil where the process has all the cores that it may run on: Dispatch knows these.
private let limited = cores < ProcessInfo.processInfo.activeProcessorCount ? LimitedWorkers(cores) : nil

/// Fewer threads than Dispatch would take, also where one loop runs within another.
package final class LimitedWorkers: Sendable {
    /// Threads that may join those that call.
    private let free: Atomic<Int>

    /// - Parameter count: threads that work at once, the one that calls among them.
    package init(_ count: Int) { free = Atomic(max(1, count) - 1) }

    package var idle: Int { free.load(ordering: .relaxed) }

    package func perform(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let helpers = take(atMost: count - 1)
        guard helpers > 0 else {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        let next = Place()
        DispatchQueue.concurrentPerform(iterations: helpers + 1) { worker in
            while let index = next.take(below: count) { body(index) }
            // One of them is the caller's own thread, whichever it was.
            if worker > 0 { free.add(1, ordering: .relaxed) }
        }
    }

    private func take(atMost wanted: Int) -> Int {
        var now = free.load(ordering: .relaxed)
        while true {
            let taken = min(now, wanted)
            guard taken > 0 else { return 0 }
            let (done, found) = free.weakCompareExchange(expected: now, desired: now - taken, ordering: .relaxed)
            if done { return taken }
            now = found
        }
    }

    private final class Place: Sendable {
        private let next = Atomic(0)

        func take(below count: Int) -> Int? {
            let index = next.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
    }
}

/// The same on the calling thread where the work is not worth handing over: below a tenth of a millisecond that costs more than
/// it saves.
func parallel(_ count: Int, isWorth: Bool, _ body: @Sendable (Int) -> Void) {
    if isWorth { parallel(count, body) } else { for index in 0..<count { body(index) } }
}

/// The results of `body` for every index below `count`, computed on all cores, in order.
package func parallelMap<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
        // Each index is written once, by one thread, and read after all are done.
        nonisolated(unsafe) let target = buffer.baseAddress
        parallel(count) { (target! + $0).initialize(to: body($0)) }
        initialized = count
    }
}
