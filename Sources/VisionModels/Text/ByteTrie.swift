/// Numbers by sequences of bytes, all whose beginnings a text shares found in one walk along it.
struct ByteTrie: Sendable {
    /// By node and byte.
    private var children: [Int: Int] = [:]
    private var values: [Int?] = [nil]

    /// - Returns: what was there before.
    @discardableResult mutating func insert(_ bytes: some Sequence<UInt8>, _ value: Int) -> Int? {
        var node = 0
        for byte in bytes {
            let key = node << 8 | Int(byte)
            if let child = children[key] {
                node = child
            } else {
                children[key] = values.count
                node = values.count
                values.append(nil)
            }
        }
        defer { values[node] = value }
        return values[node]
    }

    /// Calls `body` with each sequence that `bytes` has from `start` on, the shortest first: where it ends, and its number.
    func forEachPrefix(of bytes: [UInt8], from start: Int, _ body: (_ end: Int, _ value: Int) -> Void) {
        var node = 0
        for position in start..<bytes.count {
            guard let child = children[node << 8 | Int(bytes[position])] else { return }
            node = child
            if let value = values[node] { body(position + 1, value) }
        }
    }

    /// The longest of them.
    func longestPrefix(of bytes: [UInt8], from start: Int) -> (end: Int, value: Int)? {
        var longest: (Int, Int)?
        forEachPrefix(of: bytes, from: start) { longest = ($0, $1) }
        return longest
    }

    enum Part {
        case mark(Int)
        case text([UInt8])

        var token: [Int] { if case .mark(let token) = self { [token] } else { [] } }
    }

    /// A text at the sequences: the leftmost, and of those the longest.
    func cut(_ text: [UInt8]) -> [Part] {
        var (parts, start, position): ([Part], Int, Int) = ([], 0, 0)
        while position < text.count {
            guard let (end, token) = longestPrefix(of: text, from: position) else {
                position += 1
                continue
            }
            if start < position { parts.append(.text(Array(text[start..<position]))) }
            parts.append(.mark(token))
            (start, position) = (end, end)
        }
        if start < text.count { parts.append(.text(Array(text[start...]))) }
        return parts
    }
}
