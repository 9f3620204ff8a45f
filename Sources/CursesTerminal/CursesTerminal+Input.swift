import CNcurses
import Explorer
import Glibc

extension CursesTerminal {
    public func nextEvent(timeoutMilliseconds: Int?) -> TerminalEvent? {
        var timeout = timeoutMilliseconds
        while true {
            if let event = signalled() ?? readEvent() { return event }
            var watched = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&watched, nfds_t(watched.count), timeout.map { Int32(clamping: $0) } ?? -1)
            if ready == 0 { return nil }
            if ready < 0 {
                guard errno == EINTR else { return .endOfInput }
                continue
            }
            if watched[1].revents != 0, waker.drain() { return signalled() ?? .wake }
            if watched[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return .endOfInput }
            // Ready to read, yet nothing there: the other side is gone.
            if watched[0].revents & Int16(POLLIN) != 0, terminal_waiting(input) == 0 { return .endOfInput }
            if timeoutMilliseconds != nil, timeout != 0, let event = readEvent() { return event }
            // Half a character or a sequence came: look again, but do not wait beyond what was asked.
            if timeoutMilliseconds != nil { timeout = 0 }
        }
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
            resume()
            return .resize(size)
        }
        if signals & TERMINAL_RESIZED != 0 {
            takeWindowSize()
            return .resize(size)
        }
        return nil
    }

    /// The next event that is already there.
    private func readEvent() -> TerminalEvent? {
        while true {
            var code = wint_t(0)
            switch terminal_read(&code) {
            case OK:
                guard let scalar = Unicode.Scalar(code) else { continue }
                if pasted != nil {
                    pasted?.unicodeScalars.append(scalar)
                } else if let key = Key(scalar) {
                    return .key(key)
                }
            case Int32(KEY_CODE_YES):
                switch Int(code) {
                case TERMINAL_PASTE_START: pasted = ""
                case TERMINAL_PASTE_END:
                    if let text = pasted {
                        pasted = nil
                        return .paste(text)
                    }
                case TERMINAL_MOUSE:
                    if let mouse = readMouse() { return .mouse(mouse) }
                case TERMINAL_BACKGROUND:
                    if let color = readBackground() { return .background(color) }
                default:
                    if pasted == nil, let key = Key(curses: Int32(bitPattern: code)) { return .key(key) }
                }
            default: return nil
            }
        }
    }

    /// The rest of a mouse report after `ESC [ <`: `button;column;row` and `M` (down) or `m` (up).
    private func readMouse() -> Mouse? {
        guard let report = readReport(endingIn: ["M", "m"]) else { return nil }
        let fields = report.dropLast().split(separator: ";").compactMap { Int($0) }
        return Mouse(report: fields, isRelease: report.last == "m")
    }

    /// The rest of the answer after `ESC ] 11 ;`: `rgb:rrrr/gggg/bbbb`, then BEL, or ESC and a backslash.
    private func readBackground() -> RGB? {
        readReport(endingIn: ["\u{07}", "\\"]).flatMap { RGB(report: $0) }
    }

    /// Characters up to and with a terminator; nil if they stop coming, or do not end.
    private func readReport(endingIn terminators: Set<Unicode.Scalar>) -> String? {
        var (report, silence) = (String.UnicodeScalarView(), 0)
        while silence < 5, report.count < 64 {
            var code = wint_t(0)
            guard terminal_read(&code) == OK, let scalar = Unicode.Scalar(code) else {
                // It was cut in two on its way: the rest is close behind.
                var watched = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
                _ = poll(&watched, 1, 20)
                silence += 1
                continue
            }
            report.append(scalar)
            if terminators.contains(scalar) { return String(report) }
        }
        return nil
    }
}

extension RGB {
    /// From `rgb:` and three hexadecimal numbers of one to four digits, whose range their length tells.
    package init?(report: String) {
        let parts = report.prefix { $0.isASCII && !$0.isWhitespace && $0 != "\u{1B}" && $0 != "\u{07}" }
            .split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("rgb") else { return nil }
        let channels = parts[1].split(separator: "/").compactMap { digits -> UInt8? in
            guard (1...4).contains(digits.count), let value = Int(digits, radix: 16) else { return nil }
            return UInt8(value * 255 / ((1 << (4 * digits.count)) - 1))
        }
        guard channels.count == 3 else { return nil }
        self.init(channels[0], channels[1], channels[2])
    }
}

extension Mouse {
    /// From the three numbers of an SGR report; nil for buttons and movements that mean nothing here.
    package init?(report: [Int], isRelease: Bool) {
        guard report.count == 3 else { return nil }
        let point = Point(column: report[1] - 1, row: report[2] - 1)
        // 4, 8 and 16 are Shift, Meta and Control; 32 is movement.
        switch report[0] & ~(4 | 8 | 16) {
        case 0: self.init(isRelease ? .release : .press, at: point)
        case 32: self.init(.drag, at: point)
        case 64: self.init(.wheelUp, at: point)
        case 65: self.init(.wheelDown, at: point)
        default: return nil
        }
    }
}

extension Key {
    /// A key that arrives as a character.
    package init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x0D, 0x0A: self = .enter
        case 0x09: self = .tab
        case 0x1B: self = .escape
        case 0x08, 0x7F: self = .backspace
        case 0x01...0x1A: self = .control(Character(Unicode.Scalar(UInt8(scalar.value + 0x60))))
        case 0x00...0x1F, 0x80...0x9F: return nil
        default: self = .character(Character(scalar))
        }
    }

    /// A key that ncurses knows by a number; nil for those without a meaning here.
    package init?(curses code: Int32) {
        switch code {
        case KEY_UP: self = .up
        case KEY_DOWN: self = .down
        case KEY_LEFT: self = .left
        case KEY_RIGHT: self = .right
        case KEY_SLEFT: self = .shiftLeft
        case KEY_SRIGHT: self = .shiftRight
        case KEY_HOME: self = .home
        case KEY_END: self = .end
        case KEY_PPAGE: self = .pageUp
        case KEY_NPAGE: self = .pageDown
        case KEY_BTAB: self = .backTab
        case KEY_BACKSPACE: self = .backspace
        case KEY_DC: self = .delete
        case KEY_ENTER: self = .enter
        default: return nil
        }
    }
}
