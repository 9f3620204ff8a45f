import Foundation

/// Inputs for many parsers, in processes of their own: one that crashes, hangs or takes too much memory is told by its
/// number, its input is kept, and the work goes on behind it.
struct Campaign {
    let parsers: [Parser]
    let seed: UInt64
    let folder: URL
    let workers: Int
    /// What the workers are told beside their parser.
    var arguments: [String] = []

    struct Found: Sendable {
        var parser: String
        var index: Int
        var words: String
        var file: String
    }

    struct Count: Sendable {
        var (tried, accepted, refused) = (0, 0, 0)
        var seconds = 0.0
        var faults = 0
    }

    private struct Job {
        var parser: Int
        var range: Range<Int>
    }

    private struct Running {
        var job: Job
        var process: Process
        var report: ReportPage
        var began: Date
        var last: (index: Int, since: Date, cpu: Double)
    }

    /// After so many faults a parser is left alone.
    private static let mostFaults = 30

    /// - Parameter total: inputs in all; each parser gets its share.
    func run(total: Int, from first: Int = 0) throws -> (counts: [Count], found: [Found]) {
        let shares = parsers.reduce(0) { $0 + $1.share }
        var jobs: [Job] = []
        for (place, parser) in parsers.enumerated() {
            let count = max(1, total * parser.share / shares)
            for start in stride(from: first, to: first + count, by: 20_000) {
                jobs.append(Job(parser: place, range: start..<min(start + 20_000, first + count)))
            }
        }
        var counts = parsers.map { _ in Count() }
        var found: [Found] = []
        var running: [Running] = []
        jobs.reverse()
        while !jobs.isEmpty || !running.isEmpty {
            while running.count < workers, let job = jobs.popLast() {
                if counts[job.parser].faults < Self.mostFaults { running.append(try start(job)) }
            }
            Thread.sleep(forTimeInterval: 0.02)
            for place in running.indices.reversed() {
                guard let ending = ending(of: &running[place]) else { continue }
                let worker = running.remove(at: place)
                let (job, next) = (worker.job, worker.report[.next])
                var count = counts[job.parser]
                count.accepted += worker.report[.accepted]
                count.refused += worker.report[.refused]
                count.seconds += Date().timeIntervalSince(worker.began)
                if let words = ending.words {
                    found.append(try keep(next, of: job.parser, words: words))
                    count.faults += 1
                    if next + 1 < job.range.upperBound {
                        jobs.append(Job(parser: job.parser, range: next + 1..<job.range.upperBound))
                    }
                }
                count.tried = count.accepted + count.refused + count.faults
                counts[job.parser] = count
                try? FileManager.default.removeItem(atPath: worker.report.scratch)
            }
        }
        return (counts, found)
    }

    private func start(_ job: Job) throws -> Running {
        let page = folder.appending(path: "report-\(UUID().uuidString)")
        let report = try ReportPage(page)
        report[.next] = job.range.lowerBound
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "work", parsers[job.parser].name, "--seed", "\(seed)", "--from", "\(job.range.lowerBound)", "--to",
                "\(job.range.upperBound)", "--report", page.path,
            ] + arguments
        // A crash is told by its status; taking it apart would take seconds.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let errors = FileHandle(forWritingAtPath: "/dev/null")
        if ProcessInfo.processInfo.environment["MICLIP_TORTURE_TELL"] == nil { process.standardError = errors }
        process.standardOutput = errors
        try process.run()
        unlinkLater(page)
        return Running(
            job: job, process: process, report: report, began: Date(), last: (job.range.lowerBound, Date(), 0))
    }

    /// The worker opens the page first of all.
    private func unlinkLater(_ page: URL) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 30)
            unlink(page.path)
        }
    }

    /// Nil while it runs; what is wrong, if anything.
    private func ending(of worker: inout Running) -> (words: String?, Void)? {
        guard worker.process.isRunning else {
            let (status, reason) = (worker.process.terminationStatus, worker.process.terminationReason)
            if reason == .exit, status == 0 { return (nil, ()) }
            if reason == .exit, status == Limits.faultStatus { return (worker.report.words, ()) }
            return (reason == .exit ? "it ends with status \(status)" : "it is ended by signal \(status)", ())
        }
        let next = worker.report[.next]
        let cpu = Self.processorTime(of: worker.process.processIdentifier)
        if next != worker.last.index { worker.last = (next, Date(), cpu) }
        // On a busy machine a second is not a second: one that waits, waits long.
        let waited = Date().timeIntervalSince(worker.last.since)
        guard cpu - worker.last.cpu > Limits.seconds || waited > 5 * Limits.seconds else { return nil }
        kill(worker.process.processIdentifier, SIGKILL)
        worker.process.waitUntilExit()
        return ("it takes more than \(Limits.seconds) seconds", ())
    }

    /// Seconds a process has computed.
    private static func processorTime(of process: pid_t) -> Double {
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func keep(_ index: Int, of parser: Int, words: String) throws -> Found {
        let input = parsers[parser].input(index, seed: seed)
        let name = parsers[parser].name.replacing(" ", with: "-")
        let file = folder.appending(path: "\(name)-\(seed)-\(index)-\(input.name.replacing("/", with: "-"))")
        try Data(input.bytes).write(to: file)
        return Found(parser: parsers[parser].name, index: index, words: words, file: file.path)
    }
}
