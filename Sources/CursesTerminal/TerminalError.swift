/// Why the explorer cannot run on a terminal. Nothing has been sent to it when this is thrown.
package enum TerminalError: Error, Sendable, Hashable {
    /// Standard input or output is a file or a pipe.
    case notATerminal
    /// `TERM` is empty or not in the terminal database.
    case unknownTerminal(name: String)
    /// The terminal cannot move its cursor (`TERM=dumb`).
    case cannotPositionCursor(name: String)
    /// The operating system refused a descriptor; its error number.
    case system(code: Int32)
}
