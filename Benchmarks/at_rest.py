#!/usr/bin/env python3
"""What the explorer takes when nothing is asked of it, and what it keeps of what was: processor time on screens left alone,
and memory over ten thousand keys.

    Benchmarks/at_rest.py .build/release/miclip
    Benchmarks/at_rest.py --seconds 10 --keys 2000 .build/release/miclip explore --study my.study

Bounds: no processor time (less than a clock tick in a hundred seconds is none), and memory after all keys within 5 % of what it
was after the first two thousand, which visit everything once. With either broken the exit status is 1. Needs Python and
Linux's /proc; the program runs on a pseudo-terminal of its own.
"""
import argparse, fcntl, os, pty, select, struct, sys, termios, threading, time

UP, DOWN, LEFT, RIGHT, ESCAPE = '\x1b[A', '\x1b[B', '\x1b[D', '\x1b[C', '\x1b'

# Name, keys that lead there.
SCREENS = [
    ('Locate', '1'), ('Locate, heat', '1p'), ('Units', '2'), ('Steer', '3'), ('Findings', '4'), ('Map', '5'), ('Contact sheet', '1v'),
    ('Help', '1?'), ('Long work', '1B'), ('Palette', '1:'), ('Evaluation', '1E'),
]
# Screens, lists, what lies over them, concepts, sliders: over and over.
ROUND = (
    ['1'] + [DOWN] * 12 + [UP] * 4 + ['v', RIGHT, DOWN, ESCAPE, '/', '\x15'] + list('boot') + ['\r', '2'] + [DOWN] * 12 + ['s', 'r', '3']
    + [LEFT] * 8 + [RIGHT] * 8 + ['c', DOWN, ESCAPE, '5'] + [RIGHT, DOWN, LEFT, UP] * 3 + ['z', 'Z', '1', 'C', DOWN, ESCAPE, '?', DOWN, ESCAPE, ':']
    + list('str') + [ESCAPE, '/', '\x15'] + list('bag') + ['\r'])


class Program:
    """The program on a pseudo-terminal, whose output is read and thrown away."""

    def __init__(self, command):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 36, 120, 0, 0))
            os.environ.update(TERM='xterm-256color', COLORTERM='truecolor', LC_ALL='C.UTF-8')
            os.execvp(command[0], command)
        self.heard = time.monotonic()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        try:
            while os.read(self.terminal, 1 << 16): self.heard = time.monotonic()
        except OSError:
            pass

    def press(self, key): os.write(self.terminal, key.encode())

    def rest(self, quiet, most=120):
        end = time.monotonic() + most
        while time.monotonic() - self.heard < quiet and time.monotonic() < end: time.sleep(0.05)

    def ticks(self):
        """Of the processor, since the start."""
        with open(f'/proc/{self.pid}/stat') as file: return sum(map(int, file.read().rsplit(')', 1)[1].split()[11:13]))

    def settle(self, most=60):
        """Waits until what was begun is done: three seconds without a clock tick."""
        (known, since), end = (self.ticks(), time.monotonic()), time.monotonic() + most
        while time.monotonic() - since < 3 and time.monotonic() < end:
            time.sleep(0.1)
            if self.ticks() != known: known, since = self.ticks(), time.monotonic()

    def memory(self):
        """Bytes that it holds beside what is mapped of files."""
        with open(f'/proc/{self.pid}/smaps_rollup') as file:
            return 1024 * sum(int(line.split()[1]) for line in file if line.startswith(('Anonymous:', 'Swap:')))

    def end(self):
        self.press('\x11')
        os.waitpid(self.pid, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60, help='left alone on every screen')
    parser.add_argument('--keys', type=int, default=10_000)
    parser.add_argument('command', nargs=argparse.REMAINDER, help='the program, and its arguments')
    options = parser.parse_args()
    if not options.command: parser.error('expected the program')
    command = options.command if len(options.command) > 1 else options.command + ['explore']
    isBeyond = False

    program = Program(command)
    program.rest(4)
    for name, keys in SCREENS:
        for key in keys: program.press(key), program.rest(0.4)
        program.settle()
        before = program.ticks()
        time.sleep(options.seconds)
        used = (program.ticks() - before) * 1000 / os.sysconf('SC_CLK_TCK')
        isBusy = used > options.seconds / 100 * 1000 / os.sysconf('SC_CLK_TCK')
        print(f'{name:16}{used:6.0f} ms of processor in {options.seconds:.0f} s at rest' + ('  above the bound' if isBusy else ''), flush=True)
        isBeyond = isBeyond or isBusy
        program.press('q' if name in ('Evaluation', 'Long work') else ESCAPE)
        if name == 'Locate, heat': program.press('p')
        program.rest(0.4)
    program.end()

    program = Program(command)
    program.rest(4)
    pressed, first = 0, None
    while pressed < options.keys:
        for key in ROUND:
            program.press(key)
            time.sleep(0.012)
        pressed += len(ROUND)
        if first is None and pressed >= options.keys / 5:
            program.rest(2)
            first = program.memory()
            print(f'memory after {pressed:6} keys {first / 2**20:7.1f} MiB', flush=True)
    program.rest(2)
    last = program.memory()
    print(f'memory after {pressed:6} keys {last / 2**20:7.1f} MiB, {100 * (last / first - 1):+.1f} %')
    program.end()
    sys.exit(isBeyond or last > 1.05 * first)


main()
