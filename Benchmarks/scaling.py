"""What a forward pass does with more cores than this machine has: what dividing costs, and how far it can divide.

    python Benchmarks/scaling.py .build/release/miclip-throughput target MODEL BATCH [bfloat16] [--workers 1 2 4 16 64]

A core has four images at once, or a batch, as in an extraction: with more workers several batches are run together.

Counted: the program is told of N processors (Benchmarks/workers.c, built with cc and loaded before it) and really works with N
threads, on the cores that are there. Time of the processor, page faults, allocations, waits and wakes, locks and changes of
threads are those of an image; with more threads than cores they are what dividing costs at most.

Simulated: every piece of every parallel loop is timed alone, one after the other, with what lies between the loops. N cores
then take pieces as libdispatch deals them out, a loop inside a piece with the cores that are left for it. What waking a thread
takes is left out, and that cores share memory, caches and a clock; the simulation of as many cores as there are stands beside
what they really take. Pieces are timed by their own processor time, so other work on the machine matters little.
"""
import argparse
import contextlib
import mmap
import os
import pathlib
import statistics
import struct
import subprocess
import tempfile
import time

COUNTED = ("allocations", "bytes", "futexes", "locks")
RUN_BEGINS, RUN_ENDS, LOOP_BEGINS, PIECE_ENDS, LOOP_ENDS = range(5)


class Program:
    """Runs once for every call; `cost` is what its runs took since it was asked last."""

    def __init__(self, command, library, counts=None, **environment):
        environment |= {"LD_PRELOAD": str(library)} | ({"COUNTS": str(counts)} if counts else {})
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | environment)
        assert self.process.stdout.readline() == "ready\n", f"{command[0]} did not start"
        self.counts = counts
        self.before = self.now()

    def __call__(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def now(self):
        if not self.counts: return {}
        found = dict(zip(COUNTED, struct.unpack("4Q", self.counts.read_bytes()[:32])))
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        found |= {"faults": int(fields[7]), "user": int(fields[11]) / ticks, "system": int(fields[12]) / ticks, "changes": 0}
        for status in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/status"):
            with contextlib.suppress(FileNotFoundError):
                found["changes"] += sum(int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line)
        found["threads"] = int(fields[17])
        return found

    def cost(self):
        before, self.before = self.before, self.now()
        return {key: value - (before[key] if key != "threads" else 0) for key, value in self.before.items()}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def pieces(path):
    """The runs of a trace, each a list of seconds (what runs between loops) and loops; a loop is a list of pieces, each such a list."""
    runs, stack, last = [], [], 0
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        for nanoseconds, kind, thread, count in struct.iter_unpack("QIIQ", memory):
            if nanoseconds == 0: break
            passed, last = (nanoseconds - last) / 1e9, nanoseconds
            if kind == RUN_BEGINS: stack = [[]]
            elif not stack: continue
            else: stack[-1].append(passed)
            if kind == RUN_ENDS: runs.append(stack[0]); stack = []
            elif kind == LOOP_BEGINS: stack += [[], []]
            elif kind == PIECE_ENDS: piece = stack.pop(); stack[-1].append(piece); stack.append([])
            elif kind == LOOP_ENDS: stack.pop(); loop = stack.pop(); stack[-1].append(loop)
    return runs


def seconds(run, cores, nested=0):
    """What a run, or a piece `nested` deep among so many pieces, takes on so many cores."""
    return sum(part if isinstance(part, float) else loop_seconds(part, cores, nested) for part in run)


def loop_seconds(loop, cores, nested):
    # As libdispatch's apply.c has it: a loop inside another gets an equal share of all threads.
    threads = min(len(loop), cores if not nested else max(1, cores // nested))
    inner = len(loop) * max(nested, 1)
    free = [0.0] * max(threads, 1)
    for piece in loop:
        first = free.index(min(free))
        free[first] += seconds(piece, cores, inner)
    return max(free)


def together(batch, cores):
    """Images that an extraction runs at once."""
    return (4 * cores + batch - 1) // batch * batch


def outside(run): return sum(part for part in run if isinstance(part, float))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("verb", choices=["target", "image"])
    parser.add_argument("model")
    parser.add_argument("batch", type=int)
    parser.add_argument("precision", nargs="?")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 16, 64])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    precision = [options.precision] if options.precision else []
    cores_here = len(os.sched_getaffinity(0))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        library = folder / "workers.so"
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o", library,
                        pathlib.Path(__file__).with_name("workers.c"), "-ldl"], check=True)

        print(f"{options.verb} {options.model} {' '.join(precision)}: counted, of an image, on {cores_here} cores")
        keys = ["seconds", "user", "system", "faults", "changes", "allocations", "bytes", "futexes", "locks"]
        print("workers images threads " + " ".join(f"{key:>11}" for key in keys))
        rates = {}
        for workers in options.workers:
            batch = together(options.batch, workers)
            command = [options.program, options.verb, options.model, str(batch), *precision]
            counts = folder / "counts"
            counts.write_bytes(bytes(64))
            program = Program(command, library, counts, WORKERS=str(workers))
            program()
            program.cost()
            rounds = []
            for _ in range(options.rounds): rounds.append({"seconds": program()} | program.cost())
            program.close()
            middle = {key: statistics.median(round[key] for round in rounds) for key in rounds[0]}
            rates[workers] = batch / middle["seconds"]
            each = (f"{middle[key] / batch:11.{4 if key in ('seconds', 'user', 'system') else 1}f}" for key in keys)
            print(f"{workers:7} {batch:6} {middle['threads']:7} " + " ".join(each), flush=True)

        print(f"\nsimulated from {options.rounds} runs, every piece alone")
        print("  cores images  images a second  speed-up  of each core  outside of loops  measured")
        one = None
        for cores in options.workers:
            # Work is cut for the cores that there are.
            batch, trace = together(options.batch, cores), folder / f"pieces{cores}"
            command = [options.program, options.verb, options.model, str(batch), *precision]
            program = Program(command, library, WORKERS=str(cores), PIECES=str(trace))
            for _ in range(1 + options.rounds): program()
            program.close()
            # The quickest: what disturbs a piece only adds to it.
            run = min(pieces(trace)[1:], key=lambda run: seconds(run, 1))
            trace.unlink()
            one = one or seconds(run, 1) / batch
            took = seconds(run, cores) / batch
            real = f"{rates[cores]:.2f}" if cores <= cores_here else ""
            print(f"{cores:7} {batch:6} {1 / took:16.2f} {one / took:9.2f} {100 * one / took / cores:11.0f} %"
                  f"  {100 * outside(run) / batch / took:13.1f} %  {real}", flush=True)


if __name__ == "__main__":
    main()
