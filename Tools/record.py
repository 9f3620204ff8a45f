#!/usr/bin/env python3
"""Record a session of the explorer as an asciicast (version 2), which asciinema and its player show.

    Tools/record.py --out session.cast -- .build/release/miclip
    Tools/record.py --size 120x36 --script Tools/session.keys --out session.cast -- make run

The script has a step a line: a key (`Enter`, `Escape`, `Tab`, `Backspace`, `Up`, `Down`, `Left`, `Right`, `C-x`, one character), `type TEXT`,
`wait SECONDS`, `until TEXT` (waits, a minute at most, until the program has written it). Keys are pressed a third of a second apart.
Needs Python alone; the program runs on a pseudo-terminal of its own.
"""
import argparse, codecs, fcntl, json, os, pty, select, signal, struct, sys, termios, time

KEYS = {'Enter': '\r', 'Escape': '\x1b', 'Tab': '\t', 'Backspace': '\x7f', 'Space': ' ', 'Up': '\x1b[A', 'Down': '\x1b[B', 'Right': '\x1b[C',
        'Left': '\x1b[D', 'Home': '\x1b[H', 'End': '\x1b[F', 'PageUp': '\x1b[5~', 'PageDown': '\x1b[6~', 'BackTab': '\x1b[Z'}

# A newcomer's first minute: a concept, a unit with its heat map, steering, what happened, the map, a finding.
SESSION = """
until Units by
wait 2
/
type sandal
wait 2
Enter
wait 1
p
wait 3
p
3
wait 1
0
wait 3
c
wait 3
Escape
5
wait 4
m
type straps #first
Enter
wait 1
4
wait 3
q
"""


def steps(text):
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith('# '): continue
        word, _, rest = line.partition(' ')
        if word in ('type', 'until') and rest: yield word, rest
        elif word == 'wait':
            try: yield word, float(rest)
            except ValueError: sys.exit(f'record: line {number}: expected seconds behind wait; found {rest!r}')
        elif word in KEYS: yield 'key', KEYS[word]
        elif len(word) == 3 and word.startswith('C-'): yield 'key', chr(ord(word[2].upper()) - 64)
        elif len(line) == 1: yield 'key', line
        else: sys.exit(f'record: line {number}: expected a key, type, wait or until; found {line!r}')


class Recording:
    """What the program writes, with the seconds since its start."""

    def __init__(self, descriptor):
        self.descriptor, self.began, self.events, self.text = descriptor, time.monotonic(), [], ''
        self.decode = codecs.getincrementaldecoder('utf-8')('replace').decode  # a character may be cut in two

    def read(self, seconds):
        """Takes in what comes within some seconds; false once the program has ended."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left < 0: return True
            if not select.select([self.descriptor], [], [], left)[0]: return True
            try: data = os.read(self.descriptor, 65536)
            except OSError: return False
            if not data: return False
            text = self.decode(data)
            self.events.append([round(time.monotonic() - self.began, 4), 'o', text]); self.text += text


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--size', default='120x36'); p.add_argument('--script', help='a file of steps (default: a first minute)')
    p.add_argument('--out', required=True); p.add_argument('--title', default='MICLIP Explorer'); p.add_argument('--step', type=float, default=0.33)
    argv = sys.argv[1:]
    command = argv[argv.index('--') + 1:] if '--' in argv else []
    a = p.parse_args(argv[:argv.index('--')] if '--' in argv else argv)
    if not command: p.error('a command after --')
    try: columns, rows = map(int, a.size.split('x'))
    except ValueError: p.error('--size: expected columns and rows, as in 120x36; found ' + a.size)
    script = list(steps(open(a.script).read() if a.script else SESSION))
    child, descriptor = pty.fork()
    if child == 0:
        os.environ.update(TERM='xterm-256color', COLORTERM='truecolor', LC_ALL='C.UTF-8')
        try: os.execvp(command[0], command)
        except OSError as error: print(f'record: {command[0]}: {error.strerror}'); os._exit(127)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.kill(child, signal.SIGWINCH)
    recording, alive = Recording(descriptor), True
    for what, value in script:
        if not alive: break
        if what == 'wait': alive = recording.read(value)
        elif what == 'until':
            seen, limit = len(recording.text), time.monotonic() + 60
            while alive and value not in recording.text and time.monotonic() < limit: alive = recording.read(0.1)
            if value not in recording.text: sys.exit(f'record: {value!r} did not come within a minute')
        else:
            for character in (value if what == 'type' else [value]):
                os.write(descriptor, character.encode()); alive = recording.read(a.step / (3 if what == 'type' else 1))
                if not alive: break
    while alive and recording.read(2) and not os.waitpid(child, os.WNOHANG)[0]: alive = False
    header = {'version': 2, 'width': columns, 'height': rows, 'title': a.title, 'env': {'TERM': 'xterm-256color'}}
    with open(a.out, 'w') as out:
        for line in [header] + recording.events: out.write(json.dumps(line, ensure_ascii=False) + '\n')
    print(f'{a.out}: {len(recording.events)} events, {recording.events[-1][0] if recording.events else 0:.1f} s')


main()
