import Foundation

/// A command, run to its end in the package's folder.
package struct CommandRun {
    package let status: Int32
    /// What it printed on standard output and error.
    package let output: String

    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: what it has beside this process's own.
    package init(_ command: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = Samples.root
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        (status, output) = (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
