import Files

/// The pieces of a tokenizer.json and their scores, log-probabilities.
struct UnigramVocabulary: Sendable {
    /// By their bytes: Swift's texts are equal where only their composition differs, tokens are not.
    let numbers: [[UInt8]: Int]
    let pieces: Int
    private let scores: [Double]
    private let trie: ByteTrie
    private let unknown: Int
    private let unknownScore: Double
    /// Of the 256 bytes, where unknown letters are written in them; else empty.
    private let bytes: [Int]
    /// How much worse than the worst piece a letter is that is none.
    private static let unknownPenalty = 10.0

    init(_ tokenizer: TokenizerFile) throws(VisionModelsError) {
        let fault = tokenizer.fault
        guard case .object(let model)? = tokenizer.members["model"], case .array(let list)? = model["vocab"],
            (1...1 << 22).contains(list.count)
        else { throw fault("model.vocab", "a list of pieces with their scores") }
        var (numbers, scores, trie): ([[UInt8]: Int], [Double], ByteTrie) = ([:], [], ByteTrie())
        numbers.reserveCapacity(list.count)
        scores.reserveCapacity(list.count)
        for (number, element) in list.enumerated() {
            guard case .array(let piece) = element, piece.count == 2, case .string(let text) = piece[0],
                case .number(let score) = piece[1], let score = Double(score), score.isFinite
            else { throw fault("model.vocab[\(number)]", "a text and a finite score") }
            let bytes = Array(text.utf8)
            numbers[bytes] = number
            scores.append(score)
            if !bytes.isEmpty { trie.insert(bytes, number) }
        }
        guard let unknown = model["unk_id"]?.integer, scores.indices.contains(unknown) else {
            throw fault("model.unk_id", "the number of a piece")
        }
        var ofBytes: [Int] = []
        if model["byte_fallback"] == .boolean(true) {
            ofBytes = (0..<256).compactMap { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return numbers[Array(("<0x" + (byte < 16 ? "0" : "") + digits + ">").utf8)]
            }
            guard ofBytes.count == 256 else { throw fault("model.byte_fallback", "a piece of each byte") }
        }
        (self.numbers, self.scores, self.trie, self.unknown, bytes) = (numbers, scores, trie, unknown, ofBytes)
        pieces = list.count
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    }

    /// The pieces of a word with the greatest sum of scores; unknown letters in a row are one (Kudo 2018).
    func tokens(ofWord word: [UInt8]) -> [Int] {
        let best = BestPieces(trie: trie, unknown: unknown, unknownScore: unknownScore)
        var parts: [[Int]] = []
        var end = word.count
        // Where unknown letters in a row end; they are looked up together.
        var lastUnknown: Int?
        func close(from start: Int) {
            guard let end = lastUnknown else { return }
            let part = word[start..<end]
            parts.append(numbers[Array(part)].map { [$0] } ?? (bytes.isEmpty ? [unknown] : part.map { bytes[Int($0)] }))
            lastUnknown = nil
        }
        for (start, piece) in best(of: word, score: { piece, _ in scores[piece] }) {
            if piece == unknown {
                lastUnknown = lastUnknown ?? end
            } else {
                close(from: end)
                parts.append([piece])
            }
            end = start
        }
        close(from: 0)
        return parts.reversed().flatMap { $0 }
    }
}
