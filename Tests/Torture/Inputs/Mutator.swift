import TestSupport

/// Damages bytes as files are damaged: by accident (bits, cuts, pieces lost, repeated or from another file) and on purpose
/// (lengths and numbers at the edge of what a reader can hold, marks of its grammar out of place).
struct Mutator {
    var random: SeededRandom

    /// No input is longer.
    static let longest = 1 << 18

    /// One of the samples, damaged in one to four ways, rarely in many.
    ///
    /// - Parameter words: pieces of the format's grammar.
    mutating func damaged(_ bytes: [UInt8], others: [[UInt8]], words: [String]) -> [UInt8] {
        var bytes = bytes
        let count = Int.random(in: 0..<20, using: &random) == 0 ? 16 : Int.random(in: 1...4, using: &random)
        for _ in 0..<count { damage(&bytes, others: others, words: words) }
        if bytes.count > Self.longest { bytes.removeSubrange(Self.longest...) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8], others: [[UInt8]], words: [String]) {
        guard !bytes.isEmpty else {
            bytes = others.randomElement(using: &random) ?? []
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 4, 5: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 6: bytes[place] = pick([0, 1, 0x7F, 0x80, 0xFE, 0xFF])
        case 7: bytes.insert(contentsOf: noise(), at: place)
        case 8: bytes.removeSubrange(piece(of: bytes, from: place))
        case 9: bytes.removeSubrange(place...)
        case 10: repeatPiece(of: &bytes, from: place)
        case 11: splice(&bytes, at: place, with: others)
        case 12..<15: writeEdge(to: &bytes, at: place)
        case 15, 16: replaceNumber(in: &bytes, near: place)
        case 17:
            let range = piece(of: bytes, from: place)
            bytes.replaceSubrange(range, with: [UInt8](repeating: pick([0, 0xFF, 0x20]), count: range.count))
        case 18: move(&bytes, from: place)
        default:
            let mark = Array(pick(words + Self.marks).utf8)
            bytes.insert(contentsOf: mark, at: place)
        }
    }

    private mutating func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }

    private mutating func noise() -> [UInt8] {
        (0..<Int.random(in: 1...pick([2, 16, 300]), using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
    }

    private mutating func piece(of bytes: [UInt8], from place: Int) -> Range<Int> {
        let length = Int.random(in: 1...pick([1, 4, 64, 4096]), using: &random)
        return place..<min(bytes.count, place + length)
    }

    private mutating func repeatPiece(of bytes: inout [UInt8], from place: Int) {
        let range = piece(of: bytes, from: place)
        let times = min(pick([1, 2, 16, 1000]), Self.longest / range.count)
        let chunk = Array(bytes[range])
        bytes.insert(contentsOf: (0..<times).flatMap { _ in chunk }, at: place)
    }

    private mutating func splice(_ bytes: inout [UInt8], at place: Int, with others: [[UInt8]]) {
        guard let other = others.randomElement(using: &random), !other.isEmpty else { return }
        bytes.replaceSubrange(place..., with: other[Int.random(in: 0..<other.count, using: &random)...])
    }

    private mutating func move(_ bytes: inout [UInt8], from place: Int) {
        let range = piece(of: bytes, from: place)
        let chunk = Array(bytes[range])
        bytes.removeSubrange(range)
        bytes.insert(contentsOf: chunk, at: Int.random(in: 0...bytes.count, using: &random))
    }

    /// A whole number of 2, 4 or 8 bytes where a length, an offset or a count may stand.
    private mutating func writeEdge(to bytes: inout [UInt8], at place: Int) {
        let width = pick([2, 4, 4, 8])
        let size = UInt64(bytes.count)
        let value = pick([
            0, 1, size, size &- 1, size + 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
            0x4000_0000, 1 << 63, UInt64(Int64.max), .max, .max - 7,
        ])
        let isBig = Bool.random(using: &random)
        for index in 0..<width where place + index < bytes.count {
            let shift = 8 * (isBig ? width - 1 - index : index)
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(shift))
        }
    }

    /// Another number in place of one that is written in digits.
    private mutating func replaceNumber(in bytes: inout [UInt8], near place: Int) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array(pick(Self.numbers).utf8))
    }

    private static let numbers = [
        "0", "-1", "1", "2", "-0", "0.5", "1e309", "-1e309", "1e-400", "1e30", "NaN", "Infinity", "255", "256", "65536",
        "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "99999999999999999999999999", "00", "0x10", "true",
    ]

    private static let marks = [
        "\u{0}", "\u{FEFF}", "\r", "\r\n", "\n\n", "\t", "\u{1B}[31m", "\"", "'", "\\", "{", "}", "[", "]", ",", ":",
        "#", "null", "{}", "[]", "\"\"", "\\ud800", "\u{85}", "\u{2028}", "é", "漢", "\u{301}", "%s%n", "../../",
        String(repeating: "[", count: 4000), String(repeating: "{\"a\":", count: 3000),
        String(repeating: "a", count: 5000),
    ]
}
