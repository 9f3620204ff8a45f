import Foundation

/// The bundled study, extracted once and copied for each who uses it, in a home of its own.
package final class PreparedStudy {
    package let home: URL

    /// - Parameter isEmpty: whether there is nothing yet, so that the first start extracts it.
    package init(isEmpty: Bool = false) throws {
        home = try Samples.temporaryFolder()
        if isEmpty { return }
        try FileManager.default.removeItem(at: home)
        try FileManager.default.copyItem(at: Self.original.get(), to: home)
    }

    package var folder: URL { home.appending(path: "miclip/fashion-mnist.study") }

    deinit { try? FileManager.default.removeItem(at: home) }

    /// Runs a command on the study to its end; what it wrote on standard output.
    package func run(_ arguments: String...) throws -> String { try Self.run(arguments, home: home) }

    /// The findings of the study, as `miclip export` tells them.
    package func findings() throws -> [[String: Any]] {
        let text = try run("export", "--json")
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return json as? [[String: Any]] ?? (json as? [String: Any])?["findings"] as? [[String: Any]] ?? []
    }

    private static func run(_ arguments: [String], home: URL) throws -> String {
        let process = Process()
        process.executableURL = Samples.program
        process.arguments = arguments
        process.currentDirectoryURL = home
        process.environment = [
            "HOME": home.path, "PATH": "/usr/bin:/bin", "XDG_DATA_HOME": home.path, "LANG": "C.UTF-8",
            "MICLIP_RESOURCES": Samples.root.path,
        ].merging(Samples.sanitizerOptions) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    private static let original = Result<URL, any Error> {
        let home = try Samples.temporaryFolder()
        _ = try run(["locate", "boot"], home: home)
        OriginalStudy.path = home.path
        atexit { try? FileManager.default.removeItem(atPath: OriginalStudy.path) }
        return home
    }
}

private enum OriginalStudy {
    nonisolated(unsafe) static var path = ""
}
