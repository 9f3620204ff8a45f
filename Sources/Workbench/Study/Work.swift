import Analysis
import Foundation
import LinearAlgebra

/// What a long verb is given by its caller: where to report, and how to learn that it should stop.
package struct Work: Sendable {
    private let report: @Sendable (WorkProgress) -> Void
    private let checkCancellation: @Sendable () throws -> Void
    /// Words an error that does not end the work, such as an image that cannot be read, for those who read it later.
    let words: @Sendable (any Error) -> String

    /// - Parameters:
    ///   - report: takes the newest progress, at most once a batch.
    ///   - checkCancellation: throws (`CancellationError`) when the work should stop; asked once a batch.
    ///   - words: words an error that is only noted down.
    package init(
        report: @escaping @Sendable (WorkProgress) -> Void = { _ in },
        checkCancellation: @escaping @Sendable () throws -> Void = {},
        words: @escaping @Sendable (any Error) -> String = { "\($0)" }
    ) {
        self.report = report
        self.checkCancellation = checkCancellation
        self.words = words
    }

    /// The same work, told of elsewhere.
    package func reporting(_ report: @escaping @Sendable (WorkProgress) -> Void) -> Work {
        Work(report: report, checkCancellation: checkCancellation, words: words)
    }

    /// Throws if the work should stop.
    func check() throws { try checkCancellation() }

    /// Reports, then throws if the work should stop.
    func advance(_ progress: WorkProgress) throws {
        report(progress)
        try checkCancellation()
    }

    /// Throws if the work should stop.
    package func checkCancelled() throws { try checkCancellation() }

    /// Calls `body` with batch after batch of the rows from `start` to `total`, reporting the rate as it goes.
    func batches(
        _ phase: WorkProgress.Phase, from start: Int, to total: Int, size: Int, _ body: (Range<Int>) throws -> Void
    ) throws {
        let meter = RateMeter(phase, from: start, to: total)
        try advance(meter.progress(start))
        for batch in blocks(of: start..<max(start, total), size: size) {
            try body(batch)
            try advance(meter.progress(batch.upperBound))
        }
    }
}

/// How fast work goes since the meter was made.
struct RateMeter {
    private let phase: WorkProgress.Phase
    private let start: Int
    private let total: Int
    private let began = ContinuousClock.now

    init(_ phase: WorkProgress.Phase, from start: Int, to total: Int) {
        self.phase = phase
        self.start = start
        self.total = total
    }

    func progress(_ completed: Int) -> WorkProgress {
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        let rate = completed > start && elapsed > 0 ? Double(completed - start) / elapsed : nil
        return WorkProgress(phase: phase, completed: completed, total: total, rate: rate)
    }
}
