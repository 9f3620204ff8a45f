import Explorer

/// What a terminal sends, as events: a state machine over bytes that knows the time only from what it is told.
///
/// Keys of xterm, rxvt, PuTTY, the Linux console, screen, tmux and kitty are known in every form they have, whatever
/// `TERM` says; `known` adds the forms of one terminal. A sequence without a meaning here is swallowed whole, whatever its
/// kind and end, so that no part of it is ever taken for keys: CSI, SS3, OSC, DCS, APC, PM, SOS, and Escape with a
/// character (Alt). One that stops on its way is given up after a second.
package struct InputDecoder: Sendable {
    /// Milliseconds on a clock that only runs forward.
    package typealias Time = Int

    /// How often the terminal said what it is (its answer to a request for device attributes, `CSI c`).
    private(set) var attributeReports = 0

    /// How the terminal said that it shows pixels, kitty's way before sixels; and how many a cell has.
    package private(set) var pixels: PixelProtocol?
    package private(set) var cellSize: CellSize?

    /// After so long, an Escape is a key of its own.
    let escapeDelay: Time
    let known: KnownSequences
    /// The characters of the bytes from 0x80, where the locale has one byte for each; nil for UTF-8.
    let characters: [Unicode.Scalar?]?

    /// A sequence that stopped coming is given up, and a paste is over.
    static let silence: Time = 1000
    static let longestPaste = 1 << 20
    static let longestSequence = 256
    static let longestReport = 32

    enum Phase {
        case text, escape, control, function, string, mouse, paste
        /// After an Escape in a string: its end, if a backslash follows.
        case stringEnd
        /// On the way through a sequence that only the terminal database knows.
        case known
    }

    var phase = Phase.text
    /// The bytes of the sequence so far, its Escape first.
    var sequence: [UInt8] = []
    /// Whether another Escape came before it: Alt, to rxvt and PuTTY.
    var isAlt = false
    /// The beginning of a character in UTF-8.
    private var character: [UInt8] = []
    /// Whether the character under way came after an Escape.
    private var isAltCharacter = false
    var pasted: [UInt8] = []
    /// What may be the end of the paste, and may not.
    var pasteTail: [UInt8] = []
    private var lastByte: Time = 0
    /// When an Escape was last taken for a key because nothing followed.
    private var loneEscape: Time?
    /// Whether Ctrl-S came, so that a Ctrl-Q only takes it back.
    private var isHeld = false
    private var burst = Burst()
    /// How many characters of this read stand alone, or are damage: all that no whole sequence of its own accounts for.
    var loose = 0

    package init(
        escapeDelay: Time = 10, known: KnownSequences = KnownSequences([:]), characters: [Unicode.Scalar?]? = nil
    ) {
        self.escapeDelay = escapeDelay
        self.known = known
        self.characters = characters
    }

    /// The events of the bytes of one read.
    package mutating func take(_ bytes: [UInt8], at now: Time) -> [TerminalEvent] {
        var events: [TerminalEvent] = []
        let isAfterEscape = phase == .text && loneEscape.map { now - $0 < Self.silence } ?? false
        if isAfterEscape, Self.isTail(bytes) {
            // A slow line tore the Escape from the rest of its sequence.
            phase = .escape
            sequence = [0x1B]
            isAlt = false
        }
        loneEscape = nil
        loose = 0
        // What an earlier read began may have taken in the beginning of something else.
        var isInherited = phase != .text && phase != .paste
        for byte in bytes {
            if phase == .text ? byte & 0xC0 != 0x80 && byte != 0x1B : isInherited { loose += 1 }
            take(byte, &events)
            if phase == .text { isInherited = false }
        }
        if !bytes.isEmpty { lastByte = now }
        return burst.marked(events, loose: loose, isAfterEscape: isAfterEscape, at: now)
    }

    /// When `pause` must be told that nothing more came; nil while nothing is under way.
    package var deadline: Time? {
        switch phase {
        case .text: nil
        case .escape, .known: lastByte + escapeDelay
        // Alt with a character that begins a string, or a string on a slow line.
        case .string: lastByte + (sequence.count == 2 ? max(100, 4 * escapeDelay) : Self.silence)
        case .control, .function, .mouse, .stringEnd: lastByte + Self.silence
        case .paste: lastByte + (pasteTail.count == 1 ? escapeDelay : Self.silence)
        }
    }

    /// What follows from nothing having come until `now`.
    package mutating func pause(at now: Time) -> [TerminalEvent] {
        guard let deadline, now >= deadline else { return [] }
        var events: [TerminalEvent] = []
        switch phase {
        case .escape:
            emit(.escape, &events)
            loneEscape = now
        case .paste: endPaste(&events)
        case .control, .function, .string, .known:
            if let key = known[sequence] {
                emit(key, &events)
            } else if sequence.count == 2 {
                emit(.alt(Character(Unicode.Scalar(sequence[1]))), &events)
            }
        case .text, .mouse, .stringEnd: break
        }
        reset()
        return events
    }

    mutating func reset() {
        phase = .text
        sequence = []
        isAlt = false
    }

    private mutating func take(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch phase {
        case .text: takeText(byte, &events)
        case .escape: takeEscaped(byte, &events)
        case .control: takeControl(byte, &events)
        case .function: takeFunction(byte, &events)
        case .string: takeString(byte, &events)
        case .paste: takePasted(byte, &events)
        case .known:
            sequence.append(byte)
            finishKnown(&events)
        case .mouse: takeMouse(byte, &events)
        case .stringEnd:
            if byte == 0x5C { return reset() }
            begin(.escape, [0x1B])
            takeEscaped(byte, &events)
        }
    }

    /// Ends or goes on with a sequence that only the database knows; gives up one that it does not.
    private mutating func finishKnown(_ events: inout [TerminalEvent]) {
        if known.isBeginning(sequence) { return phase = .known }
        if let key = known[sequence] { emit(key, &events) }
        reset()
    }

    private mutating func takeText(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        if !character.isEmpty {
            if byte & 0xC0 == 0x80 {
                character.append(byte)
                guard character.count == UTF8Character.length(from: character[0]) else { return }
                let scalar = UTF8Character.scalar(character)
                character = []
                if let scalar { take(scalar, &events) }
                return
            }
            character = []  // broken off
            isAltCharacter = false
        }
        switch byte {
        case 0x1B: begin(.escape, [byte])
        case 0x00..<0x80: take(Unicode.Scalar(byte), &events)
        default:
            if let characters {
                if let scalar = characters[Int(byte) - 0x80] { take(scalar, &events) }
            } else if UTF8Character.length(from: byte) > 1 {
                character = [byte]
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar, _ events: inout [TerminalEvent]) {
        let wasAlt = isAltCharacter
        isAltCharacter = false
        switch scalar.value {
        // The sequences' beginnings as one character.
        case 0x8F: begin(.function, [0x1B, 0x4F])
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F: begin(.string, [0x1B, UInt8(scalar.value - 0x40)])
        case 0x9B: begin(.control, [0x1B, 0x5B])
        default:
            guard let key = Key(scalar) else { return }
            if wasAlt {
                if case .character(let character) = key { emit(.alt(character), &events) }
            } else {
                emit(key, &events)
            }
        }
    }

    mutating func begin(_ phase: Phase, _ sequence: [UInt8]) {
        self.phase = phase
        self.sequence = sequence
    }

    /// After an Escape.
    private mutating func takeEscaped(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        sequence.append(byte)
        if known.isBeginning(sequence) || known[sequence] != nil, byte != 0x5B, byte != 0x4F {
            return finishKnown(&events)
        }
        switch byte {
        case 0x5B: return phase = .control
        case 0x4F: return phase = .function
        case 0x50, 0x58, 0x5D...0x5F: return phase = .string
        case 0x1B:
            // One more: the first was a key of its own once there are three.
            if isAlt { emit(.escape, &events) }
            isAlt = true
            return sequence = [0x1B]
        default: break
        }
        if isAlt { emit(.escape, &events) }
        reset()
        switch byte {
        case 0x03: emit(.control("c"), &events)
        case 0x08, 0x7F: emit(.wordBackspace, &events)
        case 0x20..<0x7F: emit(.alt(Character(Unicode.Scalar(byte))), &events)
        case 0x80...:
            isAltCharacter = true
            takeText(byte, &events)
            if character.isEmpty { isAltCharacter = false }
        default: break
        }
    }

    /// Sends a key on its way. Ctrl-Q after Ctrl-S is the flow of the line, which people stop by mistake.
    mutating func emit(_ key: Key?, _ events: inout [TerminalEvent]) {
        guard let key else { return }
        if key == .control("s") { isHeld = true }
        if key == .control("q"), isHeld { return isHeld = false }
        events.append(.key(key))
    }

    func append(_ mouse: Mouse?, _ events: inout [TerminalEvent]) {
        if let mouse { events.append(.mouse(mouse)) }
    }

    /// - Parameter attributes: what the terminal can: 4 are sixels.
    mutating func takeAttributeReport(_ attributes: [Int]) {
        attributeReports += 1
        if attributes.dropFirst().contains(4), pixels == nil { pixels = .sixel }
    }

    /// - Parameter text: an answer to kitty's question, without its `ESC _`.
    mutating func takeGraphicsAnswer(_ text: ArraySlice<UInt8>) {
        if text.starts(with: "Gi=31;OK".utf8) { pixels = .kitty }
    }

    /// - Parameter numbers: 6, and a cell's height and width.
    mutating func takeCellSize(_ numbers: [Int]) {
        guard numbers.count == 3, numbers[0] == 6, (1...200).contains(numbers[1]), (1...200).contains(numbers[2]) else {
            return
        }
        cellSize = CellSize(width: numbers[2], height: numbers[1])
    }

    /// Whether bytes look like a sequence without its Escape, and not like something typed.
    private static func isTail(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return false }
        switch (bytes[0], bytes[1]) {
        case (0x5B, 0x30...0x3F), (0x5B, 0x40...0x5B), (0x5D, 0x30...0x39): return true
        case (0x4F, 0x41...0x53): return bytes.count == 2 || bytes[2] == 0x1B
        // Strings, which end as nobody types.
        case (0x50, _), (0x58, _), (0x5D...0x5F, _): return bytes.contains(0x07) || bytes.contains([0x1B, 0x5C])
        default: return false
        }
    }
}
