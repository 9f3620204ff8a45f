import Foundation

/// What a path leads to that a user wants something written to.
package enum OutputPlace: Sendable, Hashable {
    /// A file or a free name, behind all links: another file put in its place is what the links then lead to.
    case file(URL)
    /// A pipe, a device or an open file (`/dev/stdout`), which others hold: it is written as it stands.
    case stream(URL)

    /// - Throws: `unwritable` for a folder, and for links that lead nowhere.
    package init(_ url: URL) throws(FileError) {
        var url = url
        // As many links as the system itself follows.
        for _ in 0..<40 {
            let path = url.path
            var status = stat()
            guard lstat(path, &status) == 0 else {
                self = .file(url)
                return
            }
            // A link of the system's leads to what a process has open, whatever its text says.
            let isOpen = path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/")
            if isOpen { _ = stat(path, &status) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: throw .unwritable(file: path, code: EISDIR)
            case S_IFLNK:
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
                    throw .unwritable(file: path, code: ENOENT)
                }
                // Left to the system, which knows where `..` leads behind a link.
                url = URL(
                    filePath: target.hasPrefix("/") ? target : url.deletingLastPathComponent().path + "/" + target)
            case S_IFREG where !isOpen:
                self = .file(url)
                return
            default:
                self = .stream(url)
                return
            }
        }
        throw .unwritable(file: url.path, code: ELOOP)
    }

    /// Writes a file that is whole or not there, or all of the bytes to what is there.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        switch self {
        case .file(let url): try WholeFile.write(bytes, to: url)
        case .stream(let url): try Self.append(bytes, to: url.path)
        }
    }

    private static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        // What the process has open itself goes on where it is, with whoever else writes to it.
        let own = ["/proc/self/fd/", "/dev/fd/"].lazy.compactMap {
            path.hasPrefix($0) ? Int32(path.dropFirst($0.count)) : nil
        }
        let descriptor =
            own.first.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(file: path, code: errno) }
        defer { close(descriptor) }
        if let code = writeAll(bytes, to: descriptor) { throw .unwritable(file: path, code: code) }
    }
}
