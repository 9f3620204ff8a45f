import Dispatch
import Foundation
import LinearAlgebra
import Synchronization
import Testing

/// How many cores work at once.
@Suite struct CoresTests {
    private func count(_ environment: [String: String] = [:], _ files: [String: String] = [:], of all: Int = 64) throws
        -> Int
    {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return CoreLimits(environment, root: root, installed: 64).count(of: all)
    }

    @Test("a task uses no more cores than Slurm, Ray or Dask gave it")
    func environment() throws {
        #expect(try count() == 64)
        #expect(try count(["OMP_NUM_THREADS": "8"]) == 8)
        #expect(try count(["OMP_NUM_THREADS": "4,2", "SLURM_CPUS_PER_TASK": "16"]) == 4)
        #expect(try count(["SLURM_CPUS_PER_TASK": "16", "SLURM_CPUS_ON_NODE": "32"]) == 16)
        #expect(try count(["SLURM_CPUS_ON_NODE": "2"]) == 2)
        #expect(try count(["SLURM_CPUS_ON_NODE": "8", "SLURM_STEP_TASKS_PER_NODE": "2"]) == 4)
        #expect(try count(["SLURM_CPUS_ON_NODE": "8", "SLURM_STEP_TASKS_PER_NODE": "4(x3)"]) == 2)
        #expect(try count(["SLURM_CPUS_ON_NODE": "2", "SLURM_STEP_TASKS_PER_NODE": "4"]) == 1)
        #expect(try count(["SLURM_CPUS_ON_NODE": "8", "SLURM_STEP_TASKS_PER_NODE": "4(x2),1"]) == 64)
        #expect(try count(["SLURM_CPUS_PER_TASK": "16"], of: 8) == 8)
        for nothing in ["", "0", "-2", "many"] { #expect(try count(["OMP_NUM_THREADS": nothing]) == 64, "\(nothing)") }
    }

    @Test(
        "processes that MPI, torchrun or srun started side by side share the cores of their node, or of their part of it"
    )
    func processes() throws {
        #expect(try count(["MPI_LOCALNRANKS": "4"]) == 16)
        #expect(try count(["OMPI_COMM_WORLD_LOCAL_SIZE": "128"]) == 1)
        #expect(try count(["LOCAL_WORLD_SIZE": "4", "OMP_NUM_THREADS": "2"]) == 2)
        #expect(try count(["OMPI_COMM_WORLD_LOCAL_SIZE": "8"], of: 8) == 8, "bound to as many already")
        #expect(try count(["OMPI_COMM_WORLD_LOCAL_SIZE": "4", "SLURM_CPUS_ON_NODE": "32"]) == 8)
        #expect(try count(["LOCAL_WORLD_SIZE": "4", "SLURM_CPUS_PER_TASK": "16"]) == 16)
        #expect(try count(["SLURM_STEP_TASKS_PER_NODE": "4"]) == 16)
        let quota = ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "800000 100000\n"]
        #expect(try count(["MPI_LOCALNRANKS": "4"], quota) == 2)
    }

    @Test("a task of Grid Engine uses its slots where they are all on one node")
    func slots() throws {
        #expect(try count(["NSLOTS": "8", "NHOSTS": "1"]) == 8)
        #expect(try count(["NSLOTS": "8"]) == 8)
        #expect(try count(["NSLOTS": "32", "NHOSTS": "4"]) == 64)
        #expect(try count(["NSLOTS": "8", "NHOSTS": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "8"]) == 1)
        #expect(try count(["NSLOTS": "8", "OMP_NUM_THREADS": "2"]) == 2)
    }

    @Test("a task uses no more cores than its group's quota of processor time, or that of a group above it")
    func quotas() throws {
        let second = "0::/kubepods/pod7/main\n"
        #expect(
            try count([:], ["proc/self/cgroup": second, "sys/fs/cgroup/kubepods/pod7/cpu.max": "350000 100000\n"]) == 4)
        #expect(try count([:], ["proc/self/cgroup": second, "sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 1)
        #expect(try count([:], ["proc/self/cgroup": second, "sys/fs/cgroup/cpu.max": "max 100000\n"]) == 64)
        #expect(try count([:], ["proc/self/cgroup": second, "sys/fs/cgroup/cpu.max": "1e300 1\n"]) == 64)
        let first = "4:memory:/x\n1:cpu,cpuacct:/docker/7\n0::/\n"
        #expect(
            try count(
                [:],
                [
                    "proc/self/cgroup": first, "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
                    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                    "sys/fs/cgroup/cpu/docker/7/cpu.cfs_quota_us": "-1\n",
                    "sys/fs/cgroup/cpu/docker/7/cpu.cfs_period_us": "100000\n",
                ]) == 2)
        #expect(try count([:], ["proc/self/cgroup": "garbage\n"]) == 64)
    }

    @Test("no more threads work at once than are allowed, also of loops within loops", arguments: [1, 2, 3])
    func workers(allowed: Int) {
        let workers = LimitedWorkers(allowed)
        let now = Atomic(0)
        let most = Atomic(0)
        let done = Atomic(0)
        workers.perform(6) { _ in
            workers.perform(5) { _ in
                most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                usleep(500)
                now.subtract(1, ordering: .relaxed)
                done.add(1, ordering: .relaxed)
            }
        }
        #expect(done.load(ordering: .relaxed) == 30 && most.load(ordering: .relaxed) <= allowed)
        workers.perform(0) { _ in done.add(1, ordering: .relaxed) }
        #expect(done.load(ordering: .relaxed) == 30 && workers.idle == allowed - 1, "all are free again")
    }
}
