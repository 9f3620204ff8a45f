/// Where the bytes of a ZIP archive's files lie, packed or not: what NumPy's `savez` and `savez_compressed` write, archives
/// beyond four gigabytes included. Nothing is believed that does not lie in the archive.
struct ZipArchive {
    struct Entry: Sendable, Hashable {
        var name: String
        /// Bytes in the archive.
        var range: Range<Int>
        /// Bytes once unpacked.
        var size: Int
        var isDeflated: Bool
        var checksum: UInt32
    }

    /// What is wrong with an archive, in words.
    struct Fault: Error, Equatable {
        var place: String
        var expected: String
        var found: String
    }

    private(set) var entries: [Entry] = []

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && bytes[0] == 0x50 && bytes[1] == 0x4B && (bytes[2] == 3 || bytes[2] == 5)
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        let list = Fault(place: "archive", expected: "the list of its files at its end", found: "none that holds")
        func number(_ place: Int, _ size: Int) throws(Fault) -> Int {
            guard place >= 0, place <= bytes.count - size else { throw list }
            let value = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place + $1]) }
            guard let number = Int(exactly: value) else { throw list }
            return number
        }
        // The end of the list is the last thing but a comment.
        var end = bytes.count - 22
        let first = max(0, bytes.count - 22 - 65535)
        while end >= first, try number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= first, end >= 0 else { throw list }
        var (count, place) = (try number(end + 10, 2), try number(end + 16, 4))
        if count == 0xFFFF || place == 0xFFFF_FFFF, end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
            let large = try number(end - 12, 8)
            guard try number(large, 4) == 0x0606_4B50 else { throw list }
            (count, place) = (try number(large + 32, 8), try number(large + 48, 8))
        }
        guard count <= bytes.count / 46 else { throw list }
        for _ in 0..<count {
            guard try number(place, 4) == 0x0201_4B50 else { throw list }
            let (method, checksum) = (try number(place + 10, 2), try number(place + 16, 4))
            var (stored, size, start) = (
                try number(place + 20, 4), try number(place + 24, 4), try number(place + 42, 4)
            )
            let (length, more) = (try number(place + 28, 2), try number(place + 30, 2))
            let comment = try number(place + 32, 2)
            let names = place + 46
            guard names + length + more + comment <= bytes.count else { throw list }
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
            guard method == 0 || method == 8 else {
                throw Fault(place: name, expected: "stored or deflated", found: "compression method \(method)")
            }
            guard try number(start, 4) == 0x0403_4B50 else { throw list }
            let data = start + 30 + (try number(start + 26, 2)) + (try number(start + 28, 2))
            guard data <= bytes.count, stored <= bytes.count - data, method == 8 || stored == size else {
                throw Fault(place: name, expected: "\(stored) bytes", found: "\(max(0, bytes.count - data))")
            }
            entries.append(
                Entry(
                    name: name, range: data..<data + stored, size: size, isDeflated: method == 8,
                    checksum: UInt32(truncatingIfNeeded: checksum)))
        }
    }
}
