import Foundation
import TestSupport

/// The real program, run as a user runs it.
struct CommandLineRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs `miclip` with `arguments`; standard input is empty.
    ///
    /// - Parameters:
    ///   - home: where the bundled study and the configuration lie.
    ///   - environment: added to a small fixed environment.
    init(_ arguments: [String], home: URL, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = Samples.program
        process.arguments = arguments
        process.currentDirectoryURL = home
        process.environment = ["HOME": home.path, "PATH": "/usr/bin:/bin", "MICLIP_RESOURCES": Samples.root.path]
            .merging(Samples.sanitizerOptions) { $1 }.merging(environment) { $1 }
        let (output, errors) = (home.appending(path: UUID().uuidString), home.appending(path: UUID().uuidString))
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        self.errors = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}

/// A prepared study of 896 images in a folder of its own.
struct CommandLineStudy {
    let home: URL
    var path: String { home.appending(path: "small.study").path }

    init() throws {
        home = try Samples.temporaryFolder()
        let (probe, heldOut) = try Samples.smallImages(in: home)
        let made = try CommandLineRun(
            ["extract", "--study", path, "--probe-images", probe.path, "--held-out-images", heldOut.path], home: home)
        guard made.status == 0 else { throw CocoaError(.fileNoSuchFile, userInfo: ["message": made.errors]) }
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> CommandLineRun {
        try CommandLineRun(arguments + ["--study", path], home: home, environment: environment)
    }

    func remove() { try? FileManager.default.removeItem(at: home) }
}
