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
        let built = try CommandRun(
            ["/usr/bin/env", "clang", "-O1", "-I\(sources)", "-I\(sources)/include", "Tests/Processors/tiles.c", "-lm"]
                + ["-o", program.path])
        #expect(built.status == 0, "\(built.output)")
        let compared = try CommandRun([program.path])
        #expect(compared.status == 0, "\(compared.output)")
        #expect(compared.output.hasSuffix("400 products, 0 faults\n"))
    }
}
