import CNcurses
import Explorer
import Glibc

/// A terminal on ncurses. One at a time, and from one thread, but for `wake`.
package final class CursesTerminal: Terminal {
    package private(set) var size: Size
    package let wake: @Sendable () -> Void

    let input: Int32
    let output: Int32
    let waker: Waker
    var pairs: ColorPairs
    /// Draws in ncurses' place, where the terminal is one of those that all take the same sequences.
    var writer: ScreenWriter?
    /// Shows pictures in pixels, once the terminal has said that it can.
    var pixels: PixelWriter?
    let wantedPixels: WantedPixels
    /// What the screen shows; nil when that is not known.
    var shown: Frame?
    /// A frame whose pictures wait for a pause between keys, and until when.
    var waiting: (frame: Frame, due: InputDecoder.Time)?
    /// When a key or the mouse last came; nil before any did.
    var lastInput: InputDecoder.Time?
    /// Whether the locale can say more than ASCII.
    let isUnicode: Bool
    var decoder: InputDecoder
    /// What was decoded and not yet asked for.
    var events: ArraySlice<TerminalEvent> = []
    /// When the terminal was asked about itself; nil if it was not.
    var askedAt: InputDecoder.Time?
    /// The other side hung up.
    var isGone = false
    private let hasMouse: Bool
    private let isInTmux: Bool
    private var isMouseCaptured = true
    private var isOpen = true

    /// How many colours the terminal shows.
    package var depth: ColorDepth { writer?.depth ?? pairs.depth }

    /// Takes over the terminal of two descriptors.
    ///
    /// - Parameters:
    ///   - name: The terminal's name in the database, from `TERM`.
    ///   - colors: How many colours to use, where that is not to be found out: none under `NO_COLOR`.
    ///   - isDirect: Whether the environment says that the terminal shows 24 bits; see `claimsDirectColor(in:)`.
    ///   - pixels: Whether pictures are shown in pixels.
    ///   - isInTmux: Whether tmux stands between, as its variable in the environment says.
    ///   - escapeDelay: Milliseconds after which an Escape is a key of its own; see `escapeDelay(in:)`.
    /// - Throws: `TerminalError`, before anything is sent.
    package init(
        name: String, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, colors: ColorDepth? = nil,
        isDirect: Bool = false, pixels: WantedPixels = .auto(nil), escapeDelay: Int = 10, isInTmux: Bool = false
    ) throws(TerminalError) {
        guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
        guard !name.isEmpty else { throw .unknownTerminal(name: name) }
        isUnicode = terminal_set_locale()
        wantedPixels = pixels
        let waker = try Waker()
        // The modes to go back to are those before ncurses changes them.
        terminal_install_signals(waker.descriptor, input, output)
        switch terminal_open(name, input, output) {
        case TERMINAL_OPEN: break
        case TERMINAL_CANNOT_POSITION:
            terminal_remove_signals()
            throw .cannotPositionCursor(name: name)
        default:
            terminal_remove_signals()
            throw .unknownTerminal(name: name)
        }
        self.input = input
        self.isInTmux = isInTmux
        self.output = output
        self.waker = waker
        wake = { waker.wake() }
        hasMouse = terminal_has_mouse()
        let told = ColorDepth(colors: Int(terminal_colors()), isDirect: terminal_has_direct_color() || isDirect)
        writer = CursesTerminal.writer(colors ?? told, isUnicode: isUnicode)
        let depth = ColorDepth(colors: Int(terminal_colors()), isDirect: terminal_has_direct_color())
        pairs = ColorPairs(depth: colors.map { min($0, depth) } ?? depth, limit: min(32767, Int(terminal_pairs())))
        decoder = InputDecoder(
            escapeDelay: escapeDelay, known: CursesTerminal.knownSequences(),
            characters: isUnicode ? nil : CursesTerminal.characters())
        size = CursesTerminal.windowSize(output)
        terminal_set_farewell(modesOff)
        terminal_hide_cursor()
        terminal_refresh()
        send(modesOn)
        // Those that report a mouse know the questions; others might print them.
        guard hasMouse else { return }
        // GNU screen hands such questions on to a terminal of which it then shows the text.
        // Many call themselves `xterm`, which by its entry has eight colours: they may have all.
        let mayHaveMore =
            writer.map { $0.depth == .indexed256 } ?? (CursesTerminal.writer(.direct, isUnicode: isUnicode) != nil)
        let asksColors = colors == nil && mayHaveMore && !name.hasPrefix("screen")
        let askPixels = pixels != .never && !name.hasPrefix("screen") ? ModeSequences.askPixels : ""
        send(
            (asksColors ? ModeSequences.askColors : "")
                + (writer != nil || asksColors ? askPixels : "")
                + ModeSequences.askBackground + ModeSequences.askAttributes)
        askedAt = CursesTerminal.now()
    }

    deinit { close() }

    package func captureMouse(_ isCaptured: Bool) {
        isMouseCaptured = isCaptured
        guard hasMouse else { return }
        send(isCaptured ? ModeSequences.mouseOn : ModeSequences.mouseOff)
    }

    package func copy(_ text: String) { send(ClipboardSequence.bytes(text, isInTmux: isInTmux)) }

    package func redraw() {
        shown = nil
        terminal_erase_all()
        guard writer != nil else { return }
        // ncurses, which clears, does not know the writer's pen, and a terminal clears in the colour of the paper.
        send(ModeSequences.plainPen)
        terminal_hide_cursor()
        terminal_refresh()
        writer?.forget()
    }

    package func suspend() {
        leave()
        terminal_stop()
        resume()
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        send(modesOff)
        awaitAnswers()
        terminal_close()
        terminal_remove_signals()
    }

    /// Takes the terminal back after a stop.
    func resume() {
        reset_prog_mode()
        takeWindowSize()
        redraw()
        terminal_refresh()
        // Each of a terminal's two screens has its own way with keys: only now is ours shown.
        send(modesOn)
    }

    /// Follows the window to its new extent.
    func takeWindowSize() {
        size = CursesTerminal.windowSize(output)
        terminal_resize(Int32(size.columns), Int32(size.rows))
        shown = nil
    }

    private func leave() {
        send(modesOff)
        awaitAnswers()
        def_prog_mode()
        endwin()
    }

    private var modesOn: String {
        ModeSequences.pasteOn + (hasMouse ? ModeSequences.distinctKeysOn : "")
            + (hasMouse && isMouseCaptured ? ModeSequences.mouseOn : "")
    }

    var modesOff: String {
        ModeSequences.mouseOff + (hasMouse ? ModeSequences.distinctKeysOff : "") + ModeSequences.pasteOff
            + ModeSequences.plainPen
    }

    /// Past ncurses, between its own writes: it knows nothing of these modes.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest.removeFirst(written)
        }
    }

    /// A cell's pixels, by the kernel's extent of the window; nil where it does not know.
    static func cellSize(_ output: Int32) -> CellSize? {
        var window = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_xpixel > 0, window.ws_ypixel > 0,
            window.ws_col > 0, window.ws_row > 0
        else { return nil }
        return CellSize(
            width: Int(window.ws_xpixel / window.ws_col), height: Int(window.ws_ypixel / window.ws_row))
    }

    private static func windowSize(_ output: Int32) -> Size {
        var (columns, rows) = (Int32(0), Int32(0))
        terminal_window_size(output, &columns, &rows)
        return Size(columns: Int(columns), rows: Int(rows))
    }
}

/// Modes that ncurses does not set: the mouse while a button is down, in the form without a limit of columns; keys told
/// apart; and marks around what is pasted.
enum ModeSequences {
    static let mouseOn = "\u{1B}[?1002h\u{1B}[?1006h"
    static let mouseOff = "\u{1B}[?1002l\u{1B}[?1006l"
    /// Answered, some time, by `ESC ] 11 ; rgb:rrrr/gggg/bbbb` and a terminator.
    static let askBackground = "\u{1B}]11;?\u{1B}\\"
    /// Answered by all, and after what was asked before: whoever has this answer has them all.
    static let askAttributes = "\u{1B}[c"
    /// Whether it shows 24 bits: asked of its capabilities `RGB` and `Tc`, and by setting such a colour and asking what it
    /// was set to.
    static let askColors =
        "\u{1B}P+q524742;5463\u{1B}\\\u{1B}[48;2;1;2;3m\u{1B}P$qm\u{1B}\\\u{1B}[m"
    /// Whether it shows pixels by kitty's protocol, and how many a cell has; sixels are told with the attributes.
    static let askPixels = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[16t"
    /// What lies between is shown at once, by terminals that know these; the others pass them over.
    static let frameBegin = Array("\u{1B}[?2026h".utf8)
    static let frameEnd = Array("\u{1B}[?2026l".utf8)
    static let pasteOn = "\u{1B}[?2004h"
    /// Every key is told apart, Escape by a sequence of its own, by the terminals that know kitty's protocol for keyboards;
    /// Ctrl and Alt with the Latin letter beside another alphabet's.
    static let distinctKeysOn = "\u{1B}[>5u"
    static let distinctKeysOff = "\u{1B}[<u"
    static let pasteOff = "\u{1B}[?2004l"
    static let plainPen = "\u{1B}[m"
}

/// Whether pictures are to be shown in pixels.
package enum WantedPixels: Sendable, Hashable {
    /// As the terminal answers, or as its name says.
    case auto(PixelProtocol?)
    case always(PixelProtocol)
    case never

    /// The way to show them, by what the terminal answered.
    func way(_ answered: PixelProtocol?) -> PixelProtocol? {
        switch self {
        case .auto(let known): known ?? answered
        case .always(let way): way
        case .never: nil
        }
    }
}
