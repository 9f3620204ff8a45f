/// How well what was typed fits a name: its letters in order, the better the closer they stand together and the more of
/// them begin words.
struct FuzzyMatch {
    private let query: [UInt8]

    init(_ query: String) { self.query = Array(query.lowercased().utf8.filter { $0 != 0x20 }) }

    /// The greater the better; nil where a letter is missing. Nothing typed fits everything.
    func score(_ name: String) -> Int? {
        guard !query.isEmpty else { return 0 }
        let text = Array(name.utf8)
        // Of all ways to find the letters, the one from each place where the first of them stands.
        var best: Int?
        for start in text.indices where Self.lowered(text[start]) == query[0] {
            guard let score = score(text, from: start) else { break }
            best = max(best ?? .min, score)
        }
        return best.map { $0 - text.count }
    }

    private func score(_ text: [UInt8], from start: Int) -> Int? {
        var (score, at, last) = (0, start, -2)
        for letter in query {
            while at < text.count, Self.lowered(text[at]) != letter { at += 1 }
            guard at < text.count else { return nil }
            score += 1
            if at == last + 1 { score += 12 }
            if at == 0 || !Self.isOfWord(text[at - 1]) { score += at == 0 ? 20 : 14 }
            last = at
            at += 1
        }
        return score
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(lowered(byte))
    }
}
