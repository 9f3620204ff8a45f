import Algorithms

/// Byte-level pair encoding (Sennrich et al. 2016, on bytes as in GPT-2), with `</w>` in the last symbol of a word.
///
/// A word starts as one symbol a byte; then of all neighbouring pairs the one that was learnt first is joined, the
/// leftmost where it occurs twice, until no pair can be.
struct BytePairEncoding: Sendable {
    private struct Merge {
        let rank: Int
        let joined: Int
    }

    private struct Pair: Hashable {
        let left, right: Int
    }

    /// Tokens of each byte inside a word and at its end.
    private let inner, last: [Int]
    private let merges: [Pair: Merge]
    let vocabularySize: Int

    init(_ vocabulary: CLIPVocabulary) throws(VisionModelsError) {
        let identifiers = vocabulary.identifiers
        vocabularySize = identifiers.count
        var (inner, last): ([Int], [Int]) = ([], [])
        for letter in Self.alphabet {
            for (symbol, isLast) in [(letter, false), (letter + "</w>", true)] {
                guard let token = identifiers[symbol] else {
                    throw .malformedVocabulary(file: vocabulary.file, .missingToken(symbol))
                }
                if isLast { last.append(token) } else { inner.append(token) }
            }
        }
        (self.inner, self.last) = (inner, last)

        var rules: [Pair: Merge] = [:]
        rules.reserveCapacity(vocabulary.merges.count)
        for merge in vocabulary.merges {
            var tokens: [Int] = []
            for symbol in [merge.left, merge.right, merge.left + merge.right] {
                guard let token = identifiers[symbol] else {
                    throw .malformedMerge(file: vocabulary.mergesFile, line: merge.line, .unknownSymbol(symbol))
                }
                tokens.append(token)
            }
            rules[Pair(left: tokens[0], right: tokens[1])] = Merge(rank: merge.line, joined: tokens[2])
        }
        merges = rules
    }

    /// Token numbers of the bytes of one word.
    func tokens(ofWord word: [UInt8]) -> [Int] {
        guard let end = word.last else { return [] }
        var tokens = word.dropLast().map { inner[Int($0)] } + [last[Int(end)]]
        if tokens.count > Self.longest { return joined(tokens) }
        var rules = tokens.adjacentPairs().map { merges[Pair(left: $0, right: $1)] }
        while let (position, rule) = first(of: rules) {
            tokens.replaceSubrange(position...position + 1, with: [rule.joined])
            rules.remove(at: position)
            for left in [position - 1, position] where left >= 0 && left < rules.count {
                rules[left] = merges[Pair(left: tokens[left], right: tokens[left + 1])]
            }
        }
        return tokens
    }

    /// Symbols beyond which a word is no word, and pairs are kept in a heap: time as its length, but for a logarithm.
    private static let longest = 16

    /// The same for a word of any length: of the neighbouring pairs, those to be joined first are at the heap's root.
    private func joined(_ symbols: [Int]) -> [Int] {
        struct Candidate: Comparable {
            let rank, position, left, right, joined: Int
            static func < (a: Self, b: Self) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
        }
        var tokens = symbols
        // Neighbours of each symbol that is left; a joined one stays at its left symbol's place.
        var (next, previous) = (symbols.indices.map { $0 + 1 }, symbols.indices.map { $0 - 1 })
        var isLeft = [Bool](repeating: true, count: symbols.count)
        var heap = MinimumHeap<Candidate>()
        func consider(_ position: Int) {
            guard position >= 0, next[position] < tokens.count else { return }
            let (left, right) = (tokens[position], tokens[next[position]])
            guard let rule = merges[Pair(left: left, right: right)] else { return }
            heap.insert(
                Candidate(rank: rule.rank, position: position, left: left, right: right, joined: rule.joined))
        }
        for position in symbols.indices { consider(position) }
        while let best = heap.removeFirst() {
            let (left, right) = (best.position, next[best.position])
            // What was joined since is no longer the pair that was considered.
            guard isLeft[left], right < tokens.count, tokens[left] == best.left, tokens[right] == best.right else {
                continue
            }
            tokens[left] = best.joined
            isLeft[right] = false
            next[left] = next[right]
            if next[left] < tokens.count { previous[next[left]] = left }
            consider(previous[left])
            consider(left)
        }
        return tokens.indices.filter { isLeft[$0] }.map { tokens[$0] }
    }

    /// Where the pair that was learnt first stands.
    private func first(of rules: [Merge?]) -> (position: Int, Merge)? {
        var best: (position: Int, rule: Merge)?
        for (position, rule) in rules.enumerated() {
            if let rule, best.map({ rule.rank < $0.rule.rank }) ?? true { best = (position, rule) }
        }
        return best
    }

    /// The character that stands for each byte: printable Latin-1 for itself, the other bytes for the characters from
    /// U+0100 on, in order.
    static let alphabet: [String] = {
        var next: UInt32 = 0x100
        return (UInt32(0)...255).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            defer { if !isPrintable { next += 1 } }
            return String(Unicode.Scalar(isPrintable ? byte : next)!)
        }
    }()
}
