import Cache
import Foundation
import Files

/// A study's folder whose shares stand under it, each in a folder of its number: `shares/007`.
///
/// How many there are, and which of a scheduler's numbers is the first, is written down by the first task that begins, and
/// holds from then on: a job that runs a few of them again is the same extraction. No two tasks write to one file.
package struct ShareRoot: Sendable {
    package let folder: URL

    package init(_ folder: URL) { self.folder = folder }

    /// Which share is whose.
    package struct Plan: Sendable, Hashable, Codable {
        /// Of shares, in all.
        package var count: Int
        /// The scheduler's numbers of the tasks.
        package var first: Int
        package var step: Int
        /// Processes of every task, each of which has a share; nil of tasks that are one.
        package var processes: Int?

        package enum CodingKeys: String, CodingKey { case count, first, step, processes }

        package init(count: Int, first: Int, step: Int, processes: Int? = nil) {
            (self.count, self.first, self.step, self.processes) = (count, first, step, processes)
        }

        /// As a task says of its own job; nil where it does not say all.
        init?(_ task: ScheduledTask) {
            guard let count = task.count, count > 0, let first = task.first else { return nil }
            self.init(
                count: count * task.processes, first: first, step: task.step, processes: task.process?.count)
        }

        var isWhole: Bool { count > 0 && step > 0 && perTask > 0 && count % perTask == 0 }

        /// Shares of a task.
        private var perTask: Int { processes ?? 1 }

        package func number(of share: Int) -> Int { first + (share - 1) / perTask * step }

        /// Nil for a task that is none of the plan's.
        func share(of task: ScheduledTask) -> Shard? {
            let (index, rest) = (task.number - first).quotientAndRemainder(dividingBy: step)
            let process = task.process?.number ?? 0
            guard rest == 0, index >= 0, index < count / perTask, process < perTask else { return nil }
            return Shard(index: index * perTask + process + 1, count: count)
        }
    }

    var shares: URL { folder.appending(path: "shares") }
    private var planFile: URL { shares.appending(path: "plan.json") }

    /// The share's folder.
    package func folder(of share: Int, among count: Int) -> URL {
        shares.appending(path: String(format: "%0*d", max(3, "\(count)".count), share))
    }

    /// The share that a task is to compute, and where.
    ///
    /// A job of as many tasks as there are shares is numbered as it says itself; the rest of an array, as the array was.
    ///
    /// - Throws: `noTaskCount` where nobody says how many there are, `noFirstTask` where nobody says which is the first,
    ///   `foreignTask` for a number of another job, `otherTaskCount` for a whole job of another size, `otherProcessCount` for
    ///   some of its tasks that start other numbers of processes.
    package func share(of task: ScheduledTask) throws -> (share: Shard, folder: URL) {
        let own = Plan(task)
        var plan: Plan
        if let own, own.share(of: task) == nil {
            // By a number that is none of its own job's nothing is begun.
            plan = own
        } else {
            plan = try self.plan(beginning: task)
            if let count = own?.count ?? task.count, count != plan.count, task.extent == .whole {
                throw WorkbenchError.otherTaskCount(task.scheduler, count, study: folder.path, shares: plan.count)
            }
            if let own, own.count == plan.count, task.extent != .rest {
                plan = own
            } else if plan.processes != task.process?.count {
                throw WorkbenchError.otherProcessCount(
                    task.scheduler, task.processes, study: folder.path, processes: plan.processes ?? 1)
            }
        }
        guard let share = plan.share(of: task) else {
            throw WorkbenchError.foreignTask(
                task.scheduler, task.number, study: folder.path,
                first: plan.first, last: plan.number(of: plan.count), count: plan.count)
        }
        return (share, folder(of: share.index, among: share.count))
    }

    /// Nil where no share was begun.
    package func plan() throws -> Plan? {
        guard FileManager.default.fileExists(atPath: planFile.path) else { return nil }
        let bytes = try WholeFile.bytes(of: planFile)
        guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(bytes)), plan.isWhole else {
            throw WorkbenchError.damagedPlan(file: planFile.path)
        }
        return plan
    }

    private func plan(beginning task: ScheduledTask) throws -> Plan {
        if let known = try plan() { return known }
        guard let count = task.count, count > 0 else {
            throw WorkbenchError.noTaskCount(task.scheduler, variable: ScheduledTask.countVariable)
        }
        guard let made = Plan(task) else {
            throw WorkbenchError.noFirstTask(
                task.scheduler, count: count * task.processes, variable: ScheduledTask.ownVariable)
        }
        let files = FileManager.default
        let linking: Int32
        let draft = shares.appending(path: "plan-\(UUID().uuidString).draft")
        do {
            try files.createDirectory(at: shares, withIntermediateDirectories: true)
            try WholeFile.write([UInt8](JSONEncoder().encode(made)), to: draft)
            defer { try? files.removeItem(at: draft) }
            // Also on a share of a network a link is made whole, by one of all tasks.
            if link(draft.path, planFile.path) == 0 { return made }
            linking = errno
        } catch {
            throw FileError(unwritable: planFile.path, because: error)
        }
        guard let theirs = try plan() else { throw FileError.unwritable(file: planFile.path, code: linking) }
        return theirs
    }

    /// How far a share is.
    package enum State: Sendable, Hashable {
        case done
        /// Rows of all its layers that are there, of how many; nothing while its images are still looked at.
        case partial(rows: Int, of: Int)
        case missing
    }

    /// Every share in order, with how far it is; nil where none was begun.
    package func states() throws -> (plan: Plan, states: [State])? {
        guard let plan = try plan() else { return nil }
        return (plan, try (1...plan.count).map { try state(of: folder(of: $0, among: plan.count)) })
    }

    private func state(of share: URL) throws -> State {
        guard FileManager.default.fileExists(atPath: share.appending(path: "study.sqlite").path) else {
            return .missing
        }
        let study = try Study(readingCopyAt: share)
        if try study.store.document(named: ShareContents.document) != nil { return .done }
        let layers = try study.layerFacts()
        return .partial(rows: layers.map(\.rows).reduce(0, +), of: layers.map(\.images).reduce(0, +))
    }

    /// The folders of all shares.
    ///
    /// - Throws: `noShares` where none was begun, `missingShares` where some are not whole.
    package func folders() throws -> [URL] {
        guard let (plan, states) = try states() else { throw WorkbenchError.noShares(study: folder.path) }
        let missing = states.indices.filter { states[$0] != .done }
        guard missing.isEmpty else { throw WorkbenchError.missingShares(missing.map { "\($0 + 1)/\(plan.count)" }) }
        return (1...plan.count).map { folder(of: $0, among: plan.count) }
    }
}

extension [Int] {
    /// Ascending numbers as Slurm's `--array` takes them: `3,5-7`.
    package var arrayExpression: String {
        var runs: [ClosedRange<Int>] = []
        for number in self {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
