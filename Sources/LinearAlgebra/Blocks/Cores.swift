import Foundation

/// Processors that work at once: those that this process may run on, and no more than whoever started it gave it.
package let cores = CoreLimits().count(of: ProcessInfo.processInfo.activeProcessorCount)

/// What keeps a process to fewer cores than it could run on: on a machine that several tasks share, each of which taking all
/// would take them from the others.
package struct CoreLimits: Sendable {
    /// By the environment; nil where it says nothing.
    package var given: Int?
    /// Of processor time, in cores; nil where it has none.
    package var quota: Double?

    package init(given: Int?, quota: Double?) { (self.given, self.quota) = (given, quota) }

    /// - Parameters:
    ///   - root: where the system's files are.
    ///   - installed: processors of the machine, whether or not this process may run on them.
    package init(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, root: URL = URL(filePath: "/"),
        installed: Int = ProcessInfo.processInfo.processorCount
    ) {
        let processes = Self.processes(environment)
        given = Self.given(environment, processes: processes, installed: installed)
        quota = Self.quota(root).map { $0 / Double(processes ?? 1) }
    }

    package func count(of available: Int) -> Int {
        let all = Double(available)
        return max(1, min(given ?? available, Int(min(all, quota?.rounded(.up) ?? all))))
    }

    private static func number(_ name: String, _ environment: [String: String]) -> Int? {
        environment[name]?.split(separator: ",").first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Processes of one job that were started side by side on this node, and share what it was given: by MPICH and its kin, Open MPI,
    /// torchrun or `srun`. Nil where nothing tells; nodes that differ tell no part.
    private static func processes(_ environment: [String: String]) -> Int? {
        let launchers = ["MPI_LOCALNRANKS", "OMPI_COMM_WORLD_LOCAL_SIZE", "LOCAL_WORLD_SIZE"]
        if let started = launchers.lazy.compactMap({ number($0, environment) }).first { return started }
        // `2`, or `2(x3)` on three nodes.
        guard let steps = environment["SLURM_STEP_TASKS_PER_NODE"], !steps.contains(",") else { return nil }
        return Int(steps.prefix { $0.isNumber }).flatMap { $0 > 0 ? $0 : nil }
    }

    /// `OMP_NUM_THREADS`, which Ray and Dask set and other programs heed; else what Slurm gave the task: not everywhere does it
    /// bind a task to its cores. Else this process's part of what Slurm or Grid Engine gave on the node, or of all the node has.
    private static func given(_ environment: [String: String], processes: Int?, installed: Int) -> Int? {
        func number(_ name: String) -> Int? { Self.number(name, environment) }
        if let own = number("OMP_NUM_THREADS") ?? number("SLURM_CPUS_PER_TASK") { return own }
        if let node = number("SLURM_CPUS_ON_NODE") {
            guard processes != nil || environment["SLURM_STEP_TASKS_PER_NODE"] == nil else { return nil }
            return max(1, node / (processes ?? 1))
        }
        // Grid Engine counts the slots of all nodes together.
        if let slots = number("NSLOTS"), number("NHOSTS") ?? 1 == 1 { return max(1, slots / (processes ?? 1)) }
        return processes.map { max(1, installed / $0) }
    }

    /// The least of the group's own (what Kubernetes calls a limit) and those above it, as version 2 or 1 of the kernel's groups
    /// has them.
    private static func quota(_ root: URL) -> Double? {
        func words(_ path: String) -> [String] {
            let text = (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
            return text.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        func share(_ words: [String]) -> Double? {
            guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
            else { return nil }
            return quota / period
        }
        var found: [Double] = []
        for line in words("proc/self/cgroup") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains("cpu") else { continue }
            // In a container the path may be that of the machine, and the group itself stands at the top.
            var path = parts[2].split(separator: "/")[...]
            while true {
                let folder = (["sys/fs/cgroup"] + (isSecond ? [] : ["cpu"]) + path.map(String.init)).joined(
                    separator: "/")
                let own =
                    isSecond
                    ? words("\(folder)/cpu.max")
                    : words("\(folder)/cpu.cfs_quota_us") + words("\(folder)/cpu.cfs_period_us")
                if let own = share(own) { found.append(own) }
                if path.isEmpty { break }
                path.removeLast()
            }
        }
        return found.min()
    }
}
