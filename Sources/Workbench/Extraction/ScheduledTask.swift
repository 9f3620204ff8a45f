/// The place of this process among the tasks of a scheduler's job, as the environment tells it.
package struct ScheduledTask: Sendable, Hashable {
    /// Who says so, in words: `Slurm array`.
    package var scheduler: String
    /// The scheduler's own number of the task, the first of all, and the step from one to the next.
    package var number: Int
    /// Nil where the scheduler does not say: of an array that leaves numbers out, its least may be none's first.
    package var first: Int?
    package var step: Int
    /// Tasks of the job; nil where the scheduler does not say.
    package var count: Int?
    package var extent: Extent
    /// Nil of a task that is one process.
    package var process: Process?

    /// One of several processes that a task of an array started.
    package struct Process: Sendable, Hashable {
        /// Who says so, in words.
        package var launcher: String
        /// From 0.
        package var number: Int
        package var count: Int

        package init(launcher: String, number: Int, count: Int) {
            (self.launcher, self.number, self.count) = (launcher, number, count)
        }
    }

    /// Processes of every task.
    package var processes: Int { process?.count ?? 1 }

    /// What names it: `Slurm array task 3, in it Slurm task 1 of 4`; the variable alone where it names the share itself.
    package var title: String {
        scheduler == Self.ownVariable
            ? scheduler
            : "\(scheduler) task \(number)"
                + (process.map { ", in it \($0.launcher) task \($0.number) of \($0.count)" } ?? "")
    }

    /// What of an extraction its job is.
    package enum Extent: Sendable, Hashable {
        /// All of it: the scheduler numbers tasks from its own first one, always.
        case whole
        /// An array of numbers without gaps: all of it, or some tasks of an earlier array under their numbers.
        case range
        /// An array that leaves numbers out: some tasks of an earlier one.
        case rest
    }

    package init(
        scheduler: String, number: Int, first: Int?, step: Int = 1, count: Int?, extent: Extent = .whole,
        process: Process? = nil
    ) {
        (self.scheduler, self.number, self.first, self.step) = (scheduler, number, first, step)
        (self.count, self.extent, self.process) = (count, extent, process)
    }

    /// Variables that a scheduler sets for each of its tasks.
    private struct Scheduler {
        var name: String
        var number: String
        /// Of its first task; 0 where no variable says.
        var firstVariable: String?
        var lastVariable: String?
        var stepVariable: String?
        var count: String?
        /// Whether a count of one says nothing, as every job has it.
        var needsSeveral = false
    }

    /// Each task is a job of its own, so that the processes it starts are numbered from 0 in each.
    private static let arrays = [
        Scheduler(
            name: "Slurm array", number: "SLURM_ARRAY_TASK_ID", firstVariable: "SLURM_ARRAY_TASK_MIN",
            lastVariable: "SLURM_ARRAY_TASK_MAX", stepVariable: "SLURM_ARRAY_TASK_STEP", count: "SLURM_ARRAY_TASK_COUNT"
        ),
        Scheduler(
            name: "Grid Engine array", number: "SGE_TASK_ID", firstVariable: "SGE_TASK_FIRST",
            lastVariable: "SGE_TASK_LAST", stepVariable: "SGE_TASK_STEPSIZE"),
        Scheduler(name: "AWS Batch array", number: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"),
    ]

    /// What starts processes. Slurm's own come last, for what `mpirun` starts in one of them inherits its number. A batch script
    /// has a number too (0), of a job of any size; only `srun` tells how many it started.
    private static let launchers = [
        Scheduler(name: "Open MPI", number: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE"),
        Scheduler(name: "MPI", number: "PMI_RANK", count: "PMI_SIZE"),
        Scheduler(name: "torchrun", number: "RANK", count: "WORLD_SIZE"),
        Scheduler(name: "Slurm", number: "SLURM_PROCID", count: "SLURM_STEP_NUM_TASKS", needsSeveral: true),
    ]

    /// The pods of a Kubernetes job may be numbered by MPI or torchrun all together; the index alone says which share.
    private static let schedulers =
        arrays + [Scheduler(name: "Kubernetes indexed job", number: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS")]
        + launchers

    /// The variable that names a share outright, and the one that says how many there are where a scheduler does not.
    package static let ownVariable = "MICLIP_SHARD"
    package static let countVariable = "MICLIP_SHARDS"

    /// Every variable that may name a task.
    package static var variables: [String] { [ownVariable] + schedulers.map(\.number) }

    /// Nil where nothing in the environment is a task's.
    ///
    /// - Throws: `malformedVariable` for a value of the variables that are looked at that is no number from 0, or no share, or no
    ///   multiple of the processes of a task.
    package init?(_ environment: [String: String]) throws {
        func number(_ name: String?) throws -> Int? {
            // Grid Engine says undefined outside arrays.
            guard let name, let text = environment[name], !text.isEmpty, text != "undefined" else { return nil }
            guard let number = Int32(text), number >= 0 else {
                throw WorkbenchError.malformedVariable(name, expected: "a whole number from 0", found: text)
            }
            return Int(number)
        }
        if let text = environment[Self.ownVariable], !text.isEmpty {
            guard let own = Shard(text) else {
                throw WorkbenchError.malformedVariable(
                    Self.ownVariable, expected: "a share, as in 2/4, from 1/4 to 4/4", found: text)
            }
            self.init(scheduler: Self.ownVariable, number: own.index, first: 1, count: own.count)
            return
        }
        let process = try Self.arrays.contains { try number($0.number) != nil } ? Self.process(number) : nil
        func countOfTasks() throws -> Int? {
            guard let shares = try number(Self.countVariable) else { return nil }
            let processes = process?.count ?? 1
            guard shares % processes == 0 else {
                throw WorkbenchError.malformedVariable(
                    Self.countVariable, expected: "a multiple of the \(processes) processes of each task",
                    found: "\(shares)")
            }
            return shares / processes
        }
        for scheduler in Self.schedulers {
            guard let found = try number(scheduler.number) else { continue }
            let step = max(1, try number(scheduler.stepVariable) ?? 1)
            var (first, count) = (try number(scheduler.firstVariable), try number(scheduler.count))
            var extent = scheduler.lastVariable == nil ? Extent.whole : .range
            if let least = first, let last = try number(scheduler.lastVariable), last >= least {
                let all = (last - least) / step + 1
                if count != nil && count != all {
                    extent = .rest
                    count = try countOfTasks()
                    first = count.flatMap { Self.first(of: $0, least: least, last: last, step: step) }
                } else {
                    count = all
                }
            } else {
                first = first ?? 0
            }
            if scheduler.needsSeveral, (count ?? 1) < 2 { continue }
            self.init(
                scheduler: scheduler.name, number: found, first: first, step: step,
                count: try count ?? countOfTasks(), extent: extent, process: process)
            return
        }
        return nil
    }

    /// The process of a task that started several.
    private static func process(_ number: (String?) throws -> Int?) throws -> Process? {
        for launcher in launchers {
            guard let own = try number(launcher.number), let all = try number(launcher.count), all > 1 else { continue }
            return Process(launcher: launcher.name, number: own, count: all)
        }
        return nil
    }

    /// The first number of `count` tasks of which some of `least` to `last` are left: 0 or 1, where only one of them can be.
    private static func first(of count: Int, least: Int, last: Int, step: Int) -> Int? {
        let possible = [0, 1].filter { $0 <= least && last <= $0 + (count - 1) * step && (least - $0) % step == 0 }
        return possible.count == 1 ? possible[0] : nil
    }
}
