import Dispatch
import Explorer
import ExplorerRuntime
import Foundation
import Synchronization
import Testing

/// Who waits for whom, on a clock that only the test moves.
struct JobSchedulerTests {
    private let clock = Clock()
    private let jobs: JobScheduler
    /// How often the map was allowed to go on.
    private let steps = Steps()

    init() { jobs = JobScheduler(words: { "\($0)" }, now: { [clock] in clock.now }, wake: {}) }

    @Test("what nobody waits for rests until no key has come for a moment")
    func keysGoFirst() {
        defer { jobs.stop() }
        startMap()
        #expect(soon { steps.count > 0 })
        jobs.hush()
        #expect(soon { isAtRest })
        clock.pass(JobScheduler.quiet / 2)
        jobs.hush()
        clock.pass(JobScheduler.quiet / 2)
        #expect(isAtRest, "the second key began the moment anew")
        clock.pass(JobScheduler.quiet / 2)
        #expect(soon { !isAtRest })
    }

    @Test("beside what is awaited it waits as long as it then works, and as soon as that is done it goes on")
    func turns() {
        defer { jobs.stop() }
        let end = startCount()
        startMap()
        #expect(isAtRest && steps.count == 0)
        for _ in 0..<3 {
            #expect(hasATurn)
            clock.pass(JobScheduler.turn)
            #expect(soon { isAtRest })
        }
        end.signal()
        #expect(soon { !isAtRest })
    }

    @Test("a key takes its turn from it, though something has been awaited for long")
    func keysEndATurn() {
        let end = startCount()
        defer {
            end.signal()
            jobs.stop()
        }
        startMap()
        #expect(hasATurn)
        jobs.hush()
        #expect(soon { isAtRest })
    }

    @Test("the rest of a job rests for keys, holds nothing up, and is dropped once a newer of its kind has come")
    func restOfAJob() {
        defer { jobs.stop() }
        let first = Job(kind: .list, number: 1)
        jobs.hush()
        jobs.run(first) { [jobs] _ in
            jobs.goOn(first) { _ in .noStudy(at: "rest of the first") }
            return .noStudy(at: "first")
        }
        #expect(soon { places() == ["first"] })
        Thread.sleep(forTimeInterval: 0.05)
        #expect(places().isEmpty)
        let second = Job(kind: .list, number: 2)
        let isGoingOn = DispatchSemaphore(value: 0)
        jobs.run(second) { [jobs] _ in
            jobs.goOn(second) { work in
                isGoingOn.signal()
                while true {
                    try work.checkCancelled()
                    Thread.sleep(forTimeInterval: 0.001)
                }
            }
            return .noStudy(at: "second")
        }
        clock.pass(JobScheduler.quiet)
        #expect(soon { places() == ["second"] }, "the rest of the first was dropped")
        isGoingOn.wait()
        startMap()
        #expect(soon { !isAtRest })
    }

    /// The map, which nobody waits for: it works until the end.
    private func startMap() {
        jobs.run(Job(kind: .map, number: 1)) { [steps] work in
            while true {
                try work.checkCancelled()
                steps.add()
                Thread.sleep(forTimeInterval: 0.0005)
            }
        }
    }

    /// A count, which is awaited, under way until the semaphore is signalled.
    private func startCount() -> DispatchSemaphore {
        let (isUnderWay, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        jobs.run(Job(kind: .count, number: 1)) { _ in
            isUnderWay.signal()
            end.wait()
            return .noStudy(at: "count")
        }
        isUnderWay.wait()
        return end
    }

    /// Whether the map does nothing for a while; the step that was under way is done.
    private var isAtRest: Bool {
        Thread.sleep(forTimeInterval: 0.02)
        let before = steps.count
        Thread.sleep(forTimeInterval: 0.03)
        return steps.count == before
    }

    /// Whether the map gets to work as time passes. It may not have begun to wait yet, so time is passed until it does.
    private var hasATurn: Bool {
        soon {
            clock.pass(JobScheduler.turn)
            return !isAtRest
        }
    }

    /// The places that answers name, oldest first.
    private func places() -> [String] {
        jobs.results().compactMap { if case .noStudy(let place) = $0 { place } else { nil } }
    }

    /// Whether something comes true, however busy the machine is.
    private func soon(_ condition: () -> Bool) -> Bool {
        let end = DispatchTime.now() + .seconds(60)
        while DispatchTime.now() < end {
            if condition() { return true }
            Thread.sleep(forTimeInterval: 0.001)
        }
        return false
    }
}

private final class Clock: Sendable {
    private let nanoseconds = Atomic<UInt64>(1_000_000_000)
    var now: UInt64 { nanoseconds.load(ordering: .sequentiallyConsistent) }
    func pass(_ more: UInt64) { nanoseconds.add(more, ordering: .sequentiallyConsistent) }
}

private final class Steps: Sendable {
    private let taken = Atomic<Int>(0)
    var count: Int { taken.load(ordering: .sequentiallyConsistent) }
    func add() { taken.add(1, ordering: .sequentiallyConsistent) }
}
