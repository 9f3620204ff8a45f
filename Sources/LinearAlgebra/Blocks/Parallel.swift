import Dispatch
import Foundation

/// Processors that work at once.
package let cores = ProcessInfo.processInfo.activeProcessorCount

/// Calls `body` once for every index below `count`, on all cores, and returns when all are done.
package func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
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
