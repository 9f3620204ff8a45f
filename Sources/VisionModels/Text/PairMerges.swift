import Algorithms

/// Pairs of symbols and what each is joined to, in the order they were learnt (Sennrich et al. 2016): of all neighbouring
/// pairs the one that was learnt first is joined, the leftmost where it occurs twice, until no pair can be.
struct PairMerges: Sendable {
    private struct Merge {
        let rank: Int
        let joined: Int
    }

    private struct Pair: Hashable {
        let left, right: Int
    }

    private let merges: [Pair: Merge]

    /// - Parameter merge: the two tokens of a merge and what they make, the first learnt first.
    init(
        _ count: Int, _ merge: (Int) throws(VisionModelsError) -> (left: Int, right: Int, joined: Int)
    ) throws(VisionModelsError) {
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(count)
        for index in 0..<count {
            let (left, right, joined) = try merge(index)
            merges[Pair(left: left, right: right)] = Merge(rank: index, joined: joined)
        }
        self.merges = merges
    }

    /// What becomes of a row of symbols.
    func merged(_ symbols: [Int]) -> [Int] {
        if symbols.count > Self.longest { return joined(symbols) }
        var tokens = symbols
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

    /// The same for a row of any length: of the neighbouring pairs, those to be joined first are at the heap's root.
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
}
