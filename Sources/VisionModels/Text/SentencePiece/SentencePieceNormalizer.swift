/// What SentencePiece makes of a text before it is cut: rules of replacement, then one mark in place of spaces.
struct SentencePieceNormalizer: Sendable {
    /// U+2581, in place of a space.
    static let space = Array("\u{2581}".utf8)
    private static let blank = UInt8(ascii: " ")

    /// Places a mark before the text.
    let addsSpace: Bool
    /// Leaves out spaces before and after the text, and all but one of several.
    let removesSpaces: Bool
    private let rules: CharacterRules?
    /// What is taken as it is.
    private let userDefined: ByteTrie

    init(
        charsMap: Slice<UnsafeRawBufferPointer>, addsSpace: Bool, removesSpaces: Bool, userDefined: [[UInt8]],
        file: String
    ) throws(VisionModelsError) {
        (self.addsSpace, self.removesSpaces) = (addsSpace, removesSpaces)
        rules =
            charsMap.isEmpty
            ? nil
            : try CharacterRules(
                UnsafeRawBufferPointer(rebasing: charsMap), key: "normalizer_spec.precompiled_charsmap", file: file)
        var trie = ByteTrie()
        for (index, piece) in userDefined.enumerated() { trie.insert(piece, index) }
        self.userDefined = trie
    }

    func callAsFunction(_ text: [UInt8]) -> [UInt8] {
        var position = 0
        while removesSpaces, position < text.count {
            let (replaced, end) = prefix(of: text, from: position)
            guard Array(replaced) == [Self.blank] else { break }
            position = end
        }
        guard position < text.count else { return [] }
        var result: [UInt8] = addsSpace ? Self.space : []
        var isAfterSpace = removesSpaces
        while position < text.count {
            var (replaced, end) = prefix(of: text, from: position)
            while isAfterSpace, replaced.first == Self.blank { replaced.removeFirst() }
            for byte in replaced { if byte == Self.blank { result += Self.space } else { result.append(byte) } }
            if let last = replaced.last { isAfterSpace = last == Self.blank }
            if !removesSpaces { isAfterSpace = false }
            position = end
        }
        while removesSpaces, result.suffix(Self.space.count).elementsEqual(Self.space) {
            result.removeLast(Self.space.count)
        }
        return result
    }

    /// What stands for the beginning of the rest, by the longest rule, and where that beginning ends.
    private func prefix(of text: [UInt8], from start: Int) -> (replaced: ArraySlice<UInt8>, end: Int) {
        if let (end, _) = userDefined.longestPrefix(of: text, from: start) { return (text[start..<end], end) }
        if let (replaced, end) = rules?.longest(of: text, from: start) { return (replaced, end) }
        let end = min(start + Self.letterLength(text[start]), text.count)
        return (text[start..<end], end)
    }

    /// Bytes of a letter by the first of them.
    static func letterLength(_ first: UInt8) -> Int { first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
}
