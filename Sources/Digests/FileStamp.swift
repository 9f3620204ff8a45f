import Foundation

/// What the file system tells of a file without its bytes being read: while it stays the same, so do they.
package struct FileStamp: Sendable, Hashable {
    package let device: Int64
    package let inode: Int64
    /// In bytes.
    package let size: Int64
    /// When its bytes changed, and when anything of it did, in nanoseconds since 1970. The second cannot be set back.
    package let modified: Int64
    package let changed: Int64

    package init(device: Int64, inode: Int64, size: Int64, modified: Int64, changed: Int64) {
        (self.device, self.inode, self.size) = (device, inode, size)
        (self.modified, self.changed) = (modified, changed)
    }

    /// Nil where there is no such file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self.init(
            device: Int64(truncatingIfNeeded: status.st_dev), inode: Int64(truncatingIfNeeded: status.st_ino),
            size: Int64(status.st_size), modified: nanoseconds(modified), changed: nanoseconds(changed))
    }

    /// Whether the last change lies so far back that another one would show: clocks of file systems tick in
    /// milliseconds, and some in seconds.
    package var isSettled: Bool {
        let now = Int64(Date().timeIntervalSince1970 * 1e9)
        return changed < now - 3_000_000_000
    }
}
