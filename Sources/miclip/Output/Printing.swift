import Files
import Foundation

/// Prints on standard output what a command says. Commands have no other way to: names come from files, and what would act
/// on the terminal is written out.
func print(_ text: String, terminator: String = "\n") {
    Swift.print(printable(text, keepingLines: true), terminator: terminator)
}

/// Prints a line on standard error, likewise.
func printError(_ line: String) { writeError(printable(line) + "\n") }

/// Writes text that is printable. Where nobody can hear it any more, as after a terminal hung up, nothing else is done.
func writeError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard written > 0 || errno == EINTR else { return }
        rest = rest.dropFirst(max(0, written))
    }
}
