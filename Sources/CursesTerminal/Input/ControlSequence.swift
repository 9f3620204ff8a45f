import Explorer

/// A complete control sequence: `ESC [`, a prefix of `<=>?` maybe, numbers, intermediates, a final byte.
struct ControlSequence {
    /// `<`, `=`, `>`, `?`, or `[` for the keys of the Linux console; nil for none.
    private(set) var prefix: UInt8?
    private(set) var final: Unicode.Scalar
    /// The parameters, each with what colons set apart in it; nil for numbers left out.
    private var parameters: [[Int?]]
    private var hasIntermediates: Bool

    /// Nil for what is no control sequence.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 3, let last = bytes.last else { return nil }
        var body = bytes[2...].dropLast()
        if let first = body.first, (0x3C...0x3F).contains(first) || first == 0x5B {
            prefix = first
            body = body.dropFirst()
        }
        final = Unicode.Scalar(last)
        hasIntermediates = body.contains { $0 < 0x30 }
        parameters = body.split(separator: 0x3B, omittingEmptySubsequences: false).map { parameter in
            parameter.split(separator: 0x3A, omittingEmptySubsequences: false).map {
                // Numbers that overflow mean nothing.
                Int(String(decoding: $0, as: UTF8.self))
            }
        }
    }

    /// The numbers, those left out as 0.
    var numbers: [Int] { parameters.map { ($0.first ?? nil) ?? 0 } }

    /// The first number; nil where it was left out.
    var first: Int? { number(0) }

    private func number(_ index: Int, _ part: Int = 0) -> Int? {
        guard parameters.indices.contains(index), parameters[index].indices.contains(part) else { return nil }
        return parameters[index][part]
    }

    /// What the mouse did, in the form of SGR (`ESC [ < 0;1;1 M`) or of rxvt (`ESC [ 32;1;1 M`).
    var mouse: Mouse? {
        let numbers = parameters.compactMap { $0.first ?? nil }
        guard numbers.count == parameters.count, !hasIntermediates else { return nil }
        switch (prefix, final) {
        case (0x3C, "M"), (0x3C, "m"): return Mouse(report: numbers, isRelease: final == "m")
        case (nil, "M") where numbers.count == 3: return Mouse(offset: numbers[0], numbers[1], numbers[2])
        default: return nil
        }
    }

    /// The key; nil for those without a meaning here, for keys let go, and for all that is not a key.
    var key: Key? {
        if prefix == 0x5B { return consoleKey }
        guard prefix == nil, !hasIntermediates || final == "$" else { return nil }
        // kitty: the second parameter is modifiers, then 1 down, 2 repeated, 3 up.
        if number(1, 1) == 3 { return nil }
        let modifiers = Modifiers(parameter: number(1))
        switch final {
        case "~":
            if first == 27, let code = number(2) { return Key(code: code, modifiers: modifiers) }
            return Key(number: first)?.with(modifiers)
        case "u": return unicodeKey(modifiers)
        case "$": return Key(number: first)?.with(.shift)
        case "^": return Key(number: first)?.with(.control)
        case "@": return Key(number: first)?.with([.control, .shift])
        case "Z": return .backTab
        case "a": return Key(letter: "A")?.with(.shift)
        case "b": return Key(letter: "B")?.with(.shift)
        case "c" where parameters.count == 1 && first == nil: return Key(letter: "C")?.with(.shift)
        case "d": return Key(letter: "D")?.with(.shift)
        // xterm of old, and PuTTY, give the modifiers first.
        default: return Key(letter: final)?.with(number(1) == nil ? Modifiers(parameter: first) : modifiers)
        }
    }

    private var consoleKey: Key? {
        guard (0x41...0x45).contains(final.value), parameters.allSatisfy({ $0.allSatisfy { $0 == nil } }) else {
            return nil
        }
        return .function(Int(final.value) - 0x40)
    }

    /// `ESC [ code:shifted:base ; modifiers ; text u`, of kitty and of xterm.
    private func unicodeKey(_ modifiers: Modifiers) -> Key? {
        guard let code = first else { return nil }
        if modifiers == .shift, let text = number(2) ?? number(0, 1) {
            return Key(code: text, modifiers: [])
        }
        // Ctrl and Alt go by the key's Latin letter, whatever alphabet the keyboard writes.
        if !modifiers.isEmpty, code > 0x7F, let base = number(0, 2) { return Key(code: base, modifiers: modifiers) }
        return Key(code: code, modifiers: modifiers)
    }
}
