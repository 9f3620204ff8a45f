import Foundation
import Synchronization

/// Small files that are read at once: also what cannot be mapped, a named pipe or `/dev/stdin`.
package enum WholeFile {
    /// All bytes of a file or pipe. A pipe gives them but once: whoever asks again gets them from memory.
    ///
    /// - Parameter most: bytes beyond which the file is refused as too large (EFBIG), so that an endless one ends.
    package static func bytes(of url: URL, most: Int = 1 << 28) throws(FileError) -> [UInt8] {
        let path = url.path
        guard let pipe = Pipe(path) else { return try read(path, most: most) }
        if let known = pipes.withLock({ $0[pipe] }) { return known }
        let bytes = try read(path, most: most)
        pipes.withLock { $0[pipe] = bytes }
        return bytes
    }

    private struct Pipe: Hashable {
        let path: String
        let device: dev_t
        let inode: ino_t

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return nil }
            (self.path, device, inode) = (path, status.st_dev, status.st_ino)
        }
    }

    private static let pipes = Mutex<[Pipe: [UInt8]]>([:])

    private static func read(_ path: String, most: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        let size = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
        guard size <= most else { throw .unreadable(file: path, code: EFBIG) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let found = piece.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if found < 0 && errno == EINTR { continue }
            guard found >= 0 else { throw .unreadable(file: path, code: errno) }
            if found == 0 { return bytes }
            bytes += piece[..<found]
            guard bytes.count <= most else { throw .unreadable(file: path, code: EFBIG) }
        }
    }

    /// Writes a file that is whole or not there: beside its place first, then renamed.
    package static func write(_ bytes: [UInt8], to url: URL) throws(FileError) {
        let output = try OutputFile(url, suffix: ".writing")
        do throws(FileError) {
            try output.write(bytes, at: 0)
            try output.publish()
        } catch {
            output.discard()
            throw error
        }
    }
}
