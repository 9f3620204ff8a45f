import Explorer

extension InputDecoder {
    /// In a control sequence: `ESC [`, parameters, intermediates, one final byte.
    mutating func takeControl(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        if interrupt(byte, &events) { return }
        let isFull = sequence.count >= Self.longestSequence
        // Other control characters and what is not ASCII have no place here: the sequence means nothing with them.
        guard (0x20..<0x7F).contains(byte) else { return damage() }
        if isFull { loose += 1 } else { sequence.append(byte) }
        if let key = known[sequence], !known.isBeginning(sequence) {
            emit(isAlt ? key.with(.alt) : key, &events)
            return reset()
        }
        let isFirst = sequence.count == 3
        switch byte {
        case 0x5B where isFirst: return  // the Linux console: ESC [ [ A
        case 0x4D where isFirst: return phase = .mouse  // the mouse of old: three bytes follow
        // rxvt's end of a key with Shift, which in answers is not the end: ESC [ 7 $, but ESC [ ? 7 ; 1 $ y
        case 0x24 where sequence[2...].dropLast().allSatisfy { 0x30...0x39 ~= $0 } && !isFirst: break
        // The mouse's reports have but two ends; what else is in one is damage.
        case 0x40..<0x7F where sequence[2] == 0x3C && byte | 0x20 != 0x6D && sequence.count < Self.longestReport:
            return damage()
        case 0x40..<0x7F: break
        default: return
        }
        let sequence = isFull ? [] : sequence
        let isAlt = isAlt
        reset()
        guard let control = ControlSequence(sequence) else { return }
        if control.prefix == 0x3F, control.final == "c" { return takeAttributeReport(control.numbers) }
        if control.prefix == nil, control.final == "t" { return takeCellSize(control.numbers) }
        if control.final == "~", control.first == 200, control.prefix == nil {
            pasted = []
            pasteTail = []
            return phase = .paste
        }
        if let mouse = control.mouse { return append(mouse, &events) }
        emit(isAlt ? control.key?.with(.alt) : control.key, &events)
    }

    /// Notes that the sequence means nothing, by an intermediate that no key has.
    private mutating func damage() {
        loose += 1
        if sequence.count < Self.longestSequence { sequence.append(0x21) }
    }

    /// After `ESC O`: a modifier in digits, maybe, and one byte.
    mutating func takeFunction(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        if interrupt(byte, &events) { return }
        guard (0x20..<0x7F).contains(byte) else { return damage() }
        sequence.append(byte)
        if (0x30...0x3B).contains(byte), sequence.count < Self.longestSequence { return }
        let key = known[sequence] ?? Key(function: sequence)
        let isAlt = isAlt
        reset()
        emit(isAlt ? key?.with(.alt) : key, &events)
    }

    /// In a string: until BEL or the string terminator, `ESC \`.
    mutating func takeString(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        let ends = byte == 0x07 || byte == 0x9C && sequence.last == 0xC2
        if ends || byte == 0x1B {
            if sequence[1] == 0x5D, let color = RGB(answer: sequence[2...]) { events.append(.background(color)) }
            if sequence[1] == 0x5F { takeGraphicsAnswer(sequence[2...]) }
            if sequence[1] == 0x50, ColorDepth.isDirect(answer: sequence[2...]) { events.append(.colors(.direct)) }
            reset()
            if !ends { begin(.stringEnd, [0x1B]) }
            return
        }
        if interrupt(byte, &events) { return }
        if sequence.count < Self.longestSequence { sequence.append(byte) }
    }

    /// In a report of the mouse as it was before xterm's SGR form: a button, a column and a row, each in a byte.
    mutating func takeMouse(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        if interrupt(byte, &events) { return }
        sequence.append(byte)
        guard sequence.count == 6 else { return }
        append(Mouse(bytes: sequence[3...]), &events)
        reset()
    }

    /// Whether a byte ends any sequence: Escape begins another, Ctrl-C quits in the midst of one, CAN and SUB give it up.
    private mutating func interrupt(_ byte: UInt8, _ events: inout [TerminalEvent]) -> Bool {
        switch byte {
        case 0x1B:
            reset()
            begin(.escape, [byte])
        case 0x03:
            reset()
            emit(.control("c"), &events)
        case 0x18, 0x1A: reset()
        default: return false
        }
        return true
    }

    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    /// In a paste. Escape and Ctrl-C are part of it when more follows at once, and end it when nothing does.
    mutating func takePasted(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        pasteTail.append(byte)
        if pasteTail == Self.pasteEnd {
            pasteTail = []
            endPaste(&events)
            return reset()
        }
        if Self.pasteEnd.starts(with: pasteTail) || pasteTail == [0x03] { return }
        let isNext = byte == 0x1B || byte == 0x03
        if isNext { pasteTail.removeLast() }
        pasted += pasteTail.prefix(max(0, Self.longestPaste - pasted.count))
        pasteTail = isNext ? [byte] : []
    }

    /// Hands over what was pasted, without the beginning of an end that never came.
    mutating func endPaste(_ events: inout [TerminalEvent]) {
        let bytes = pasted
        pasted = []
        pasteTail = []
        if let characters {
            var text = String.UnicodeScalarView()
            for byte in bytes {
                if let scalar = byte < 0x80 ? Unicode.Scalar(byte) : characters[Int(byte) - 0x80] {
                    text.append(scalar)
                }
            }
            events.append(.paste(String(text)))
        } else {
            events.append(.paste(String(decoding: bytes, as: UTF8.self)))
        }
    }
}
