/// A key as the terminal reports it.
package enum Key: Sendable, Hashable {
    case character(Character)
    /// Control with a lower-case letter.
    case control(Character)
    case enter, escape, tab, backTab, backspace, delete
    case up, down, left, right, shiftLeft, shiftRight
    case home, end, pageUp, pageDown
    /// Alt with a character, as one key.
    case alt(Character)
    /// The arrows with Ctrl or Alt, and Backspace with either.
    case wordLeft, wordRight, wordBackspace
    /// F1 to F12.
    case function(Int)
}

/// What the mouse did, and where.
package struct Mouse: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The left button went down, moved while down, went up.
        case press, drag, release
        case wheelUp, wheelDown
    }

    package var kind: Kind
    package var point: Point

    package init(_ kind: Kind, at point: Point) {
        self.kind = kind
        self.point = point
    }
}

/// What a terminal tells the program.
package enum TerminalEvent: Sendable, Hashable {
    case key(Key)
    /// A key that came with many others at once: text pasted without marks, or typed ahead of a stalled line. It runs no
    /// command that could not be taken back.
    case hurried(Key)
    case mouse(Mouse)
    /// Text pasted in one piece, as it came.
    case paste(String)
    case resize(Size)
    /// The terminal's own background, told on its own time after the start by those that tell it.
    case background(RGB)
    /// The terminal shows more colours than its name lets one think; told as the background is.
    case colors(ColorDepth)
    /// Someone called `wake()`: look into the mailbox.
    case wake
    /// The terminal is gone, or the process was asked to end.
    case endOfInput
}

/// A screen with a keyboard. Used from one thread, but for `wake()`.
package protocol Terminal: AnyObject {
    var size: Size { get }
    /// The next event; nil when `timeoutMilliseconds` went by without one. Without a timeout it waits.
    func nextEvent(timeoutMilliseconds: Int?) -> TerminalEvent?
    /// Shows a frame, sending only what changed.
    func draw(_ frame: Frame)
    /// Forgets what the screen shows, so that the next `draw` sends everything.
    func redraw()
    /// Reports the mouse, or leaves it to the terminal (to select text).
    func captureMouse(_ isCaptured: Bool)
    /// Puts a text into the clipboard of the terminal, which may be far from this machine; those that know no way to do so
    /// pass it over.
    func copy(_ text: String)
    /// Makes a running or the next `nextEvent` return `.wake`. A value of its own, to call from any thread.
    var wake: @Sendable () -> Void { get }
    /// Gives the terminal back to the shell until the user continues the program.
    func suspend()
    /// Gives the terminal back for good. More calls do nothing.
    func close()
}
