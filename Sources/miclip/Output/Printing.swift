import Files
import Foundation

/// Prints on standard output what a command says. Commands have no other way to: names come from files, and what would act
/// on the terminal is written out.
func print(_ text: String, terminator: String = "\n") {
    Swift.print(printable(text, keepingLines: true), terminator: terminator)
}

/// Prints a line on standard error, likewise.
func printError(_ line: String) { FileHandle.standardError.write(Data((printable(line) + "\n").utf8)) }
