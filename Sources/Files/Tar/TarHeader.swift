/// A header of 512 bytes: `struct header_posix_ustar` of pax(1), with GNU tar's numbers beyond eight octal digits.
struct TarHeader {
    static let size = 512

    enum Kind {
        case file, hardLink, symbolicLink, folder, device, sparse
        case longName, longLink, pax, paxForAll
        case other

        /// It says something of the member behind it.
        var isExtension: Bool { [.longName, .longLink, .pax, .paxForAll].contains(self) }
        /// Whether bytes follow as its size says.
        var hasContents: Bool { ![.hardLink, .symbolicLink, .folder, .device].contains(self) }
    }

    /// A number that is none.
    struct Malformed: Error {
        var field: String
        var found: String
    }

    let name: [UInt8]
    let link: [UInt8]
    let size: Int
    let kind: Kind
    private let type: UInt8

    /// - Precondition: 512 bytes that are sound.
    init(_ block: [UInt8]) throws(Malformed) {
        func text(_ range: Range<Int>) -> [UInt8] { Array(block[range].prefix { $0 != 0 }) }
        type = block[156]
        var name = text(0..<100)
        // In GNU's own format the times of other tools stand where POSIX has the prefix.
        let prefix = block[257..<263].elementsEqual(Array("ustar\0".utf8)) ? text(345..<500) : []
        if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
        (self.name, link) = (name, text(157..<257))
        switch type {
        case 0 where name.last == UInt8(ascii: "/"): kind = .folder
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "1"): kind = .hardLink
        case UInt8(ascii: "2"): kind = .symbolicLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): kind = .device
        case UInt8(ascii: "5"): kind = .folder
        case UInt8(ascii: "S"): kind = .sparse
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "K"): kind = .longLink
        case UInt8(ascii: "x"), UInt8(ascii: "X"): kind = .pax
        case UInt8(ascii: "g"): kind = .paxForAll
        default: kind = .other
        }
        guard let size = Self.number(block[124..<136]) else {
            throw Malformed(field: "the size", found: Self.printable(block[124..<136]))
        }
        self.size = size
    }

    var typeText: String { Self.printable([type][...]) }

    /// Whether the sum of the bytes is the one that it names; some old programs took bytes as signed.
    static func isSound(_ block: [UInt8]) -> Bool {
        guard let expected = number(block[148..<156]) else { return false }
        let others = block[..<148] + block[156...]
        let spaces = 8 * 32
        return others.reduce(spaces) { $0 + Int($1) } == expected
            || others.reduce(spaces) { $0 + Int(Int8(bitPattern: $1)) } == expected
    }

    /// Octal digits with blanks or zeros around them, or, where the first bit is set, a number in base 256; nil where it is
    /// neither, negative, or too large for any file.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80 else { return nil }
            var value = 0
            for byte in field.dropFirst() {
                guard value < 1 << 52 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        guard digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 48) }
    }

    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { (32..<127).contains($0) ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
    }
}

/// The records of a pax header: a length, a blank, a key, an equals sign, a value and a line end.
enum PaxRecords {
    static func read(
        _ bytes: [UInt8], at place: Int, of index: TarIndex
    ) throws(FileError) -> [(key: String, value: [UInt8])] {
        var records: [(String, [UInt8])] = []
        var at = 0
        while at < bytes.count, bytes[at] != 0 {
            func malformed() -> FileError {
                index.fault(place + at, "a pax record: its length, a blank, a key, = and a value", "another")
            }
            let digits = bytes[at...].prefix(8).prefix { (48...57).contains($0) }
            let length = digits.reduce(0) { 10 * $0 + Int($1 - 48) }
            guard !digits.isEmpty, length > digits.count + 2, length <= bytes.count - at,
                bytes[digits.endIndex] == 32, bytes[at + length - 1] == 10
            else { throw malformed() }
            let record = bytes[digits.endIndex + 1..<at + length - 1]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw malformed() }
            records.append((String(decoding: record[..<equals], as: UTF8.self), Array(record[(equals + 1)...])))
            at += length
        }
        return records
    }
}
