/// The list of a ZIP archive's files, archives beyond four gigabytes included: what NumPy's `savez` and `savez_compressed` and
/// PyTorch's `save` write. Nothing is believed that does not lie in the archive.
package struct ZipArchive {
    package struct Entry: Sendable, Hashable {
        package var name: String
        /// 0: stored as it is; 8: deflated.
        package var method: Int
        /// Bytes in the archive.
        package var stored: Int
        /// Bytes once unpacked.
        package var size: Int
        package var checksum: UInt32
        /// Where its own head is.
        fileprivate var start: Int
    }

    /// What is wrong with an archive.
    package enum Fault: Error, Equatable {
        /// There is no list at its end, or it does not hold.
        case list
        /// A number that no archive can have.
        case number
        /// There is no such file where the list says.
        case file(String)
        /// Less of a file is there than the list says, in bytes.
        case cut(String, expected: Int, found: Int)
    }

    package private(set) var entries: [Entry] = []

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && bytes[0] == 0x50 && bytes[1] == 0x4B && (bytes[2] == 3 || bytes[2] == 5)
    }

    package init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        func number(_ place: Int, _ size: Int) throws(Fault) -> Int { try Self.number(bytes, place, size) }
        // The end of the list is the last thing but a comment.
        var end = bytes.count - 22
        let first = max(0, bytes.count - 22 - 65535)
        while end >= first, try number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= first, end >= 0 else { throw .list }
        var (count, place) = (try number(end + 10, 2), try number(end + 16, 4))
        if count == 0xFFFF || place == 0xFFFF_FFFF, end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
            let large = try number(end - 12, 8)
            guard try number(large, 4) == 0x0606_4B50 else { throw .list }
            (count, place) = (try number(large + 32, 8), try number(large + 48, 8))
        }
        guard count <= bytes.count / 46 else { throw .list }
        for _ in 0..<count {
            guard try number(place, 4) == 0x0201_4B50 else { throw .list }
            let (method, checksum) = (try number(place + 10, 2), try number(place + 16, 4))
            var (stored, size, start) = (
                try number(place + 20, 4), try number(place + 24, 4), try number(place + 42, 4)
            )
            let (length, more) = (try number(place + 28, 2), try number(place + 30, 2))
            let comment = try number(place + 32, 2)
            let names = place + 46
            guard names + length + more + comment <= bytes.count else { throw .list }
            let name = String(decoding: bytes[names..<names + length], as: UTF8.self)
            // Sizes beyond four gigabytes stand in a field of their own, those that need it in this order.
            var extra = names + length
            while extra + 4 <= names + length + more {
                let (kind, room) = (try number(extra, 2), try number(extra + 2, 2))
                if kind == 1 {
                    var next = extra + 4
                    if size == 0xFFFF_FFFF { (size, next) = (try number(next, 8), next + 8) }
                    if stored == 0xFFFF_FFFF { (stored, next) = (try number(next, 8), next + 8) }
                    if start == 0xFFFF_FFFF { start = try number(next, 8) }
                }
                extra += 4 + room
            }
            place = names + length + more + comment
            entries.append(
                Entry(
                    name: name, method: method, stored: stored, size: size,
                    checksum: UInt32(truncatingIfNeeded: checksum), start: start))
        }
    }

    /// Where the bytes of a file lie in the archive; one that is stored as it is has as many as it says.
    package static func range(of entry: Entry, in bytes: UnsafeRawBufferPointer) throws(Fault) -> Range<Int> {
        guard try number(bytes, entry.start, 4) == 0x0403_4B50 else { throw .file(entry.name) }
        let (name, more) = (try number(bytes, entry.start + 26, 2), try number(bytes, entry.start + 28, 2))
        let data = entry.start + 30 + name + more
        guard data <= bytes.count, entry.stored <= bytes.count - data, entry.method != 0 || entry.stored == entry.size
        else { throw .cut(entry.name, expected: entry.stored, found: max(0, bytes.count - data)) }
        return data..<data + entry.stored
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ place: Int, _ size: Int) throws(Fault) -> Int {
        guard place >= 0, place <= bytes.count - size else { throw .list }
        let value = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place + $1]) }
        guard let number = Int(exactly: value) else { throw .number }
        return number
    }
}
