/// What SentencePiece makes of a text before it is cut: rules of replacement, then one mark in place of spaces.
struct SentencePieceNormalizer: Sendable {
    /// U+2581, in place of a space.
    static let space = Array("\u{2581}".utf8)
    private static let blank = UInt8(ascii: " ")

    /// Places a mark before the text.
    let addsSpace: Bool
    /// Leaves out spaces before and after the text, and all but one of several.
    let removesSpaces: Bool
    private let rules: Rules?
    /// What is taken as it is.
    private let userDefined: ByteTrie

    init(
        charsMap: Slice<UnsafeRawBufferPointer>, addsSpace: Bool, removesSpaces: Bool, userDefined: [[UInt8]],
        file: String
    ) throws(VisionModelsError) {
        (self.addsSpace, self.removesSpaces) = (addsSpace, removesSpaces)
        rules = charsMap.isEmpty ? nil : try Rules(charsMap, file: file)
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

/// `precompiled_charsmap`: the length of a double-array trie (Yata's darts-clone), the trie, and the replacements, each ended
/// by a zero. Whatever the units say, nothing outside is read.
private struct Rules: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]
    /// The most beginnings the reference looks at.
    private static let most = 32

    init(_ bytes: Slice<UnsafeRawBufferPointer>, file: String) throws(VisionModelsError) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        let size = bytes.count >= 4 ? Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))) : 0
        guard size >= 4, size % 4 == 0, size <= bytes.count - 4 else {
            throw .malformedVocabulary(
                file: file,
                .encoding(
                    key: "normalizer_spec.precompiled_charsmap", expected: "a trie of whole units with its length"))
        }
        units = (0..<size / 4).map {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self))
        }
        replacements = Array(bytes[(4 + size)...])
    }

    func longest(of text: [UInt8], from start: Int) -> (ArraySlice<UInt8>, end: Int)? {
        var node = Self.offset(units[0])
        var best: (value: Int, end: Int)?
        var found = 0
        for position in start..<text.count {
            node ^= Int(text[position])
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(text[position]) else { break }
            let unit = units[node]
            node ^= Self.offset(unit)
            guard node < units.count else { break }
            if unit >> 8 & 1 == 1, found < Self.most {
                best = (Int(units[node] & 0x7FFF_FFFF), position + 1)
                found += 1
            }
        }
        guard let best, best.value < replacements.count else { return nil }
        return (replacements[best.value...].prefix { $0 != 0 }, best.end)
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
}
