/// The screen of a terminal, from what a program sends: enough of a VT for what ncurses says, without colours.
package struct ScreenReader: Sendable {
    private enum Phase { case text, escape, control, string, stringEscape, skip }

    package private(set) var columns: Int
    package private(set) var rows: Int
    /// Row by row; nil right of a wide character.
    private var cells: [[Character?]]
    private var other: (cells: [[Character?]], row: Int, column: Int, keyboardModes: [Int])?
    private var row = 0
    private var column = 0
    private var top = 0
    private var bottom: Int
    private var saved = (row: 0, column: 0)
    private var phase = Phase.text
    private var sequence: [UInt8] = []
    private var character: [UInt8] = []
    /// How often the program asked what the terminal is (`ESC [ c`), and for its background (`ESC ] 11 ; ?`).
    package private(set) var attributeRequests = 0
    package private(set) var backgroundRequests = 0
    /// Whether the program shows its screen instead of the shell's.
    package var isAlternate: Bool { other != nil }
    /// Modes with a number that are on (`ESC [ ? 2004 h`), but for those of the cursor and the screen.
    package private(set) var modes: Set<Int> = []
    package private(set) var isCursorVisible = true
    /// What the program asked of the keyboard, one upon the other (`ESC [ > 5 u`), on the screen that is shown.
    package private(set) var keyboardModes: [Int] = []

    package init(columns: Int, rows: Int) {
        (self.columns, self.rows, bottom) = (columns, rows, rows - 1)
        cells = Self.blank(columns, rows)
    }

    /// The screen's text, blanks at line ends left out.
    package var text: String { cells.map(Self.line).joined(separator: "\n") }

    private static func line(_ row: [Character?]) -> String {
        var line = String(row.compactMap { $0 })
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func blank(_ columns: Int, _ rows: Int) -> [[Character?]] {
        Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    package mutating func resize(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        (top, bottom) = (0, rows - 1)
        func fitted(_ old: [[Character?]]) -> [[Character?]] {
            var new = Self.blank(columns, rows)
            for (index, line) in old.prefix(rows).enumerated() {
                for (place, cell) in line.prefix(columns).enumerated() { new[index][place] = cell }
            }
            return new
        }
        cells = fitted(cells)
        if let shell = other?.cells { other?.cells = fitted(shell) }
        place(row, column)
    }

    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { feed(byte) }
    }

    private mutating func feed(_ byte: UInt8) {
        switch phase {
        case .text: text(byte)
        case .escape: escape(byte)
        case .control:
            if byte < 0x20 { return byte == 0x1B ? phase = .escape : text(byte) }
            sequence.append(byte)
            if (0x40...0x7E).contains(byte) {
                phase = .text
                control()
            }
        case .string:
            if byte == 0x07 { return endString() }
            if byte == 0x1B { return phase = .stringEscape }
            if sequence.count < 4096 { sequence.append(byte) }
        case .stringEscape: endString()
        case .skip: phase = .text
        }
    }

    private mutating func endString() {
        if sequence.starts(with: Array("]11;?".utf8)) { backgroundRequests += 1 }
        phase = .text
    }

    private mutating func text(_ byte: UInt8) {
        switch byte {
        case 0x1B: phase = .escape
        case 0x07, 0x0E, 0x0F, 0x00: break
        case 0x08: column = max(0, column - 1)
        case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
        case 0x0A, 0x0B: lineFeed()
        case 0x0D: column = 0
        case ..<0x20, 0x7F: break
        case ..<0x80: put(Character(Unicode.Scalar(byte)))
        case 0xC0...: character = [byte]
        default:
            character.append(byte)
            let first = character[0]
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            if character.count == length, let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first {
                put(Character(scalar))
            }
        }
    }

    private mutating func put(_ character: Character) {
        guard let value = character.unicodeScalars.first?.value else { return }
        if (0x300...0x36F).contains(value) {  // a mark on the character before
            let place = max(0, min(column, columns) - 1)
            if let base = cells[row][place] { cells[row][place] = Character(String(base) + String(character)) }
            return
        }
        let isWide =
            (0x1100...0x115F).contains(value) || (0x2E80...0xFFDC).contains(value) && value < 0xFE00
            || (0x1F300...0x1FAFF).contains(value)
        if column + (isWide ? 2 : 1) > columns {
            column = 0
            lineFeed()
        }
        cells[row][column] = character
        if isWide, column + 1 < columns { cells[row][column + 1] = nil }
        column += isWide ? 2 : 1
    }

    private mutating func lineFeed() {
        if row == bottom { scroll(by: 1) } else { row = min(rows - 1, row + 1) }
    }

    /// Moves the lines of the region up, or down where negative.
    private mutating func scroll(by count: Int, from first: Int? = nil) {
        let first = first ?? top
        guard first <= bottom else { return }
        for _ in 0..<min(abs(count), bottom - first + 1) {
            let empty = [Character?](repeating: " ", count: columns)
            if count > 0 {
                cells.remove(at: first)
                cells.insert(empty, at: bottom)
            } else {
                cells.remove(at: bottom)
                cells.insert(empty, at: first)
            }
        }
    }

    private mutating func place(_ row: Int, _ column: Int) {
        (self.row, self.column) = (max(0, min(rows - 1, row)), max(0, min(columns - 1, column)))
    }

    private mutating func escape(_ byte: UInt8) {
        phase = .text
        sequence = []
        switch byte {
        case 0x5B: phase = .control
        case 0x5D, 0x50, 0x5E, 0x5F, 0x58:
            sequence = [byte]
            phase = .string
        case 0x28, 0x29, 0x25, 0x23: phase = .skip
        case 0x37: saved = (row, column)
        case 0x38: place(saved.row, saved.column)
        case 0x44: lineFeed()
        case 0x45:
            lineFeed()
            column = 0
        case 0x4D: if row == top { scroll(by: -1) } else { row = max(0, row - 1) }
        default: break
        }
    }

    private mutating func control() {
        let final = sequence.removeLast()
        let prefix = sequence.first
        let isPrivate = prefix == 0x3F
        if let first = sequence.first, (0x3C...0x3F).contains(first) { sequence.removeFirst() }
        let numbers = String(decoding: sequence, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
            .map { Int($0) ?? 0 }
        let first = numbers.first ?? 0
        let count = max(1, first)
        switch final {
        case 0x41: place(row - count, column)
        case 0x42, 0x65: place(row + count, column)
        case 0x43, 0x61: place(row, column + count)
        case 0x44: place(row, column - count)
        case 0x45: place(row + count, 0)
        case 0x46: place(row - count, 0)
        case 0x47, 0x60: place(row, count - 1)
        case 0x48, 0x66: place(count - 1, max(1, numbers.count > 1 ? numbers[1] : 1) - 1)
        case 0x64: place(count - 1, column)
        case 0x5A: column = max(0, (max(0, column - 1)) / 8 * 8)
        case 0x4A: eraseScreen(first)
        case 0x4B: eraseLine(first)
        case 0x58: fill(row, column..<min(columns, column + count))
        case 0x40: shift(by: count)
        case 0x50: shift(by: -count)
        case 0x4C: scroll(by: -count, from: row)
        case 0x4D: scroll(by: count, from: row)
        case 0x53: scroll(by: count)
        case 0x54: scroll(by: -count)
        case 0x62: if column > 0, let last = cells[row][column - 1] { for _ in 0..<count { put(last) } }
        case 0x72:
            top = count - 1
            bottom = numbers.count > 1 && numbers[1] > 0 ? min(rows, numbers[1]) - 1 : rows - 1
            place(0, 0)
        case 0x75 where prefix == 0x3E: keyboardModes.append(first)
        case 0x75 where prefix == 0x3C: keyboardModes.removeLast(min(count, keyboardModes.count))
        case 0x63: if first == 0 { attributeRequests += 1 }
        case 0x68, 0x6C: if isPrivate { for mode in numbers { set(mode, final == 0x68) } }
        default: break
        }
    }

    private mutating func set(_ mode: Int, _ isOn: Bool) {
        switch mode {
        case 25: isCursorVisible = isOn
        case 47, 1047, 1049:
            if isOn, other == nil {
                other = (cells, row, column, keyboardModes)
                keyboardModes = []
                cells = Self.blank(columns, rows)
            } else if !isOn, let shell = other {
                cells = shell.cells
                place(shell.row, shell.column)
                keyboardModes = shell.keyboardModes
                other = nil
            }
        default: if isOn { modes.insert(mode) } else { modes.remove(mode) }
        }
    }

    private mutating func fill(_ row: Int, _ range: Range<Int>) {
        for place in range { cells[row][place] = " " }
    }

    private mutating func eraseLine(_ kind: Int) {
        let here = min(column, columns - 1)
        fill(row, kind == 0 ? here..<columns : kind == 1 ? 0..<here + 1 : 0..<columns)
    }

    private mutating func eraseScreen(_ kind: Int) {
        if kind < 2 { eraseLine(kind) }
        let lines = kind == 0 ? row + 1..<rows : kind == 1 ? 0..<row : 0..<rows
        for line in lines where line < rows { fill(line, 0..<columns) }
    }

    /// Moves what is right of the cursor, and with it what is under it.
    private mutating func shift(by count: Int) {
        let here = min(column, columns - 1)
        var line = cells[row]
        let blanks = [Character?](repeating: " ", count: min(abs(count), columns - here))
        if count > 0 {
            line.insert(contentsOf: blanks, at: here)
            line.removeLast(blanks.count)
        } else {
            line.removeSubrange(here..<here + blanks.count)
            line += blanks
        }
        cells[row] = line
    }
}
