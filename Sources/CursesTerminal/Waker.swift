import CNcurses
import Glibc

/// Wakes a thread that waits for input, from any other: a counter of the kernel's (eventfd) that `poll` watches.
final class Waker: Sendable {
    let descriptor: Int32

    init() throws(TerminalError) {
        descriptor = terminal_counter()
        guard descriptor >= 0 else { throw .system(code: errno) }
    }

    deinit { Glibc.close(descriptor) }

    func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    /// Whether it was woken since the last call.
    func drain() -> Bool {
        var count: UInt64 = 0
        return Glibc.read(descriptor, &count, MemoryLayout.size(ofValue: count)) > 0
    }
}
