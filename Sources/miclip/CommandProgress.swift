import Analysis
import Dispatch
import Explorer
import Files
import Foundation
import Synchronization
import Workbench

/// Whether the user pressed Ctrl-C, or asked the process to end, since the program began to listen.
enum Interruption {
    private static let isRequested = Atomic<Bool>(false)

    /// From now on SIGINT and SIGTERM ask the work to stop at the next batch; a second one ends the process at once.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interruption.isRequested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
            }
        }
    }

    static func check() throws {
        if isRequested.load(ordering: .relaxed) { throw CancellationError() }
    }
}

/// Runs long work that Ctrl-C stops, with a progress line on standard error when that is a terminal.
func withProgress<Result>(_ body: (Work) throws -> Result) throws -> Result {
    Interruption.listen()
    let isTerminal = isatty(STDERR_FILENO) == 1
    let line = ProgressLine()
    let work = Work(
        report: { if isTerminal { line.show($0) } },
        checkCancellation: Interruption.check,
        words: ErrorWording.words)
    defer { if isTerminal { line.clear() } }
    return try body(work)
}

/// A line on standard error that is written over.
private final class ProgressLine: Sendable {
    private let shown = Mutex<(time: ContinuousClock.Instant?, isVisible: Bool)>((nil, false))

    func show(_ progress: WorkProgress) {
        let now = ContinuousClock.now
        let isDue = shown.withLock { shown in
            if let time = shown.time, now - time < .milliseconds(100), progress.completed < progress.total {
                return false
            }
            shown = (now, true)
            return true
        }
        if isDue { writeError("\r\u{1B}[K" + printable(ProgressWording.line(progress))) }
    }

    func clear() {
        if shown.withLock({ $0.isVisible }) { writeError("\r\u{1B}[K") }
    }
}

/// A progress in words.
enum ProgressWording {
    static func line(_ progress: WorkProgress) -> String {
        let width = 24
        let filled = Int((progress.fraction * Double(width)).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        var parts = ["\(progress.phase.rawValue) [\(bar)] \(grouped(progress.completed))/\(grouped(progress.total))"]
        if let rate = progress.rate, rate >= 1 { parts.append("\(grouped(Int(rate)))/s") }
        if let left = progress.secondsLeft, progress.completed < progress.total {
            parts.append("\(duration(left)) left")
        }
        if let loss = progress.loss { parts.append("loss \(number(loss, 3))") }
        if let note = progress.note { parts.append(note) }
        return parts.joined(separator: "  ")
    }
}
