import Foundation

/// A JSON value.
///
/// Foundation's decoders drop repeated keys silently and tell no line: neither will do for a checkpoint's header or a
/// vocabulary, so the few rules of RFC 8259 are followed here. Numbers keep their text, so integers stay exact.
package enum JSON: Sendable, Equatable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    package struct SyntaxError: Error, Equatable {
        /// Counted from 1, as is the byte.
        package var line: Int
        package var byte: Int
        /// The keys and positions that lead there: `vision_config.sizes[2]`; empty at the top.
        package var path: String
        package var expected: String

        package init(line: Int, byte: Int, path: String, expected: String) {
            (self.line, self.byte, self.path, self.expected) = (line, byte, path, expected)
        }
    }

    package init(parsing bytes: UnsafeRawBufferPointer, listing listed: [String] = []) throws(SyntaxError) {
        var scanner = Scanner(bytes: bytes, listed: listed)
        self = try scanner.value(depth: 0)
        scanner.skipSpace()
        if scanner.position < bytes.count { throw scanner.failure("the end of the text") }
    }

    /// The keys and values of a file that holds one object.
    ///
    /// - Parameter listed: the keys that lead to an object which is given as a list of a key and its value, in turns: keys
    ///   may be the same text and other bytes there (é in one character and in two), which members cannot.
    package static func members(
        of file: MappedFile, listing listed: [String] = []
    ) throws(FileError) -> [String: JSON] {
        guard case .object(let members) = try JSON(of: file, listing: listed) else {
            throw .malformedJSON(file: file.path, line: 1, byte: 1, path: "", expected: "an object")
        }
        return members
    }

    /// The elements of a file that holds one list.
    package static func elements(of file: MappedFile) throws(FileError) -> [JSON] {
        guard case .array(let elements) = try JSON(of: file) else {
            throw .malformedJSON(file: file.path, line: 1, byte: 1, path: "", expected: "a list")
        }
        return elements
    }

    private init(of file: MappedFile, listing listed: [String] = []) throws(FileError) {
        do { self = try JSON(parsing: file.bytes, listing: listed) } catch {
            throw .malformedJSON(
                file: file.path, line: error.line, byte: error.byte, path: error.path, expected: error.expected)
        }
    }

    /// The value as a person would read it in a message.
    package var summary: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): text
        case .string(let text): "\"\(text)\""
        case .array(let values): "a list of \(values.count)"
        case .object(let members): "an object of \(members.count) keys"
        }
    }
}

private struct Scanner {
    private static let greatestDepth = 32
    /// Steps of a path that an error names.
    private static let longestPath = 8

    /// A key of an object, or a position in a list, from 0.
    private enum Step {
        case key(String), position(Int)
    }

    let bytes: UnsafeRawBufferPointer
    /// The path of an object that becomes a list; none where it is empty.
    let listed: [String]
    var position = 0
    private var path: [Step] = []

    init(bytes: UnsafeRawBufferPointer, listed: [String]) { (self.bytes, self.listed) = (bytes, listed) }

    private var isListed: Bool {
        guard !listed.isEmpty, path.count == listed.count else { return false }
        return zip(path, listed).allSatisfy { step, key in
            if case .key(key) = step { true } else { false }
        }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ expected: String) -> JSON.SyntaxError {
        var words = ""
        for step in path.suffix(Self.longestPath) {
            switch step {
            case .key(let key): words += words.isEmpty ? key : "." + key
            case .position(let position): words += "[\(position)]"
            }
        }
        if path.count > Self.longestPath { words = "…" + words }
        return JSON.SyntaxError(
            line: 1 + bytes[..<position].count { $0 == UInt8(ascii: "\n") }, byte: position + 1, path: words,
            expected: expected)
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over `character` if it is next.
    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < Self.greatestDepth else { throw failure("no more than \(Self.greatestDepth) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let end = position + text.utf8CodeUnitCount
        let isThere = text.withUTF8Buffer { end <= bytes.count && bytes[position..<end].elementsEqual($0) }
        guard isThere else { throw failure("\(text)") }
        position = end
        return value
    }

    private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
        var members: [String: JSON] = [:]
        let isListed = isListed
        var (list, keys): ([JSON], Set<[UInt8]>) = ([], [])
        position += 1
        skipSpace()
        if accept("}") { return isListed ? .array(list) : .object(members) }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            guard accept(":") else { throw failure("a colon after \"\(key)\"") }
            path.append(.key(key))
            let value = try value(depth: depth + 1)
            path.removeLast()
            let isNew =
                isListed ? keys.insert(Array(key.utf8)).inserted : members.updateValue(value, forKey: key) == nil
            guard isNew else { throw failure("\"\(key)\" only once") }
            if isListed { list += [.string(key), value] }
            skipSpace()
            if accept("}") { return isListed ? .array(list) : .object(members) }
            guard accept(",") else { throw failure("a comma or a closing brace") }
        }
    }

    private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
        var elements: [JSON] = []
        position += 1
        skipSpace()
        if accept("]") { return .array(elements) }
        while true {
            path.append(.position(elements.count))
            elements.append(try value(depth: depth + 1))
            path.removeLast()
            skipSpace()
            if accept("]") { return .array(elements) }
            guard accept(",") else { throw failure("a comma or a closing bracket") }
        }
    }

    private mutating func digits() throws(JSON.SyntaxError) {
        let start = position
        while let byte = next, byte >= 0x30 && byte <= 0x39 { position += 1 }
        guard position > start else { throw failure("a value") }
    }

    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = position
        _ = accept("-")
        let first = position
        try digits()
        guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else { throw failure("no leading zero") }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func string() throws(JSON.SyntaxError) -> String {
        guard accept("\"") else { throw failure("a string") }
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("no control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
        }
        guard accept("\"") else { throw failure("a closing quotation mark") }
        guard let result = String(validating: text, as: UTF8.self) else { throw failure("a string in UTF-8") }
        return result
    }

    private mutating func escape() throws(JSON.SyntaxError) -> [UInt8] {
        guard let byte = next else { throw failure("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var units = [try hexadecimal()]
            if UTF16.isLeadSurrogate(units[0]) {
                guard accept("\\"), accept("u") else { throw failure("the second half of a surrogate pair") }
                units.append(try hexadecimal())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw failure("a Unicode character") }
            return Array(text.utf8)
        default: throw failure("an escape")
        }
    }

    private mutating func hexadecimal() throws(JSON.SyntaxError) -> UInt16 {
        let end = position + 4
        guard end <= bytes.count else { throw failure("four hexadecimal digits") }
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        guard text.utf8.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }), let unit = UInt16(text, radix: 16)
        else { throw failure("four hexadecimal digits") }
        position = end
        return unit
    }
}
