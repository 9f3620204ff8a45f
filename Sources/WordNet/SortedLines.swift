import Files

/// A text file whose lines are sorted by their bytes, searched in place.
struct SortedLines: Sendable {
    private let file: MappedFile

    init(_ file: MappedFile) { self.file = file }

    /// The first line that starts with `prefix`, without its newline.
    func line(startingWith prefix: String) -> String? { lines(startingWith: prefix, atMost: 1).first }

    /// The lines that start with `prefix`.
    func lines(startingWith prefix: String, atMost limit: Int = .max) -> [String] {
        let wanted = Array(prefix.utf8)
        var result: [String] = []
        file.withBytes { bytes in
            var start = Self.firstLine(notBefore: wanted, in: bytes)
            while start < bytes.count, result.count < limit {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                guard bytes[start..<end].starts(with: wanted) else { break }
                result.append(String(decoding: bytes[start..<end], as: UTF8.self))
                start = end + 1
            }
        }
        return result
    }

    /// Where the first line begins that does not sort before `wanted`.
    private static func firstLine(notBefore wanted: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int {
        var (lower, upper) = (0, bytes.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            // The line that `middle` is in.
            var start = middle
            while start > lower, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
            let end = bytes[middle...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if bytes[start..<end].lexicographicallyPrecedes(wanted) { lower = end + 1 } else { upper = start }
        }
        return lower
    }
}
