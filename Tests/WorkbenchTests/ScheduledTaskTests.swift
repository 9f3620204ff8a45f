import Foundation
import TestSupport
import Testing
import Workbench

/// The share of a task by what a scheduler puts into its environment.
@Suite struct ScheduledTaskTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    /// What Slurm sets for a task of an array.
    private func slurm(_ number: Int, _ range: ClosedRange<Int>, step: Int = 1, count: Int? = nil) -> [String: String] {
        [
            "SLURM_ARRAY_TASK_ID": "\(number)", "SLURM_ARRAY_TASK_MIN": "\(range.lowerBound)",
            "SLURM_ARRAY_TASK_MAX": "\(range.upperBound)", "SLURM_ARRAY_TASK_STEP": "\(step)",
            "SLURM_ARRAY_TASK_COUNT": "\(count ?? (range.upperBound - range.lowerBound) / step + 1)",
            // As in every job.
            "SLURM_PROCID": "0", "SLURM_NTASKS": "1",
        ]
    }

    private func share(_ environment: [String: String], _ name: String) throws -> String {
        let found = try ScheduledTask(environment)
        let task = try #require(found)
        let (share, place) = try ShareRoot(folder.appending(path: name)).share(of: task)
        #expect(place.lastPathComponent == String(format: "%03d", share.index))
        return share.description
    }

    @Test("every scheduler's tasks are told by their environment")
    func schedulers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tasks: [([String: String], String)] = [
            (slurm(1, 1...8), "1/8"), (slurm(0, 0...7), "1/8"), (slurm(7, 0...7), "8/8"),
            (slurm(9, 1...9, step: 4), "3/3"),
            (["SLURM_PROCID": "2", "SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "4"], "3/4"),
            (["SGE_TASK_ID": "5", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "9", "SGE_TASK_STEPSIZE": "2"], "3/5"),
            (["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "10"], "1/10"),
            (["JOB_COMPLETION_INDEX": "3", "JOB_COMPLETIONS": "4"], "4/4"),
            (["JOB_COMPLETION_INDEX": "3", "MICLIP_SHARDS": "6"], "4/6"),
            (["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"], "2/2"),
            (["PMI_RANK": "0", "PMI_SIZE": "3"], "1/3"),
            (["RANK": "5", "WORLD_SIZE": "6"], "6/6"),
            (["MICLIP_SHARD": "2/4", "RANK": "0", "WORLD_SIZE": "9"], "2/4"),
            // What mpirun starts in a batch script of Slurm inherits the script's number.
            (
                ["SLURM_PROCID": "0", "SLURM_NTASKS": "4", "OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"],
                "3/4"
            ),
        ]
        for (place, (environment, expected)) in tasks.enumerated() {
            #expect(try share(environment, "\(place).study") == expected, "\(environment)")
        }
        // A batch script of a job of four tasks is none of these: srun starts them.
        let script = ["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]
        for nothing in [
            [:], ["SGE_TASK_ID": "undefined"], script, ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"], ["RANK": ""],
        ] {
            #expect(try ScheduledTask(nothing) == nil, "\(nothing)")
        }
    }

    @Test(
        "a variable that is no number, or no share, is named, and nothing else is taken in its place",
        arguments: [
            ("RANK", "x"), ("SLURM_ARRAY_TASK_MIN", "-1"), ("SLURM_ARRAY_TASK_MAX", "9223372036854775807"),
            ("SLURM_ARRAY_TASK_ID", "4.5"), ("MICLIP_SHARD", "3of8"), ("MICLIP_SHARD", "9/8"),
            ("MICLIP_SHARD", "9223372036854775807/9223372036854775807"),
        ])
    func malformed(variable: String, value: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var environment = variable == "RANK" ? ["WORLD_SIZE": "4"] : slurm(3, 0...7)
        environment[variable] = value
        let expected = variable == "MICLIP_SHARD" ? "a share, as in 2/4, from 1/4 to 4/4" : "a whole number from 0"
        #expect(throws: WorkbenchError.malformedVariable(variable, expected: expected, found: value)) {
            try ScheduledTask(environment)
        }
    }

    @Test(
        "whatever numbers a whole job, its first task has the first share, and a whole job of another size is refused")
    func numbering() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try share(slurm(2, 0...7), "a.study") == "3/8")
        #expect(try share(["MICLIP_SHARD": "3/8"], "a.study") == "3/8")
        #expect(try share(slurm(1, 1...8), "a.study") == "1/8")
        #expect(try share(["RANK": "7", "WORLD_SIZE": "8"], "a.study") == "8/8")
        let path = folder.appending(path: "a.study").path
        #expect(throws: WorkbenchError.otherTaskCount("MICLIP_SHARD", 16, study: path, shares: 8)) {
            try share(["MICLIP_SHARD": "3/16"], "a.study")
        }
        #expect(throws: WorkbenchError.otherTaskCount("torchrun", 4, study: path, shares: 8)) {
            try share(["RANK": "0", "WORLD_SIZE": "4"], "a.study")
        }
        // The rest of an array keeps its numbers, though they could be another's.
        #expect(try share(slurm(5, 5...12), "c.study") == "1/8")
        let rest = slurm(6, 6...8, count: 2).merging(["MICLIP_SHARDS": "8"]) { own, _ in own }
        #expect(try share(rest, "c.study") == "2/8")
        // A number beyond its own job begins nothing.
        let other = folder.appending(path: "b.study")
        #expect(throws: WorkbenchError.foreignTask("torchrun", 9, study: other.path, first: 0, last: 3, count: 4)) {
            try share(["RANK": "9", "WORLD_SIZE": "4"], "b.study")
        }
        #expect(try ShareRoot(other).plan() == nil)
    }

    @Test("a job that runs some tasks again is of the same shares, and one of other tasks is refused")
    func again() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = ShareRoot(folder.appending(path: "a.study"))
        // An array with gaps cannot tell how many there are, until one that has none began.
        #expect(throws: WorkbenchError.noTaskCount("Slurm array", variable: "MICLIP_SHARDS")) {
            try share(slurm(3, 3...7, count: 2), "a.study")
        }
        #expect(try share(slurm(2, 0...7), "a.study") == "3/8")
        #expect(try share(slurm(3, 3...7, count: 2), "a.study") == "4/8")
        #expect(try share(slurm(7, 7...7), "a.study") == "8/8")
        #expect(
            throws: WorkbenchError.foreignTask(
                "Slurm array", 8, study: root.folder.path, first: 0, last: 7, count: 8)
        ) { try share(slurm(8, 4...9), "a.study") }
        #expect(try root.states()?.states == Array(repeating: .missing, count: 8))
        #expect(throws: WorkbenchError.missingShares((1...8).map { "\($0)/8" })) { try root.folders() }
        var plan = try StudyPlan.small(in: folder)
        plan.shard = Shard(index: 2, count: 8)
        _ = try TargetLayer.created(at: root.folder(of: 2, among: 8), plan: plan)
        guard case .partial(rows: 0, of: _)? = try root.states()?.states[1] else {
            return #expect(Bool(false), "begun, and nothing computed")
        }
        #expect([1, 2, 3, 7, 9, 10].arrayExpression == "1-3,7,9-10" && [Int]().arrayExpression.isEmpty)
        try Data("{}".utf8).write(to: root.folder.appending(path: "shares/plan.json"))
        #expect(throws: WorkbenchError.damagedPlan(file: root.folder.appending(path: "shares/plan.json").path)) {
            try share(slurm(2, 0...7), "a.study")
        }
    }

    /// What `srun` sets for a process that an array's task starts.
    private func process(_ number: Int, of count: Int, in task: [String: String]) -> [String: String] {
        task.merging([
            "SLURM_PROCID": "\(number)", "SLURM_NTASKS": "\(count)", "SLURM_STEP_NUM_TASKS": "\(count)",
        ]) { $1 }
    }

    @Test("each of the processes that an array's tasks start has a share of its own")
    func processes() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let mpi = ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"]
        let aws = ["AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "3", "RANK": "0", "WORLD_SIZE": "2"]
        let tasks: [([String: String], String)] = [
            (process(0, of: 4, in: slurm(1, 1...8)), "1/32"), (process(3, of: 4, in: slurm(8, 1...8)), "32/32"),
            (process(1, of: 4, in: slurm(9, 1...9, step: 4)), "10/12"),
            (slurm(3, 0...7).merging(mpi) { $1 }, "14/32"), (aws, "5/6"),
            // A batch script of four tasks that runs the program itself is one.
            (slurm(3, 0...7).merging(["SLURM_NTASKS": "4"]) { $1 }, "4/8"),
        ]
        for (place, (environment, expected)) in tasks.enumerated() {
            #expect(try share(environment, "\(place).study") == expected, "\(environment)")
        }
        let all = try (1...3).flatMap { task in
            try (0..<2).map { try share(process($0, of: 2, in: slurm(task, 1...3)), "all.study") }
        }
        #expect(all == (1...6).map { "\($0)/6" })
        let title = try ScheduledTask(process(1, of: 4, in: slurm(2, 1...8)))?.title
        #expect(title == "Slurm array task 2, in it Slurm task 1 of 4")
        #expect(try ScheduledTask(["MICLIP_SHARD": "3/8"])?.title == "MICLIP_SHARD")
    }

    @Test("tasks that are run again start as many processes as before, or are refused")
    func processesAgain() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = ShareRoot(folder.appending(path: "a.study"))
        #expect(try share(process(0, of: 4, in: slurm(0, 0...7)), "a.study") == "1/32")
        #expect(try root.plan()?.number(of: 23) == 5)
        #expect(try share(process(2, of: 4, in: slurm(5, 5...5)), "a.study") == "23/32")
        #expect(try share(process(2, of: 4, in: slurm(5, 2...5, count: 2)), "a.study") == "23/32")
        #expect(try share(["MICLIP_SHARD": "23/32"], "a.study") == "23/32")
        for (task, found) in [(process(1, of: 2, in: slurm(5, 5...6)), 2), (slurm(5, 5...6), 1)] {
            #expect(
                throws: WorkbenchError.otherProcessCount(
                    "Slurm array", found, study: root.folder.path, processes: 4)
            ) { try share(task, "a.study") }
        }
        // With gaps from the beginning, by how many shares there are.
        var rest = process(1, of: 4, in: slurm(0, 0...7, count: 2))
        rest["MICLIP_SHARDS"] = "32"
        #expect(try share(rest, "b.study") == "2/32")
        rest["MICLIP_SHARDS"] = "30"
        let expected = "a multiple of the 4 processes of each task"
        #expect(throws: WorkbenchError.malformedVariable("MICLIP_SHARDS", expected: expected, found: "30")) {
            try share(rest, "c.study")
        }
    }

    @Test("of an array with gaps the first number is told by how many there are, or by nobody")
    func gaps() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var tasks = [
            (slurm(3, 3...8, count: 2), "3/8"), (slurm(3, 3...8, count: 2), "3/8"), (slurm(0, 0...5, count: 3), "1/8"),
            (slurm(9, 1...13, step: 4, count: 2), "3/4"),
        ].map { (environment, expected) in (environment.merging(["MICLIP_SHARDS": "8"]) { own, _ in own }, expected) }
        tasks[3].0["MICLIP_SHARDS"] = "4"
        for (place, (environment, expected)) in tasks.enumerated() {
            #expect(try share(environment, "\(place).study") == expected, "\(environment)")
        }
        var unknown = slurm(3, 3...7, count: 2)
        unknown["MICLIP_SHARDS"] = "8"
        #expect(throws: WorkbenchError.noFirstTask("Slurm array", count: 8, variable: "MICLIP_SHARD")) {
            try share(unknown, "unknown.study")
        }
        #expect(try share(slurm(0, 0...7), "unknown.study") == "1/8")
        #expect(try share(unknown, "unknown.study") == "4/8")
    }

    @Test("tasks that begin at once agree")
    func race() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<20 {
            let root = ShareRoot(folder.appending(path: "\(round).study"))
            let shares = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        // As two arrays that were submitted by mistake.
                        let count = number % 2 == 0 ? 8 : 9
                        let task = ScheduledTask(scheduler: "test", number: number, first: 0, count: count)
                        do {
                            return try root.share(of: task).share.count
                        } catch WorkbenchError.otherTaskCount(_, count, _, let shares) {
                            return shares
                        }
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(shares.count == 1 && shares.isSubset(of: [8, 9]))
            let left = try FileManager.default.contentsOfDirectory(
                atPath: root.folder.appending(path: "shares").path)
            #expect(left == ["plan.json"], "no draft stays")
        }
    }
}
