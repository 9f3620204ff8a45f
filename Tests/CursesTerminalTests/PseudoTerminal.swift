import Foundation

/// The two ends of a pseudo-terminal: the program's, and ours that plays the terminal.
final class PseudoTerminal: @unchecked Sendable {
    let program: Int32
    private var ours: Int32

    init(columns: UInt16 = 40, rows: UInt16 = 10) {
        var (master, slave) = (Int32(-1), Int32(-1))
        var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        precondition(openpty(&master, &slave, nil, nil, &window) == 0)
        (ours, program) = (master, slave)
        _ = fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK)
    }

    deinit {
        hangUp()
        close(program)
    }

    /// Types bytes, as a terminal sends them.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(write(ours, bytes, bytes.count) == bytes.count)
    }

    /// What the program has sent since the last call.
    func received() -> String {
        var (text, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while true {
            let count = read(ours, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += buffer[..<count]
        }
    }

    func resize(columns: UInt16, rows: UInt16) {
        var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        precondition(ioctl(ours, UInt(TIOCSWINSZ), &window) == 0)
        kill(getpid(), SIGWINCH)
    }

    func hangUp() {
        if ours >= 0 { close(ours) }
        ours = -1
    }

    /// How many bytes the program has not read yet.
    var waiting: Int32 {
        // A line that edits keeps to itself what has no line break yet.
        var (modes, plain) = (termios(), termios())
        tcgetattr(program, &modes)
        plain = modes
        cfmakeraw(&plain)
        tcsetattr(program, TCSANOW, &plain)
        defer { tcsetattr(program, TCSANOW, &modes) }
        var count: Int32 = 0
        return ioctl(program, UInt(FIONREAD), &count) == 0 ? count : -1
    }

    /// Whether the line edits and echoes, as a shell expects it.
    var isCooked: Bool {
        var modes = termios()
        tcgetattr(program, &modes)
        return modes.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }
}
