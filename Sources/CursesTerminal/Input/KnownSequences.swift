import Explorer

/// What one terminal sends for its keys, beside the forms that all are decoded in.
package struct KnownSequences: Sendable {
    private var keys: [[UInt8]: Key]
    private var beginnings: Set<[UInt8]> = []

    /// Single bytes are left out: what erases and what deletes is told apart worse in databases than by the byte.
    package init(_ keys: [[UInt8]: Key]) {
        self.keys = keys.filter { $0.key.count >= 2 && $0.key[0] == 0x1B }
        for sequence in self.keys.keys {
            for length in 2..<max(2, sequence.count) { beginnings.insert(Array(sequence.prefix(length))) }
        }
    }

    subscript(sequence: [UInt8]) -> Key? { keys[sequence] }

    /// Whether a longer sequence begins like this.
    func isBeginning(_ sequence: [UInt8]) -> Bool { beginnings.contains(sequence) }

    /// The keys that matter here, by their names in the terminal database.
    package static let names: [(name: String, key: Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kdch1", .delete), ("kcbt", .backTab), ("kLFT", .shiftLeft),
            ("kRIT", .shiftRight), ("kent", .enter),
        ] + (1...12).map { ("kf\($0)", .function($0)) }
}

extension Key {
    /// By the number before `~`, and before rxvt's `$`, `^` and `@`.
    init?(number: Int?) {
        switch number {
        case 1, 7: self = .home
        case 3: self = .delete
        case 4, 8: self = .end
        case 5: self = .pageUp
        case 6: self = .pageDown
        case 11, 12, 13, 14, 15: self = .function((number ?? 0) - 10)
        case 17, 18, 19, 20, 21: self = .function((number ?? 0) - 11)
        case 23, 24: self = .function((number ?? 0) - 12)
        default: return nil
        }
    }

    /// By the letter after `ESC [` or `ESC O`.
    init?(letter: Unicode.Scalar) {
        switch letter {
        case "A": self = .up
        case "B": self = .down
        case "C": self = .right
        case "D": self = .left
        case "H": self = .home
        case "F": self = .end
        case "P", "Q", "R", "S": self = .function(Int(letter.value) - 0x4F)
        default: return nil
        }
    }

    /// By a whole sequence `ESC O`, a modifier maybe, and a letter: also rxvt's arrows with Ctrl, and the keypad.
    init?(function sequence: [UInt8]) {
        guard let last = sequence.last, sequence[2...].dropLast().allSatisfy({ 0x30...0x3B ~= $0 }) else { return nil }
        let modifiers = Modifiers(
            parameter: String(decoding: sequence[2...].dropLast(), as: UTF8.self).split(separator: ";").last
                .flatMap { Int($0) })
        let key: Key?
        switch last {
        case 0x63: key = .wordRight  // rxvt's c, and d
        case 0x64: key = .wordLeft
        case 0x4D: key = .enter
        case 0x49: key = .tab
        case 0x20, 0x58: key = .character(last == 0x58 ? "=" : " ")
        case 0x6A...0x79: key = .character(Character(Unicode.Scalar(last - 0x40)))
        default: key = Key(letter: Unicode.Scalar(last))
        }
        guard let key = key?.with(modifiers) else { return nil }
        self = key
    }
}
