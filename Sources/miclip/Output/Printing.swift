import Files
import Foundation

/// Prints on standard output what a command says. Commands have no other way to: names come from files, and what would act
/// on the terminal is written out.
func print(_ text: String, terminator: String = "\n") {
    printUnchanged(printable(text, keepingLines: true) + terminator)
}

/// Prints a document, in which nothing acts on a terminal. What cannot be printed ends the program: a script must not take
/// a part for the whole.
func printUnchanged(_ text: String) {
    guard let code = writeAll(Array(text.utf8), to: STDOUT_FILENO) else { return }
    let error = FileError.unwritable(file: "standard output", code: code)
    printError("miclip: \(ErrorWording.words(for: error))")
    end(ErrorWording.status(of: error))
}

/// Prints a line on standard error, likewise.
func printError(_ line: String) { writeError(printable(line) + "\n") }

/// Writes text that is printable. Where nobody can hear it any more, as after a terminal hung up, nothing else is done.
func writeError(_ text: String) { _ = writeAll(Array(text.utf8), to: STDERR_FILENO) }

/// Ends the program, at once: the libraries' own ends would take away, as `exit` has them do, what other threads still
/// work with, OpenBLAS its memory, say.
func end(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}
