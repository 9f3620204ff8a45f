import Foundation

/// Held while a terminal is made and a program started, which must not inherit another's terminal.
private let spawning = NSLock()

/// The built program in a pseudo-terminal that the test plays, in a session of its own. Used from one thread.
package final class RunningProgram {
    package let study: PreparedStudy
    package var home: URL { study.home }
    package private(set) var screen: ScreenReader
    /// Everything the program sent.
    package private(set) var sent: [UInt8] = []
    /// Whether the terminal answers what it is asked: its background and what it is.
    package var answers = true
    private let process: pid_t
    private var master: Int32
    private let line: Int32
    private let before: [UInt8]
    private var answered = (attributes: 0, backgrounds: 0)
    private var status: Int32?

    /// - Parameters:
    ///   - study: Where the bundled study lies; a copy of the prepared one, of its own, if nil.
    ///   - command: A program and its arguments in place of `miclip`.
    package init(
        _ arguments: [String] = [], study: PreparedStudy? = nil, term: String = "xterm-256color", columns: Int = 100,
        rows: Int = 30, environment: [String: String] = [:], command: [String]? = nil
    ) throws {
        let study = try study ?? PreparedStudy()
        let home = study.home
        self.study = study
        screen = ScreenReader(columns: columns, rows: rows)
        spawning.lock()
        defer { spawning.unlock() }
        var ends = (master: Int32(-1), line: Int32(-1))
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&ends.master, &ends.line, &name, nil, nil) == 0 else { throw CocoaError(.fileReadUnknown) }
        (master, line) = ends
        for end in [master, line] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var window = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &window)
        _ = fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK)
        before = Self.modes(line)
        let variables = [
            "HOME": home.path, "PATH": "/usr/bin:/bin", "XDG_DATA_HOME": home.path, "TERM": term, "LANG": "C.UTF-8",
            "MICLIP_RESOURCES": Samples.root.path, "MICLIP": Samples.program.path,
        ].merging(environment) { $1 }
        process = try Self.spawn(
            ["/usr/bin/env", "--chdir=\(home.path)"] + (command ?? [Samples.program.path] + arguments),
            variables,
            line: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            var ignored: Int32 = 0
            waitpid(process, &ignored, 0)
        }
        tearOff()
        close(line)
    }

    /// Starts a program as the leader of a session whose terminal is `line`.
    private static func spawn(_ command: [String], _ environment: [String: String], line: String) throws
        -> pid_t
    {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // Signals as a shell leaves them, whatever the test runner does with them.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))  // SETSID
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // The leader of a session that has no terminal gets the one it opens.
        posix_spawn_file_actions_addopen(&actions, 0, line, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer {
            for text in arguments + variables { free(text) }
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        var process = pid_t()
        guard posix_spawn(&process, command[0], &actions, &attributes, arguments, variables) == 0 else {
            throw CocoaError(.executableNotLoadable)
        }
        return process
    }

    /// Types, or answers, as a terminal sends it.
    package func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else { usleep(1000) }
            guard count > 0 || errno == EAGAIN else { return }
        }
    }

    /// Types keys one at a time, as a person does: each once the program has read the one before.
    package func type(_ text: String) {
        for character in text {
            send(String(character))
            let end = Date().addingTimeInterval(10)
            repeat { look(for: 0.015) } while unread > 0 && Date() < end
        }
    }

    /// Marks what is at hand with a note, as a person does who looks at what is typed; whether it was kept.
    package func mark(_ note: String) -> Bool {
        send("m")
        guard wait(for: "Enter keep") else { return false }
        send(note)
        guard wait(for: note) else { return false }
        // What follows sooner belongs to the burst of the note.
        look(for: 0.1)
        send("\r")
        return wait(for: "Kept")
    }

    /// Takes in what the program sends, for some seconds.
    package func look(for seconds: Double) {
        let end = Date().addingTimeInterval(seconds)
        repeat { read(wait: end.timeIntervalSinceNow) } while Date() < end && master >= 0
    }

    /// Waits until the screen satisfies a condition; false after some seconds without it.
    package func wait(_ seconds: Double = 60, until isTrue: (ScreenReader) -> Bool) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while !isTrue(screen) {
            if Date() >= end { return false }
            read(wait: min(0.05, end.timeIntervalSinceNow))
        }
        return true
    }

    /// Waits until the screen shows a text.
    package func wait(for text: String, _ seconds: Double = 60) -> Bool {
        wait(seconds) { $0.text.contains(text) }
    }

    /// Waits until the first list is there and nothing moves any more; whether that came about.
    package func hasOpened() -> Bool { wait(for: "Units by rivals") && settles() }

    /// Waits until nothing was sent for a while.
    package func settles() -> Bool {
        for _ in 0..<100 {
            let count = sent.count
            look(for: 0.2)
            if sent.count == count { return true }
        }
        return false
    }

    private func read(wait seconds: Double) {
        guard master >= 0 else {
            usleep(10_000)
            return
        }
        var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Int32(max(0, seconds) * 1000))
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = Foundation.read(master, &buffer, buffer.count)
        guard count > 0 else { return }
        sent += buffer[..<count]
        screen.feed(buffer[..<count])
        guard answers else { return }
        while answered.backgrounds < screen.backgroundRequests {
            answered.backgrounds += 1
            send("\u{1B}]11;rgb:1414/1616/1b1b\u{1B}\\")
        }
        while answered.attributes < screen.attributeRequests {
            answered.attributes += 1
            send("\u{1B}[?62;22c")
        }
    }

    package func resize(columns: Int, rows: Int) {
        screen.resize(columns: columns, rows: rows)
        var window = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &window)
    }

    /// Stops the line's output, as Ctrl-S does in a shell.
    package func stopLine() { tcflow(line, TCOOFF) }

    /// What the kernel says it does: `S` waits, `R` computes, `T` is stopped; with the place in the kernel it waits at.
    package var doing: String {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let place = (try? String(contentsOfFile: "/proc/\(process)/wchan", encoding: .utf8)) ?? ""
        return "\(status.split(separator: ")").last?.split(separator: " ").first ?? "?") \(place)"
    }

    package func signal(_ number: Int32) { kill(process, number) }

    /// Closes the terminal's window.
    package func tearOff() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// The exit status, 128 and the signal for a program that a signal ended; nil if it still runs after some seconds.
    ///
    /// - Parameter reads: whether the terminal goes on reading meanwhile.
    package func exitStatus(within seconds: Double = 60, reads: Bool = true) -> Int32? {
        let end = Date().addingTimeInterval(seconds)
        while status == nil {
            var raw: Int32 = 0
            if waitpid(process, &raw, WNOHANG) == process {
                status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
            } else if Date() >= end {
                return nil
            } else if reads {
                read(wait: 0.01)
            } else {
                usleep(10_000)
            }
        }
        // What it sent last is still on its way through the kernel.
        if reads { _ = settles() }
        return status
    }

    /// Whether the line is as it was before the program started: editing, echo, signals, flow. A line that was torn off
    /// has no modes.
    package var isLineRestored: Bool { master < 0 || Self.modes(line) == before }

    /// Whether the screen and the keyboard are the shell's again.
    package var isScreenRestored: Bool {
        !screen.isAlternate && screen.isCursorVisible && screen.keyboardModes.isEmpty
            && screen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 2004])
    }

    /// How many bytes lie on the line for the shell to read, which then edits them no more.
    package var waiting: Int32 {
        var modes = termios()
        tcgetattr(line, &modes)
        cfmakeraw(&modes)
        tcsetattr(line, TCSANOW, &modes)
        return unread
    }

    /// How many bytes the program has not read, while the line does not edit.
    private var unread: Int32 {
        var count: Int32 = 0
        return ioctl(line, UInt(FIONREAD), &count) == 0 ? count : -1
    }

    private static func modes(_ line: Int32) -> [UInt8] {
        var modes = termios()
        tcgetattr(line, &modes)
        return withUnsafeBytes(of: &modes) { Array($0) }
    }
}
