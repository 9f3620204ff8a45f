/// The text of a file that a person or another program wrote.
enum TextDecoding {
    struct Failure: Error {
        /// Counted from 1; 0 is the file as a whole.
        var line: Int
        var fault: ListFault
    }

    /// Without its byte-order mark, and with lines where NUL parted its entries.
    static func text(of bytes: [UInt8]) throws(Failure) -> String {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw Failure(line: 0, fault: .utf32)
        }
        if bytes.starts(with: [0xFF, 0xFE]) { return try wide(bytes.dropFirst(2), low: 0) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try wide(bytes.dropFirst(2), low: 1) }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if isBinary(content) { throw Failure(line: 0, fault: .binary) }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Failure(line: line(ofFirstFaultIn: content), fault: .encoding)
        }
        return try withoutNUL(text, content)
    }

    static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Without blanks at both ends.
    static func trimmed(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var line = line.drop { $0.properties.isWhitespace }
        while let last = line.last, last.properties.isWhitespace { line.removeLast() }
        return line
    }

    /// UTF-16; `low` is where of two bytes the lower one stands.
    private static func wide(_ bytes: ArraySlice<UInt8>, low: Int) throws(Failure) -> String {
        guard bytes.count % 2 == 0 else { throw Failure(line: 0, fault: .encoding) }
        let bytes = Array(bytes)
        let units = (0..<bytes.count / 2).map { UInt16(bytes[2 * $0 + low]) | UInt16(bytes[2 * $0 + 1 - low]) << 8 }
        guard let text = String(validating: units, as: UTF16.self) else { throw Failure(line: 0, fault: .encoding) }
        return text
    }

    private static func withoutNUL(_ text: String, _ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        let nuls = bytes.count { $0 == 0 }
        guard nuls > 0 else { return text }
        // Every other byte of Latin letters in UTF-16.
        if nuls > bytes.count / 3 { throw Failure(line: 0, fault: .encoding) }
        let hasLines = bytes.contains { $0 == 0x0A || $0 == 0x0D }
        guard !hasLines else {
            throw Failure(line: line(at: bytes.firstIndex(of: 0)!, in: bytes), fault: .binary)
        }
        return String(decoding: bytes.map { $0 == 0 ? 0x0A : $0 }, as: UTF8.self)
    }

    /// Files of other kinds that are given by mistake: gzip, ZIP, PNG, JPEG, a pickle.
    private static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
        let starts: [[UInt8]] = [
            [0x1F, 0x8B], [0x50, 0x4B, 3, 4], [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], [0x80, 2], [0x80, 4],
        ]
        return starts.contains { bytes.starts(with: $0) }
    }

    private static func line(ofFirstFaultIn bytes: ArraySlice<UInt8>) -> Int {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        return 1 + (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0)
    }

    private static func line(at place: Int, in bytes: ArraySlice<UInt8>) -> Int {
        1 + bytes[..<place].count { $0 == 0x0A }
    }
}
