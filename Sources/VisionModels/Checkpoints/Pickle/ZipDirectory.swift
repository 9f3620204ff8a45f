/// Where the bytes of a ZIP archive's files lie, of those that are stored as they are, as PyTorch's tensors are. Compressed
/// ones are passed over.
struct ZipDirectory {
    private(set) var files: [String: Range<Int>] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws(PickleFault) {
        func number(_ place: Int, _ size: Int) throws(PickleFault) -> Int {
            guard place >= 0, place <= bytes.count - size else { throw .archive(expected: "the list of its files") }
            let value = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place + $1]) }
            guard let number = Int(exactly: value) else { throw .archive(expected: "files of possible sizes") }
            return number
        }
        // The end of the list is the last thing but a comment.
        var end = bytes.count - 22
        let first = max(0, bytes.count - 22 - 65535)
        while end >= first, try number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= first, end >= 0 else { throw .archive(expected: "the list of its files") }
        var (count, place) = (try number(end + 10, 2), try number(end + 16, 4))
        if count == 0xFFFF || place == 0xFFFF_FFFF, end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
            let large = try number(end - 12, 8)
            guard try number(large, 4) == 0x0606_4B50 else { throw .archive(expected: "the list of its files") }
            (count, place) = (try number(large + 32, 8), try number(large + 48, 8))
        }
        guard count <= bytes.count / 46 else { throw .archive(expected: "the list of its files") }
        for _ in 0..<count {
            guard try number(place, 4) == 0x0201_4B50 else { throw .archive(expected: "the list of its files") }
            var (stored, size, start) = (
                try number(place + 20, 4), try number(place + 24, 4), try number(place + 42, 4)
            )
            let (length, more) = (try number(place + 28, 2), try number(place + 30, 2))
            let comment = try number(place + 32, 2)
            let names = place + 46
            guard names + length + more + comment <= bytes.count else {
                throw .archive(expected: "the list of its files")
            }
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
            defer { place = names + length + more + comment }
            guard try number(place + 10, 2) == 0, stored == size else { continue }
            guard try number(start, 4) == 0x0403_4B50 else { throw .archive(expected: "the file \(name)") }
            let data = start + 30 + (try number(start + 26, 2)) + (try number(start + 28, 2))
            guard data <= bytes.count, size <= bytes.count - data else { throw .archive(expected: "all of \(name)") }
            files[name] = data..<data + size
        }
    }
}
