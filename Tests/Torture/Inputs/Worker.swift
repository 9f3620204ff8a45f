import Foundation
import TestSupport

/// Tries one input after the other, and keeps on a page it shares with whoever watches how far it is.
struct Worker {
    let parser: Parser
    let seed: UInt64

    func run(_ range: Range<Int>, report: ReportPage) throws {
        var limit = rlimit(rlim_cur: Limits.memory, rlim_max: Limits.memory)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        let scratch = try ScratchFolder()
        report.scratch = scratch.url.path
        defer { withExtendedLifetime(scratch) {} }
        let attempt = try parser.prepare(scratch)
        for index in range {
            report[.next] = index
            let input = parser.input(index, seed: seed)
            report[.isTrying] = 1
            do {
                try attempt(input, input.bytes)
                report[.accepted] += 1
            } catch let fault as Fault {
                report.say("\(fault)")
                exit(Limits.faultStatus)
            } catch {
                guard Parser.isWorded(error) else {
                    report.say("an error that nobody words: \(type(of: error)): \(error)")
                    exit(Limits.faultStatus)
                }
                report[.refused] += 1
                guard index >= parser.samples.count || parser.refused.contains(input.name) else {
                    report.say("a whole file is refused: \(input.name): \(error)")
                    exit(Limits.faultStatus)
                }
            }
            report[.isTrying] = 0
        }
        report[.next] = range.upperBound
    }
}

enum Limits {
    /// Bytes a worker may hold.
    static let memory: UInt = 2 << 30
    /// Seconds an input may take.
    static let seconds = ProcessInfo.processInfo.environment["MICLIP_TORTURE_SECONDS"].flatMap { Double($0) } ?? 20
    /// With which a worker ends that says what was wrong.
    static let faultStatus: Int32 = 99
}

/// A page of a file that a worker and its watcher share.
final class ReportPage: @unchecked Sendable {
    enum Field: Int { case next, accepted, refused, isTrying }

    private let base: UnsafeMutableRawPointer
    private static let size = 4096

    init(_ url: URL) throws {
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.size)) == 0,
            let base = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
        else { throw Fault("\(url.path): \(String(cString: strerror(errno)))") }
        close(descriptor)
        self.base = base
    }

    deinit { munmap(base, Self.size) }

    subscript(field: Field) -> Int {
        get { base.load(fromByteOffset: 8 * field.rawValue, as: Int.self) }
        set { base.storeBytes(of: newValue, toByteOffset: 8 * field.rawValue, as: Int.self) }
    }

    /// Where the worker keeps its files.
    var scratch: String {
        get { text(at: 2048) }
        set { set(newValue, at: 2048) }
    }

    /// What was wrong.
    var words: String { text(at: 1024) }
    func say(_ words: String) { set(words, at: 1024) }

    private func text(at place: Int) -> String { String(cString: (base + place).assumingMemoryBound(to: CChar.self)) }

    private func set(_ text: String, at place: Int) {
        let bytes = Array(text.utf8.prefix(1000)) + [0]
        bytes.withUnsafeBytes { (base + place).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
}
