import Analysis
import Dispatch
import Explorer
import Foundation
import Synchronization
import Workbench

/// Runs jobs on threads of their own and keeps their answers until they are fetched. It knows nothing of what they do.
///
/// Each kind of job has its own queue, so a slow one never delays another; a job that a newer one of its kind has
/// superseded is dropped before it starts, or stops at its next batch. Work in the background lets go of the cores while
/// there is any that someone waits for, but not for ever.
package final class JobScheduler: Sendable {
    private let wake: @Sendable () -> Void
    private let now: @Sendable () -> UInt64
    let words: @Sendable (any Error) -> String
    private let mailbox = Mutex<[Action]>([])
    private let newest = Mutex<[Job.Kind: Int]>([:])
    private let isStopped = Atomic<Bool>(false)
    /// Jobs under way that someone waits for.
    private let awaited = Atomic<Int>(0)
    /// The instant, in nanoseconds, from which background work may go on: a moment after the last key.
    private let quietUntil = Atomic<UInt64>(0)
    private let queues: [Job.Kind: DispatchQueue] = Dictionary(
        uniqueKeysWithValues: Job.Kind.allCases.map { ($0, DispatchQueue(label: "miclip.\($0)")) })
    /// Opening, and everything that writes to the study, in order.
    private let writes = DispatchQueue(label: "miclip.study")

    /// - Parameters:
    ///   - words: words an error for people.
    ///   - now: nanoseconds of a clock that never goes back.
    ///   - wake: makes the terminal look into the mailbox.
    package init(
        words: @escaping @Sendable (any Error) -> String,
        now: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds },
        wake: @escaping @Sendable () -> Void
    ) {
        self.words = words
        self.now = now
        self.wake = wake
    }

    func post(_ action: Action) {
        mailbox.withLock { $0.append(action) }
        wake()
    }

    /// What came in since the last call, oldest first.
    package func results() -> [Action] {
        mailbox.withLock { box in
            defer { box = [] }
            return box
        }
    }

    /// Posts what `body` makes of a job unless a newer of its kind has come; what it throws is posted in words.
    package func run(_ job: Job, _ body: @escaping @Sendable (Work) throws -> Action) {
        newest.withLock { $0[job.kind] = job.number }
        start(job, after: Self.delay(of: job.kind), inBackground: Self.isBackground(job.kind), body)
    }

    /// Does in the background what is left of a job once it has answered what was waited for.
    package func goOn(_ job: Job, _ body: @escaping @Sendable (Work) throws -> Action) {
        start(job, after: .seconds(0), inBackground: true, body)
    }

    private func start(
        _ job: Job, after delay: DispatchTimeInterval, inBackground: Bool,
        _ body: @escaping @Sendable (Work) throws -> Action
    ) {
        guard let queue = queues[job.kind] else { return }
        Self.begin(on: queue, after: delay) { [self] in
            guard isNewest(job) else { return }
            if !inBackground { awaited.add(1, ordering: .relaxed) }
            defer { if !inBackground { awaited.subtract(1, ordering: .relaxed) } }
            attempt(job) {
                let work = work(for: job, inBackground: inBackground)
                try work.checkCancelled()
                post(try body(work))
            }
        }
    }

    /// Does what writes to the study, in order and whatever else is under way.
    func write(_ body: @escaping @Sendable () throws -> Void) {
        Self.begin(on: writes) { [self] in attempt(nil, body) }
    }

    /// Does what nobody waits for yet, where the cores have nothing else to do.
    func ahead(_ body: @escaping @Sendable () -> Void) {
        Self.begin(on: .global(qos: .utility)) { [self] in if !isStopped.load(ordering: .relaxed) { body() } }
    }

    /// Begins work that lets the terminal's thread go first where cores are few: else a frame may wait for a whole slice of the
    /// work's. Threads that it begins take after its own. On Linux a thread has a priority of its own.
    ///
    /// - Parameter delay: nil begins it in the order of the queue.
    private static func begin(
        on queue: DispatchQueue, after delay: DispatchTimeInterval? = nil, _ body: @escaping @Sendable () -> Void
    ) {
        let work: @Sendable () -> Void = {
            #if os(Linux)
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
            #endif
            body()
        }
        if let delay { queue.asyncAfter(deadline: .now() + delay, execute: work) } else { queue.async(execute: work) }
    }

    /// Keeps background work off the cores for a moment: a key has come, and its frame and the next key's find them free.
    package func hush() { quietUntil.store(now() + Self.quiet, ordering: .relaxed) }

    func cancel(_ job: Job) {
        newest.withLock { if $0[job.kind] == job.number { $0[job.kind] = job.number + 1 } }
    }

    /// Whether answers to a job are still wanted.
    func isNewest(_ job: Job) -> Bool {
        !isStopped.load(ordering: .relaxed) && newest.withLock { $0[job.kind] == job.number }
    }

    /// Work that only the end of the explorer stops; `report` takes its progress.
    func work(report: @escaping @Sendable (WorkProgress) -> Void) -> Work {
        Work(
            report: report,
            checkCancellation: { [self] in if isStopped.load(ordering: .relaxed) { throw CancellationError() } },
            words: words)
    }

    /// Stops what is running and waits until everything asked to be written is.
    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        writes.sync {}
    }

    private func attempt(_ job: Job?, _ body: () throws -> Void) {
        do {
            try body()
        } catch is CancellationError {
            return
        } catch {
            post(.failed(words(error), job))
        }
    }

    private var isQuiet: Bool { now() >= quietUntil.load(ordering: .relaxed) }
    private var isAnythingAwaited: Bool { awaited.load(ordering: .relaxed) > 0 }

    /// Nanoseconds without a key before background work goes on, and those that it waits, then works, beside what is awaited.
    package static let quiet: UInt64 = 50_000_000
    package static let turn: UInt64 = 200_000_000

    /// Stops at the next batch once a newer job of the kind has come.
    private func work(for job: Job, inBackground: Bool) -> Work {
        let turn = Turn()
        return Work(
            checkCancellation: { [self] in
                if inBackground { wait(job, turn) }
                if !isNewest(job) { throw CancellationError() }
            }, words: words)
    }

    /// Until which instant, in nanoseconds, a job in the background goes on whatever is awaited.
    private final class Turn: Sendable { let ends = Atomic<UInt64>(0) }

    /// Lets keys, and what is awaited, go first. Long counts may be awaited on a screen that was left, or wait for a part of
    /// this very work: so after a fifth of a second it has as long a turn.
    private func wait(_ job: Job, _ turn: Turn) {
        let began = now()
        while isNewest(job) {
            if isQuiet {
                guard isAnythingAwaited, now() >= turn.ends.load(ordering: .relaxed) else { return }
                if now() - began >= Self.turn {
                    return turn.ends.store(now() + Self.turn, ordering: .relaxed)
                }
            }
            Thread.sleep(forTimeInterval: 0.001)
        }
    }

    /// What hangs on the ranked list waits a moment, so that while someone types the next list has the cores to itself.
    private static func delay(of kind: Job.Kind) -> DispatchTimeInterval {
        switch kind {
        case .locate, .locateHeld, .list, .count, .inspect, .fit, .sheet, .cover, .map, .words, .layer, .conceptSet,
            .evaluation, .kin, .pair, .work, .circuit, .compare, .conceptPair, .layerComparison, .earlier, .advice:
            .seconds(0)
        case .profile, .curve: .milliseconds(12)
        case .quality, .heat: .milliseconds(50)
        }
    }

    private static func isBackground(_ kind: Job.Kind) -> Bool {
        switch kind {
        case .quality, .map, .heat, .evaluation, .work, .circuit, .layerComparison: true
        case .locate, .locateHeld, .profile, .list, .curve, .count, .inspect, .fit, .sheet, .cover, .words, .layer,
            .conceptSet, .kin, .pair, .compare, .conceptPair, .earlier, .advice:
            false
        }
    }
}
