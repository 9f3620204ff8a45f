import Foundation

/// The repository's files, and a small part of the sample images for tests that run the whole path.
package enum Samples {
    /// The repository's root.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    package static let folder = root.appending(path: "SampleData")

    /// What a program that was built with a sanitizer is told, as these tests are.
    package static let sanitizerOptions = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }

    /// `miclip` beside the tests.
    package static let program: URL = {
        let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders =
            [URL(filePath: test), URL(filePath: ProcessInfo.processInfo.arguments[0])]
            .map { $0.deletingLastPathComponent() } + [root.appending(path: ".build/release")]
        return folders.map { $0.appending(path: "miclip") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? folders[0]
    }()

    /// A new empty folder; the caller removes it.
    package static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "miclip-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Writes the first `count` images and labels of `inflated` IDX bytes as plain IDX files; the images' path.
    ///
    /// - Parameter inflated: reads an IDX file's bytes, decompressed.
    package static func cut(
        _ name: String, to count: Int, into folder: URL, inflated: (URL) throws -> Data
    ) throws -> URL {
        for (kind, size) in [("images-idx3", 28 * 28), ("labels-idx1", 1)] {
            let source = try inflated(Self.folder.appending(path: "fashion-mnist/\(name)-\(kind)-ubyte.gz"))
            let header = kind == "images-idx3" ? 16 : 8
            var bytes = source.prefix(header + count * size)
            bytes.replaceSubrange(4..<8, with: withUnsafeBytes(of: UInt32(count).bigEndian) { Data($0) })
            try bytes.write(to: folder.appending(path: "\(name)-\(kind)-ubyte"))
        }
        return folder.appending(path: "\(name)-images-idx3-ubyte")
    }

    /// The bytes of a gzip file, by the system's gzip.
    package static func gunzip(_ file: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return bytes
    }

    /// A folder with 512 probe images and 384 held-out images.
    package static func smallImages(in folder: URL) throws -> (probe: URL, heldOut: URL) {
        (
            try cut("train10k", to: 512, into: folder, inflated: gunzip),
            try cut("t10k", to: 384, into: folder, inflated: gunzip)
        )
    }
}
