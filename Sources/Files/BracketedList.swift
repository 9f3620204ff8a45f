/// A list of quoted texts in brackets, as JSON (`["a", "b"]`) and Python (`['a', "b",]`) write it.
enum BracketedList {
    /// Nil where the text is no such list, but lines. An object, numbers or lists inside are refused.
    static func entries(of text: String) throws(TextDecoding.Failure) -> [TextList.Entry]? {
        // Only what begins like one is taken apart: most lists are lines.
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }),
            first == "[" || first == "{"
        else { return nil }
        var scanner = Scanner(scalars: Array(text.unicodeScalars))
        return try scanner.list()
    }
}

private struct Scanner {
    let scalars: [Unicode.Scalar]
    var position = 0
    var line = 1

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func failure(_ expected: String) -> TextDecoding.Failure {
        TextDecoding.Failure(line: line, fault: .json(expected: expected))
    }

    private mutating func skipSpace() {
        while let scalar = next, scalar.properties.isWhitespace {
            if scalar == "\n" { line += 1 }
            position += 1
        }
    }

    mutating func list() throws(TextDecoding.Failure) -> [TextList.Entry]? {
        skipSpace()
        let opening = next
        position += 1
        skipSpace()
        guard opening == "[" else {
            // `{` opens an object of JSON or Python where a key follows; else it is a line like any other.
            guard let next, "\"'0123456789".unicodeScalars.contains(next) else { return nil }
            throw failure("a list of texts, found an object")
        }
        guard let first = next else { return nil }
        if first == "]" { return [] }
        guard first == "\"" || first == "'" else {
            // `[MASK]` is a line like any other.
            guard "[{-0123456789".unicodeScalars.contains(first) else { return nil }
            throw failure("a list of texts, found other things in it")
        }
        var entries: [TextList.Entry] = []
        while true {
            skipSpace()
            if next == "]" { break }
            let start = line
            let text = try quoted()
            let content = String(TextDecoding.trimmed(text[...].unicodeScalars))
            if !content.isEmpty { entries.append(TextList.Entry(text: content, line: start)) }
            skipSpace()
            if next == "," { position += 1 } else if next != "]" { throw failure("a comma or a closing bracket") }
        }
        position += 1
        skipSpace()
        guard next == nil else { throw failure("nothing behind the list") }
        return entries
    }

    private mutating func quoted() throws(TextDecoding.Failure) -> String {
        guard let mark = next, mark == "\"" || mark == "'" else { throw failure("a text between quotation marks") }
        position += 1
        var text = String.UnicodeScalarView()
        while let scalar = next, scalar != mark {
            guard scalar != "\n" else { throw failure("a closing quotation mark") }
            position += 1
            text.append(scalar == "\\" ? try escape() : scalar)
        }
        guard next == mark else { throw failure("a closing quotation mark") }
        position += 1
        return String(text)
    }

    private mutating func escape() throws(TextDecoding.Failure) -> Unicode.Scalar {
        guard let scalar = next else { throw failure("an escape") }
        position += 1
        switch scalar {
        case "\"", "'", "\\", "/": return scalar
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "x": return try hexadecimal(2)
        case "u":
            let unit = try code(4)
            guard (0xD800..<0xDC00).contains(unit) else { return try checked(unit) }
            guard next == "\\", position + 1 < scalars.count, scalars[position + 1] == "u" else {
                throw failure("the second half of a surrogate pair")
            }
            position += 2
            let low = try code(4)
            guard (0xDC00..<0xE000).contains(low) else { throw failure("the second half of a surrogate pair") }
            return try checked(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        case "U": return try hexadecimal(8)
        default: throw failure("an escape")
        }
    }

    private mutating func hexadecimal(_ digits: Int) throws(TextDecoding.Failure) -> Unicode.Scalar {
        try checked(try code(digits))
    }

    private func checked(_ code: UInt32) throws(TextDecoding.Failure) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(code) else { throw failure("a Unicode character") }
        return scalar
    }

    private mutating func code(_ digits: Int) throws(TextDecoding.Failure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
                throw failure("\(digits) hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
