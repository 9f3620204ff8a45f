/// `precompiled_charsmap`: the length of a double-array trie (Yata's darts-clone), the trie, and the replacements, each ended
/// by a zero. Whatever the units say, nothing outside is read.
struct CharacterRules: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]
    /// The most beginnings the reference looks at.
    private static let most = 32

    init(_ bytes: UnsafeRawBufferPointer, key: String, file: String) throws(VisionModelsError) {
        let size = bytes.count >= 4 ? Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))) : 0
        guard size >= 4, size % 4 == 0, size <= bytes.count - 4 else {
            throw .malformedVocabulary(
                file: file,
                .encoding(key: key, expected: "a trie of whole units with its length"))
        }
        units = (0..<size / 4).map {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self))
        }
        replacements = Array(bytes[(4 + size)...])
    }

    /// What stands for the longest beginning that has a rule, and where that ends.
    func longest(of text: [UInt8], from start: Int) -> (ArraySlice<UInt8>, end: Int)? {
        var best: (value: Int, end: Int)?
        var found = 0
        forEachBeginning(of: text[start...]) { value, end in
            best = (value, end)
            found += 1
            return found < Self.most
        }
        return best.flatMap { best in replacement(best.value).map { ($0, best.end) } }
    }

    /// What stands for the shortest beginning that has a rule, as Hugging Face's tokenizers take it, for all of `text`.
    func shortest(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var first: Int?
        forEachBeginning(of: text) { value, _ in
            first = value
            return false
        }
        return first.flatMap(replacement)
    }

    private func replacement(_ value: Int) -> ArraySlice<UInt8>? {
        value < replacements.count ? replacements[value...].prefix { $0 != 0 } : nil
    }

    /// Calls `body` with each beginning of `text` that has a rule, the shortest first, until it says false.
    private func forEachBeginning(of text: ArraySlice<UInt8>, _ body: (_ value: Int, _ end: Int) -> Bool) {
        var node = Self.offset(units[0])
        for position in text.indices {
            node ^= Int(text[position])
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(text[position]) else { return }
            let unit = units[node]
            node ^= Self.offset(unit)
            guard node < units.count else { return }
            if unit >> 8 & 1 == 1, !body(Int(units[node] & 0x7FFF_FFFF), position + 1) { return }
        }
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
}
