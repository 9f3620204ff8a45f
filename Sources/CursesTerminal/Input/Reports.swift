import Explorer

extension RGB {
    /// From the answer to a question for the background, without its `ESC ]` and its end: `11;rgb:rrrr/gggg/bbbb`.
    init?(answer: ArraySlice<UInt8>) {
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("11;") else { return nil }
        self.init(report: String(text.dropFirst(3)))
    }

    /// From `rgb:` and three hexadecimal numbers of one to four digits, whose range their length tells.
    package init?(report: String) {
        let parts = report.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("rgb") else { return nil }
        let channels = parts[1].split(separator: "/").compactMap { digits -> UInt8? in
            guard (1...4).contains(digits.count), let value = UInt16(digits, radix: 16) else { return nil }
            return UInt8(Int(value) * 255 / ((1 << (4 * digits.count)) - 1))
        }
        guard channels.count == 3 || channels.count == 4 && parts[0] == "rgba" else { return nil }
        self.init(channels[0], channels[1], channels[2])
    }
}

extension ColorDepth {
    /// Whether an answer, without its `ESC P` and its end, says that the terminal shows 24 bits: `1+r524742=…` where it
    /// has the capability, `1$r0;48:2::1:2:3m` where it kept the colour that was set.
    package static func isDirect(answer: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: answer, as: UTF8.self)
        if text.hasPrefix("1+r") {
            return text.dropFirst(3).split(separator: ";").contains { $0.hasPrefix("524742") || $0.hasPrefix("5463") }
        }
        guard text.hasPrefix("1$r"), text.hasSuffix("m") else { return false }
        let numbers = text.dropFirst(3).dropLast().split { $0 == ";" || $0 == ":" }.map(String.init)
        return numbers.suffix(5).starts(with: ["48", "2"]) && numbers.suffix(3) == ["1", "2", "3"]
    }
}

extension Mouse {
    /// From the three numbers of an SGR report; nil for buttons and movements that mean nothing here.
    package init?(report: [Int], isRelease: Bool) {
        guard report.count == 3, (1...100_000).contains(report[1]), (1...100_000).contains(report[2]) else {
            return nil
        }
        let point = Point(column: report[1] - 1, row: report[2] - 1)
        // 4, 8 and 16 are Shift, Meta and Control; 32 is movement.
        switch report[0] & ~(4 | 8 | 16) {
        case 0: self.init(isRelease ? .release : .press, at: point)
        case 32: self.init(.drag, at: point)
        case 64: self.init(.wheelUp, at: point)
        case 65: self.init(.wheelDown, at: point)
        default: return nil
        }
    }

    /// From a report whose button is 32 more, and 3 when it is let go.
    init?(offset button: Int, _ column: Int, _ row: Int) {
        let button = button - 32
        guard button >= 0 else { return nil }
        let isRelease = button & ~(4 | 8 | 16) == 3
        self.init(report: [isRelease ? 0 : button, column, row], isRelease: isRelease)
    }

    /// From three bytes, each 32 more than its number.
    init?(bytes: ArraySlice<UInt8>) {
        let numbers = bytes.map(Int.init)
        guard numbers.count == 3 else { return nil }
        self.init(offset: numbers[0], numbers[1] - 32, numbers[2] - 32)
    }
}

enum UTF8Character {
    /// How many bytes the character has that begins with this one; 0 if none does.
    static func length(from byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// The character of its bytes; nil for what is none (surrogates, too long forms).
    static func scalar(_ bytes: [UInt8]) -> Unicode.Scalar? {
        String(validating: bytes, as: UTF8.self)?.unicodeScalars.first
    }
}
