/// One line of text under a cursor.
package struct TextField: Sendable, Hashable {
    /// Longer input is cut: no concept needs it.
    static let limit = 200

    private(set) var characters: [Character]
    /// Before which character the cursor stands.
    private(set) var cursor: Int
    /// Whether the whole text is marked, so that typing replaces it.
    private(set) var isSelected = false

    package init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    package var text: String { String(characters) }

    /// Whether whatever is typed comes behind all that is there.
    var isAtEnd: Bool { cursor == characters.count && !isSelected }

    /// Keys that work on the text.
    package enum Edit: Sendable, Hashable, CaseIterable {
        case left, right, wordLeft, wordRight, start, end
        case deleteBackward, deleteForward, deleteWord, deleteWordForward, deleteToStart, deleteToEnd
    }

    package mutating func selectAll() {
        isSelected = !characters.isEmpty
        cursor = characters.count
    }

    mutating func deselect() { isSelected = false }

    /// Puts text at the cursor: line breaks and tabs as blanks, control characters left out.
    package mutating func insert(_ text: String) {
        let clean = text.compactMap { character -> Character? in
            if character.isNewline || character == "\t" { return " " }
            return character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : character
        }
        guard !clean.isEmpty else { return }
        if isSelected { clear() }
        let room = clean.prefix(max(0, Self.limit - characters.count))
        characters.insert(contentsOf: room, at: cursor)
        cursor += room.count
    }

    package mutating func apply(_ edit: Edit) {
        if isSelected {
            isSelected = false
            switch edit {
            case .deleteBackward, .deleteForward, .deleteWord, .deleteWordForward, .deleteToStart, .deleteToEnd:
                return clear()
            case .left: return cursor = 0
            default: break
            }
        }
        switch edit {
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .start: cursor = 0
        case .end: cursor = characters.count
        case .deleteBackward: remove(cursor - 1..<cursor)
        case .deleteForward: remove(cursor..<cursor + 1)
        case .deleteWordForward: remove(cursor..<wordEnd)
        case .deleteToStart: remove(0..<cursor)
        case .deleteToEnd: remove(cursor..<characters.count)
        case .deleteWord:
            var start = cursor
            while start > 0, characters[start - 1] == " " { start -= 1 }
            while start > 0, characters[start - 1] != " " { start -= 1 }
            remove(start..<cursor)
        }
    }

    /// The start of the word before the cursor. As in a shell, words are letters and digits here, and what blanks part
    /// for `deleteWord`.
    private var wordStart: Int {
        var start = cursor
        while start > 0, !characters[start - 1].isOfWord { start -= 1 }
        while start > 0, characters[start - 1].isOfWord { start -= 1 }
        return start
    }

    /// The end of the word after the cursor.
    private var wordEnd: Int {
        var end = cursor
        while end < characters.count, !characters[end].isOfWord { end += 1 }
        while end < characters.count, characters[end].isOfWord { end += 1 }
        return end
    }

    private mutating func clear() {
        characters = []
        cursor = 0
        isSelected = false
    }

    private mutating func remove(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<characters.count)
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }
}

extension Character {
    fileprivate var isOfWord: Bool { isLetter || isNumber }
}
