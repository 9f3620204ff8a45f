import CMappings
import Foundation
import LinearAlgebra

/// A file mapped into memory for reading. Its bytes stay valid as long as the value lives.
///
/// A file that is cut short under a mapping is a bus error: every writer here writes beside it and renames, and of others'
/// `tellOfTruncation` sees to it that they are told.
package final class MappedFile: Sendable {
    package let path: String
    package let count: Int
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer?
    /// Open while there are bytes, for reading past the mapping.
    private let descriptor: Int32

    /// - Parameter bytes: the path's own, where they are no text.
    package init(_ url: URL, bytes: [UInt8]? = nil) throws(FileError) {
        path = url.path
        // A pipe is refused below, not waited for.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        let descriptor = bytes.map { $0.withPath { open($0, flags) } } ?? open(path, flags)
        guard descriptor >= 0 else { throw .unreadable(file: path, code: errno) }
        var isKept = false
        defer { if !isKept { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        count = Int(status.st_size)
        self.descriptor = descriptor
        guard count > 0 else {
            base = nil
            return
        }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
            throw .unreadable(file: path, code: errno)
        }
        base = mapped
        isKept = true
    }

    /// From now on, a mapped file that somebody else cuts short ends the program in one line, with status 74.
    ///
    /// - Parameters:
    ///   - before: what stands before the file's name in that line.
    ///   - after: and behind it.
    package static func tellOfTruncation(before: String, after: String) { mappings_watch(before, after) }

    deinit {
        if let base {
            munmap(base, count)
            close(descriptor)
        }
    }

    /// Passes the bytes to `body`, through which the file stays mapped.
    ///
    /// The optimiser may release a file after its last use, which reading `bytes` is: whoever keeps no file keeps no bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// Valid while the file is kept; `withBytes` sees to that.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}

extension MappedFile: ReleasableMemory {
    /// A file of fewer bytes stays mapped: to map it again for every pass over it takes longer than many a pass.
    package static let leastReleased = 32 << 20

    /// Whole pages within the bytes: those at either end may hold what somebody else reads. Nothing of a small file.
    package func release(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty, count >= Self.leastReleased else { return }
        let page = Int(getpagesize())
        let first = (Int(bitPattern: start) + page - 1) / page * page
        let end = Int(bitPattern: start + bytes.count) / page * page
        guard end > first else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED)
    }

    package func read(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
        guard let start = bytes.baseAddress, let base else { return }
        var done = 0
        while done < bytes.count {
            let place = off_t(Int(bitPattern: start) - Int(bitPattern: base) + done)
            let count = pread(descriptor, target + done, bytes.count - done, place)
            if count < 0, errno == EINTR { continue }
            // What cannot be read is for the mapping to fail on.
            guard count > 0 else {
                return (target + done).copyMemory(from: start + done, byteCount: bytes.count - done)
            }
            done += count
        }
    }
}

extension [UInt8] {
    /// Passes a path, which need not be text, as the system takes it.
    package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (self + [0]).withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
    }
}
