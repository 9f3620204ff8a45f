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

    /// - Parameters:
    ///   - identifiers: token numbers, as `identifiers(in:)` reads them from `vocabulary`.
    ///   - merges: pairs of symbols, a line each, in the order they were learnt; a first line `#version…` is skipped.
    init(
        _ identifiers: [String: Int], in vocabulary: MappedFile, merges: MappedFile
    ) throws(VisionModelsError) {
        vocabularySize = identifiers.count
        var (inner, last): ([Int], [Int]) = ([], [])
        for letter in Self.alphabet {
            for (symbol, isLast) in [(letter, false), (letter + "</w>", true)] {
                guard let token = identifiers[symbol] else {
                    throw .malformedVocabulary(file: vocabulary.path, .missingToken(symbol))
                }
                if isLast { last.append(token) } else { inner.append(token) }
            }
        }
        (self.inner, self.last) = (inner, last)

        var rules: [Pair: Merge] = [:]
        let lines = merges.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            func failure(_ fault: MergeFault) -> VisionModelsError {
                .malformedMerge(file: merges.path, line: index + 1, fault)
            }
            guard let text = String(validating: line, as: UTF8.self) else { throw failure(.notUTF8) }
            let content = text.hasSuffix("\r") ? String(text.dropLast()) : text
            if index == 0 && content.hasPrefix("#version") || content.isEmpty && index == lines.count - 1 { continue }
            let parts = content.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw failure(.notAPair(content)) }
            var tokens: [Int] = []
            for symbol in parts + [parts.joined()] {
                guard let token = identifiers[symbol] else { throw failure(.unknownSymbol(symbol)) }
                tokens.append(token)
            }
            rules[Pair(left: tokens[0], right: tokens[1])] = Merge(rank: index, joined: tokens[2])
        }
        self.merges = rules
    }

    /// Token numbers of the bytes of one word.
    func tokens(ofWord word: [UInt8]) -> [Int] {
        guard let end = word.last else { return [] }
        var tokens = word.dropLast().map { inner[Int($0)] } + [last[Int(end)]]
        var rules = zip(tokens, tokens.dropFirst()).map { merges[Pair(left: $0, right: $1)] }
        while let (position, rule) = first(of: rules) {
            tokens.replaceSubrange(position...position + 1, with: [rule.joined])
            rules.remove(at: position)
            for left in [position - 1, position] where left >= 0 && left < rules.count {
                rules[left] = merges[Pair(left: tokens[left], right: tokens[left + 1])]
            }
        }
        return tokens
    }

    /// Where the pair that was learnt first stands.
    private func first(of rules: [Merge?]) -> (position: Int, Merge)? {
        var best: (position: Int, rule: Merge)?
        for (position, rule) in rules.enumerated() {
            if let rule, best.map({ rule.rank < $0.rule.rank }) ?? true { best = (position, rule) }
        }
        return best
    }

    /// Token numbers by symbol, from vocab.json: every number from 0 occurs once.
    static func identifiers(in file: MappedFile) throws(VisionModelsError) -> [String: Int] {
        let members = try JSON.members(of: file)
        var identifiers: [String: Int] = [:]
        identifiers.reserveCapacity(members.count)
        var isUsed = [Bool](repeating: false, count: members.count)
        for (token, value) in members {
            guard let identifier = value.integer, isUsed.indices.contains(identifier) else {
                throw .malformedVocabulary(file: file.path, .identifier(token: token, found: value.summary))
            }
            guard !isUsed[identifier] else {
                throw .malformedVocabulary(file: file.path, .repeatedIdentifier(identifier))
            }
            isUsed[identifier] = true
            identifiers[token] = identifier
        }
        return identifiers
    }

    /// The character that stands for each byte: printable Latin-1 for itself, the other bytes for the characters from
    /// U+0100 on, in order.
    private static let alphabet: [String] = {
        var next: UInt32 = 0x100
        return (UInt32(0)...255).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            defer { if !isPrintable { next += 1 } }
            return String(Unicode.Scalar(isPrintable ? byte : next)!)
        }
    }()
}
