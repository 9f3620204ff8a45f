import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Code for processors that need not be at hand: `Tests/Processors` does their instructions in C. What it compares with, the
/// product by vectors, must be there.
@Suite("Code for other processors", .enabled(if: Precision.bfloat16.isSupported))
struct OtherProcessorsTests {
    @Test func `products by AMX tiles are those by vectors`() throws {
        let program = FileManager.default.temporaryDirectory.appending(path: "miclip-tiles-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: program) }
        let sources = "Sources/CKernels"
        let built = try run(
            "/usr/bin/env", "clang", "-O1", "-I\(sources)", "-I\(sources)/include", "Tests/Processors/tiles.c", "-lm",
            "-o", program.path)
        #expect(built.status == 0, "\(built.output)")
        let compared = try run(program.path)
        #expect(compared.status == 0, "\(compared.output)")
        #expect(compared.output.hasSuffix("400 products, 0 faults\n"))
    }

    /// A command in the package's folder: what it printed and its status.
    private func run(_ command: String...) throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = Samples.root
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }
}
