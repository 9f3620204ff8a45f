#!/usr/bin/env python3
"""How many bytes the explorer writes to its terminal for a key, screen by screen: what a slow line has to carry.

    Benchmarks/bytes_per_key.py .build/release/miclip
    Benchmarks/bytes_per_key.py --size 80x24 --colors 256 .build/release/miclip explore --study my.study

Keys are pressed one by one, each after the screen has come to rest, and then as a held key repeats them, thirty a second.
Pictures wait for a pause of 80 ms: what comes before it is the key's own, and what comes behind it is told beside. Bounds at
120x36 for the key's own: median 3 kB, 95th percentile 12 kB; with any screen above them the exit status is 1. Given the
program alone, it measures on a study of two of the sample's layers, which it makes. Needs Python alone; the program runs on
a pseudo-terminal of its own.
"""
import argparse, fcntl, os, pty, select, struct, subprocess, sys, tempfile, termios, time

UP, DOWN, LEFT, RIGHT = '\x1b[A', '\x1b[B', '\x1b[D', '\x1b[C'
ESCAPE, ENTER, NEXT_PAGE = '\x1b', '\r', '\x1b[6~'

PAUSE = 0.075

# Name, keys that lead there and seconds to wait, keys that are measured, keys that lead back.
SCREENS = [
    ('Locate', ['1'], [DOWN] * 20 + [UP] * 10 + ['r'] * 4 + [NEXT_PAGE] * 2, []),
    ('Locate, typing', ['1', '/', '\x15'], list('striped dress') + ['\x7f'] * 4, [ENTER]),
    ('Locate, heat', ['1', 'p'], [DOWN] * 8, ['p']),
    ('Profile', ['1', '\t'], [DOWN] * 8, [ESCAPE]),
    ('Units', ['2'], [DOWN] * 20 + [UP] * 10 + ['s'] * 4 + [NEXT_PAGE] * 2, []),
    ('Units counted', ['2', '#'], [DOWN] * 10, [ESCAPE]),
    ('Steer', ['1', '/', '\x15', 's', 'a', 'n', 'd', 'a', 'l', ENTER, '3'], [LEFT] * 20 + [RIGHT] * 10 + [']', '['] * 4, []),
    ('What happened', ['3', '0', 'c'], [DOWN] * 16, [ESCAPE]),
    ('Map', ['5'], [DOWN, RIGHT, UP, LEFT] * 6 + ['z', 'z', 'Z', 'c'], []),
    ('Contact sheet', ['1', 'v'], [RIGHT] * 6 + [DOWN] * 4, [ESCAPE]),
    ('Enlarged image', ['1', 'v', ENTER], ['.'] * 6, [ESCAPE, ESCAPE]),
    ('Covered image', ['1', 'v', ENTER], [RIGHT, DOWN, LEFT, UP] * 3, [ESCAPE, ESCAPE, ESCAPE]),
    ('Compare', ['1', 'C'], [DOWN] * 8, [ESCAPE]),
    ('Two units', ['1', 'C'], [ENTER, ESCAPE] * 4, [ESCAPE]),
    ('Two concepts', ['1', 'X', 'b', 'a', 'g', ENTER], [DOWN] * 8 + ['r'] * 2, [ESCAPE, ESCAPE]),
    ('Palette', ['1', ':'], list('strap') + [DOWN] * 6, [ESCAPE]),
    ('Help', ['1', '?'], [DOWN] * 16, [ESCAPE]),
    ('Findings', ['1', 'm', 'a', ENTER, DOWN, 'm', 'b', ENTER, '4'], [DOWN, UP] * 8, []),
    ('Export', ['4', 'e'], [DOWN] * 3, [ESCAPE, 'D', 'D']),
    ('Note', ['1', 'm'], list('first note'), [ESCAPE]),
    ('Layers', ['1', 'L'], [DOWN, UP] * 4, [ESCAPE]),
    ('Two layers', ['1', 'L', UP, 'c', 30], [DOWN] * 12 + [NEXT_PAGE] * 2, [ESCAPE]),
    ('Concept sets', ['1', 'V'], [DOWN] * 2, [ESCAPE]),
    ('Evaluation', ['1', 'E', 10], [DOWN] * 16 + [NEXT_PAGE] * 2, ['q']),
    ('New study', ['1', 'O'], list('abc') + [DOWN] * 6, [ESCAPE]),
    ('Long work', ['1', 'B'], [DOWN] * 4, ['q']),
    ('Themes', ['1', 'T'], [DOWN] * 4, [ESCAPE]),
]
# On a layer with others behind it.
DEEPER = [
    ('Circuit', ['1', 'W', 3], [DOWN] * 8 + [ENTER, '\x7f'] * 2, [ESCAPE]),
    ('Steer, deeper', ['3'], [LEFT] * 8 + [RIGHT] * 4, []),
]


class Session:
    """The program on a pseudo-terminal."""

    def __init__(self, command, columns, rows):
        pid, self.terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
            os.environ.update(TERM='xterm-256color', COLORTERM='truecolor', LC_ALL='C.UTF-8')
            os.environ.pop('NO_COLOR', None)
            os.execvp(command[0], command)

    def rest(self, quiet, most=20.0):
        """Bytes written until nothing comes for so long."""
        count, end = 0, time.monotonic() + most
        while time.monotonic() < end and select.select([self.terminal], [], [], quiet)[0]:
            try:
                count += len(os.read(self.terminal, 1 << 16))
            except OSError:
                sys.exit('bytes_per_key: the program has ended')
        return count

    def press(self, key): os.write(self.terminal, key.encode())

    def alone(self, key, quiet):
        """Bytes written before the pause that pictures wait for, and in all."""
        count, end = 0, time.monotonic() + PAUSE
        self.press(key)
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]: count += len(os.read(self.terminal, 1 << 16))
        return count, count + self.rest(quiet)

    def held(self, keys):
        count = 0
        for key in keys:
            self.press(key)
            end = time.monotonic() + 1 / 30
            while (left := end - time.monotonic()) > 0:
                if select.select([self.terminal], [], [], left)[0]: count += len(os.read(self.terminal, 1 << 16))
        return (count + self.rest(0.4)) / len(keys)


def quantile(values, share): return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(name, counts, held):
    own, whole = zip(*counts)
    median, p95 = quantile(own, 0.5), quantile(own, 0.95)
    isOver = median > 3000 or p95 > 12000
    print(
        f'{name:16}{median:9}{p95:9}{held}{quantile(whole, 0.5):24}{quantile(whole, 0.95):9}'
        + ('  above the bounds' if isOver else ''), flush=True)
    return isOver


def measure(session, screens, quiet):
    """Whether any screen is beyond the bounds, and what every key wrote."""
    session.rest(3, most=120)
    isBeyond, every = False, []
    for name, there, keys, back in screens:
        for key in there: session.alone(key, quiet) if isinstance(key, str) else session.rest(key, most=key)
        session.rest(1)
        counts = [session.alone(key, quiet) for key in keys]
        held = session.held((keys * 30)[:30])
        for key in back: session.alone(key, quiet)
        every += counts
        isOver = report(name, counts, f'{held:9.0f}')
        isBeyond = isBeyond or isOver
    session.press('\x11')
    return isBeyond, every


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--size', default='120x36')
    parser.add_argument('--colors', default='truecolor', help='none, 8, 16, 256 or truecolor')
    parser.add_argument('--quiet', type=float, default=0.35, help='seconds without a byte after which a screen is at rest')
    parser.add_argument('--screen', help='only the screens whose name begins so')
    parser.add_argument('command', nargs=argparse.REMAINDER, help='the program, and its arguments')
    options = parser.parse_args()
    if not options.command: parser.error('expected the program')
    columns, rows = map(int, options.size.split('x'))

    def chosen(screens): return [screen for screen in screens if screen[0].startswith(options.screen or '')]

    print(f'{options.size}, {options.colors}; bytes a key\n{"":16}{"median":>9}{"p95":>9}{"held":>9}   with pictures: median, p95')
    colors = ['--colors', options.colors]
    with tempfile.TemporaryDirectory() as folder:
        sessions = [(options.command + colors, SCREENS)]
        if len(options.command) == 1:
            study = [options.command[0], 'explore', '--study', folder + '/layers.study'] + colors
            subprocess.run(
                [options.command[0], 'extract', '--study', study[3], '--layer', 'blocks.2', '--layer', 'norm'],
                check=True, capture_output=True)
            sessions = [(study + ['--layer', 'norm'], SCREENS), (study + ['--layer', 'blocks.2'], DEEPER)]
        isBeyond, every = False, []
        for command, screens in sessions:
            if not chosen(screens): continue
            isOver, counts = measure(Session(command, columns, rows), chosen(screens), options.quiet)
            isBeyond, every = isBeyond or isOver, every + counts
            # The program leaves the study before it goes.
            time.sleep(1)
    report('all', every, f'{"":9}')
    sys.exit(isBeyond)


main()
