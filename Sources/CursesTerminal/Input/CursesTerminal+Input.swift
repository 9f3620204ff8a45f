import CNcurses
import Explorer
import Glibc

extension CursesTerminal {
    /// Milliseconds after which an Escape is a key of its own: `ESCDELAY`, or what the line needs. A connection from
    /// another machine tears sequences apart, but a tmux on this one puts them together again.
    package static func escapeDelay(in environment: [String: String]) -> Int {
        if let told = environment["ESCDELAY"].flatMap({ Int($0) }), told >= 0 { return min(told, 10_000) }
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        return isSet("SSH_CONNECTION") && !isSet("TMUX") ? 50 : 10
    }

    /// The signal that asked the program to end; a hangup's where the terminal is gone. Nil when neither came.
    package var endingSignal: Int32? {
        let signal = terminal_ending_signal()
        return signal != 0 ? signal : isGone ? SIGHUP : nil
    }

    package func nextEvent(timeoutMilliseconds: Int?) -> TerminalEvent? {
        let limit = timeoutMilliseconds.map { CursesTerminal.now() + $0 }
        while true {
            drawWaiting()
            if let event = signalled() ?? events.popFirst() {
                take(event)
                return event
            }
            var watched = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let wait = [limit, decoder.deadline, waiting?.due].compactMap { $0 }.min().map {
                max(0, $0 - CursesTerminal.now())
            }
            let ready = poll(&watched, nfds_t(watched.count), wait.map { Int32(clamping: $0) } ?? -1)
            if ready < 0 {
                guard errno == EINTR else { return hangUp() }
                continue
            }
            if watched[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return hangUp() }
            if watched[0].revents & Int16(POLLIN) != 0 {
                guard let bytes = readInput() else { return hangUp() }
                events += decoder.take(bytes, at: CursesTerminal.now())
                takePixels()
            } else {
                // Only what did not come in all this time was not sent: a busy program looks late.
                events += decoder.pause(at: CursesTerminal.now())
            }
            if !events.isEmpty { continue }
            if watched[1].revents != 0, waker.drain() { return signalled() ?? .wake }
            if let limit, CursesTerminal.now() >= limit { return nil }
        }
    }

    /// Notes what an event says of the terminal and of the user.
    private func take(_ event: TerminalEvent) {
        switch event {
        case .key, .hurried, .mouse, .paste: lastInput = CursesTerminal.now()
        case .colors(let depth):
            guard writer?.depth != depth else { break }
            if writer == nil { writer = CursesTerminal.writer(depth, isUnicode: isUnicode) }
            writer?.depth = depth
            redraw()
            takePixels()
        case .resize, .background, .wake, .endOfInput: break
        }
    }

    /// Whether the environment says that the terminal shows 24 bits: `COLORTERM`, or a terminal known for it by name, for
    /// few connections hand `COLORTERM` on.
    package static func claimsDirectColor(in environment: [String: String]) -> Bool {
        if let told = environment["COLORTERM"], ["truecolor", "24bit"].contains(told) { return true }
        let name = environment["TERM"] ?? ""
        return ["xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "contour", "mintty"]
            .contains { name.hasPrefix($0) }
    }

    /// Milliseconds on a clock that only runs forward.
    static func now() -> InputDecoder.Time {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Takes in what the terminal still has to say to our questions, lest the shell take it for a command. Not for long:
    /// some never answer.
    func awaitAnswers() {
        defer { tcflush(input, TCIFLUSH) }
        guard let askedAt, !isGone else { return }
        let limit = askedAt + max(500, 20 * decoder.escapeDelay)
        while decoder.attributeReports == 0, case let left = limit - CursesTerminal.now(), left > 0 {
            var watched = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, Int32(left)) > 0, let bytes = readInput() else { return }
            _ = decoder.take(bytes, at: CursesTerminal.now())
        }
    }

    private func hangUp() -> TerminalEvent {
        isGone = true
        return .endOfInput
    }

    /// The bytes that are there; nil when the other side is gone.
    private func readInput() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(input, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private func signalled() -> TerminalEvent? {
        let signals = Int(terminal_take_signals())
        if signals & TERMINAL_ENDED != 0 { return .endOfInput }
        if signals & TERMINAL_STOPPED != 0 {
            suspend()
            return .resize(size)
        }
        if signals & TERMINAL_CONTINUED != 0 {
            // Stopped without warning (SIGSTOP): the shell has had the terminal in between.
            send(modesOff)
            resume()
            return .resize(size)
        }
        if signals & TERMINAL_RESIZED != 0 {
            takeWindowSize()
            return .resize(size)
        }
        return nil
    }

    /// What the terminal's entry in the database says of its keys.
    static func knownSequences() -> KnownSequences {
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in KnownSequences.names {
            if let text = databaseSequence(name) { keys[Array(text.utf8)] = key }
        }
        return KnownSequences(keys)
    }

    /// What the open terminal sends for a key, by its name in the terminal database.
    package static func databaseSequence(_ name: String) -> String? {
        terminal_key_sequence(name).map { String(cString: $0) }
    }

    /// The characters of the bytes from 0x80 in a locale without UTF-8.
    static func characters() -> [Unicode.Scalar?] {
        (UInt8(0x80)...0xFF).map { byte in
            UInt32(exactly: terminal_character(byte)).flatMap(Unicode.Scalar.init)
        }
    }
}
