import Analysis
import Foundation

/// What a long verb is given by its caller: where to report, and how to learn that it should stop.
public struct Work: Sendable {
    private let report: @Sendable (WorkProgress) -> Void
    private let checkCancellation: @Sendable () throws -> Void

    /// - Parameters:
    ///   - report: takes the newest progress, at most once a batch.
    ///   - checkCancellation: throws (`CancellationError`) when the work should stop; asked once a batch.
    public init(
        report: @escaping @Sendable (WorkProgress) -> Void = { _ in },
        checkCancellation: @escaping @Sendable () throws -> Void = {}
    ) {
        self.report = report
        self.checkCancellation = checkCancellation
    }

    /// Throws if the work should stop.
    func check() throws { try checkCancellation() }

    /// Reports, then throws if the work should stop.
    func advance(_ progress: WorkProgress) throws {
        report(progress)
        try checkCancellation()
    }

    /// Throws if the work should stop.
    public func checkCancelled() throws { try checkCancellation() }

    /// Calls `body` with batch after batch of the rows from `start` to `total`, reporting the rate as it goes.
    func batches(
        _ phase: WorkProgress.Phase, from start: Int, to total: Int, size: Int, _ body: (Range<Int>) throws -> Void
    ) throws {
        let clock = ContinuousClock()
        let began = clock.now
        try advance(WorkProgress(phase: phase, completed: start, total: total))
        for first in stride(from: start, to: total, by: size) {
            let batch = first..<min(total, first + size)
            try body(batch)
            let elapsed = (clock.now - began) / .seconds(1)
            let rate = elapsed > 0 ? Double(batch.upperBound - start) / elapsed : nil
            try advance(WorkProgress(phase: phase, completed: batch.upperBound, total: total, rate: rate))
        }
    }
}
