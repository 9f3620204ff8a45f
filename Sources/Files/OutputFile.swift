import Foundation

/// A file being written under a passing name, then renamed to its own: what stands under the real name is always whole.
final class OutputFile: Sendable {
    package let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// Opens `url` + `suffix` for reading and writing, empty unless `keepingContents`, and locks it against other writers.
    package init(_ url: URL, suffix: String, keepingContents: Bool = false) throws(FileError) {
        path = url.path
        temporaryPath = path + suffix
        let descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .unwritable(file: path, code: errno) }
        self.descriptor = descriptor
        // Another writer may have renamed the file between our opening and our locking it: then it is no longer ours.
        guard isLocked(descriptor), isInPlace else { throw .beingWritten(file: path) }
        if !keepingContents { try truncate(to: 0) }
    }

    deinit { close(descriptor) }

    package var count: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Whether the passing name still leads to this file.
    private var isInPlace: Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && stat(temporaryPath, &named) == 0 && mine.st_ino == named.st_ino
    }

    /// Takes the room for `count` bytes on the disk, so that a full disk is found now and not in the middle.
    func reserve(_ count: Int) throws(FileError) {
        var code: Int32
        repeat { code = posix_fallocate(descriptor, 0, off_t(count)) } while code == EINTR
        guard code == 0 else { throw .unwritable(file: path, code: code) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let written = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(position + done))
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .unwritable(file: path, code: written < 0 ? errno : ENOSPC) }
            done += written
        }
    }

    /// Up to `count` bytes at `position`; fewer where the file ends.
    package func read(_ count: Int, at position: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let found = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, count - done, off_t(position + done))
            }
            if found < 0 && errno == EINTR { continue }
            guard found >= 0 else { throw .unreadable(file: temporaryPath, code: errno) }
            if found == 0 { break }
            done += found
        }
        bytes.removeLast(count - done)
        return bytes
    }

    package func truncate(to count: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw .unwritable(file: path, code: errno) }
    }

    /// Makes the bytes durable and gives the file its real name.
    func publish() throws(FileError) {
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
            throw .unwritable(file: path, code: errno)
        }
    }

    /// Removes the file from under its passing name.
    package func discard() { unlink(temporaryPath) }
}

/// Whether nobody else writes to a file, as far as its file system can tell: some of those that several machines share (Lustre
/// without `flock`, NFS without its lock daemon) know no locks.
private func isLocked(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || [ENOSYS, ENOLCK, ENOTSUP, EINVAL].contains(errno)
}
