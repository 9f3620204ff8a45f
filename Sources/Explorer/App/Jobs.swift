/// What was asked for, so that it is asked once, and whose answers still count.
struct Jobs: Sendable {
    private var number = 0
    private var newest: [Job.Kind: Job] = [:]
    private var subjects: [Job.Kind: any Hashable & Sendable] = [:]
    private var running: Set<Job> = []

    /// A new job for `subject`, unless the newest of its kind is for the same.
    mutating func start(_ kind: Job.Kind, for subject: some Hashable & Sendable) -> Job? {
        if let last = subjects[kind], AnyHashable(last) == AnyHashable(subject) { return nil }
        subjects[kind] = subject
        number += 1
        let job = Job(kind: kind, number: number)
        if let older = newest[kind] { running.remove(older) }
        newest[kind] = job
        running.insert(job)
        return job
    }

    /// Whether an answer to `job` still counts; `ends` when it is the last.
    mutating func accept(_ job: Job, ends: Bool = true) -> Bool {
        guard newest[job.kind] == job, running.contains(job) else { return false }
        if ends { running.remove(job) }
        return true
    }

    /// What the newest job of a kind is for.
    func subject(_ kind: Job.Kind) -> (any Hashable & Sendable)? { subjects[kind] }

    /// Ends what runs of a kind, and returns it.
    mutating func stop(_ kind: Job.Kind) -> Job? {
        newest[kind].flatMap { running.remove($0) }
    }

    /// Lets go of what was asked for: answers do not count any more, and it is asked for anew.
    mutating func forget(_ kinds: Job.Kind...) {
        for kind in kinds {
            subjects[kind] = nil
            newest[kind].map { _ = running.remove($0) }
        }
    }

    /// Lets go of all but some kinds.
    mutating func forgetAll(but kept: Job.Kind...) {
        for kind in Job.Kind.allCases where !kept.contains(kind) { forget(kind) }
    }

    func isRunning(_ kind: Job.Kind) -> Bool { newest[kind].map(running.contains) ?? false }
}
