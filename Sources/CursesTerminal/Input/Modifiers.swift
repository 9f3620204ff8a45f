import Explorer

/// Keys held down with another.
struct Modifiers: OptionSet {
    let rawValue: Int

    static let shift = Modifiers(rawValue: 1)
    static let alt = Modifiers(rawValue: 2)
    static let control = Modifiers(rawValue: 4)
    /// Super, Hyper and Meta: nothing is bound to them.
    static let others = Modifiers(rawValue: 8 | 16 | 32)

    init(rawValue: Int) { self.rawValue = rawValue }

    /// As terminals count them, from 1. The locks (64 Caps, 128 Num) are no modifiers.
    init(parameter: Int?) {
        self.init(rawValue: (max(1, min(256, parameter ?? 1)) - 1) & 0x3F)
    }
}

extension Key {
    /// The key with modifiers; nil for combinations that mean nothing here.
    func with(_ modifiers: Modifiers) -> Key? {
        if modifiers.isEmpty { return self }
        switch (self, modifiers) {
        case (.left, .shift): return .shiftLeft
        case (.right, .shift): return .shiftRight
        case (.left, .control), (.left, .alt): return .wordLeft
        case (.right, .control), (.right, .alt): return .wordRight
        case (.tab, .shift): return .backTab
        case (.backspace, .control), (.backspace, .alt): return .wordBackspace
        case (.enter, .shift), (.escape, .shift), (.backspace, .shift), (.backTab, .shift): return self
        case (.character, .shift): return self
        case (.character(let character), _): return Key.character(character, modifiers)
        default: return nil
        }
    }

    private static func character(_ character: Character, _ modifiers: Modifiers) -> Key? {
        switch modifiers {
        case .alt, [.alt, .shift]: return .alt(character)
        case .control:
            // As a terminal without extended keys sends them: Ctrl-I is Tab, whatever the case.
            let lower = Character(character.lowercased())
            guard let value = lower.asciiValue, (0x61...0x7A).contains(value) || character == "[" else { return nil }
            return Key(Unicode.Scalar(value & 0x1F))
        default: return nil
        }
    }

    /// A key by its character, as xterm's and kitty's extended forms number it.
    init?(code: Int, modifiers: Modifiers) {
        guard code > 0, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
        let base: Key?
        switch code {
        case 57399...57408: base = .character(Character(Unicode.Scalar(UInt8(0x30 + code - 57399))))
        case 57409...57413: base = .character(Array("./*-+")[code - 57409])
        case 57414: base = .enter
        case 57415: base = .character("=")
        case 57417...57426:
            base = [.left, .right, .up, .down, .pageUp, .pageDown, .home, .end, nil, .delete][code - 57417]
        case 0xE000...0xF8FF: base = nil  // the rest of kitty's own: locks, media, modifiers by themselves
        case 0x00..<0x20 where Key(scalar).map { if case .control = $0 { true } else { false } } ?? true: base = nil
        default:
            let isUpper = modifiers == .shift || modifiers == [.alt, .shift]
            base = Key(isUpper ? scalar.properties.uppercaseMapping.unicodeScalars.first ?? scalar : scalar)
        }
        guard let key = base?.with(modifiers) else { return nil }
        self = key
    }

    /// A key that arrives as a character.
    package init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x0D, 0x0A: self = .enter
        case 0x09: self = .tab
        case 0x1B: self = .escape
        case 0x08, 0x7F: self = .backspace
        case 0x01...0x1A: self = .control(Character(Unicode.Scalar(UInt8(scalar.value + 0x60))))
        case 0x00...0x1F, 0x80...0x9F: return nil
        default: self = .character(Character(scalar))
        }
    }
}
