import Foundation

/// A folder for one test, gone after it.
package final class ScratchFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "miclip-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> URL {
        try Data(bytes).write(to: file(name))
        return file(name)
    }

    /// Puts other bytes in a file's place, as fast as the system does it; what is mapped of the old file stays as it was.
    package func replace(_ name: String, with bytes: [UInt8]) {
        unlink(file(name).path)
        let descriptor = open(file(name).path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count && close(descriptor) == 0, "\(name) cannot be written")
    }

    package func write(_ text: String, to name: String) throws -> URL { try write(text.utf8, to: name) }

    package var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}
