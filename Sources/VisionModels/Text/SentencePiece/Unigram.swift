/// Cuts a text into the pieces whose scores, log-probabilities, have the greatest sum (Kudo 2018), as SentencePiece does it.
struct Unigram: Sendable {
    let model: SentencePieceModel
    private let trie: ByteTrie
    /// Of a letter that is no piece.
    private let unknownScore: Float
    private let greatestScore: Float
    /// How much worse than the worst piece such a letter is.
    private static let unknownPenalty: Float = 10

    init(_ model: SentencePieceModel) {
        self.model = model
        var trie = ByteTrie()
        var (least, greatest) = (Float.greatestFiniteMagnitude, Float.leastNormalMagnitude)
        for (number, piece) in model.pieces.enumerated() {
            if piece.kind == .normal { (least, greatest) = (min(least, piece.score), max(greatest, piece.score)) }
            if piece.kind == .normal || piece.kind == .userDefined { trie.insert(piece.text, number) }
        }
        (self.trie, unknownScore, greatestScore) = (trie, least - Self.unknownPenalty, greatest)
    }

    /// Numbers of the pieces of a text, normalised here; letters in a row that are no pieces are one unknown.
    func pieces(of text: String) -> [Int] {
        let text = model.normalizer(Array(text.utf8))
        /// The best way to an end: its score, and where its last piece begins.
        struct End { var (score, start, piece) = (Float(0), -1, -1) }
        var ends = [End](repeating: End(), count: text.count + 1)
        // Sums are floats as in the reference, and the first of equal ones stays: ties fall as there.
        func consider(_ sum: Float, _ piece: Int, from start: Int, to end: Int) {
            guard ends[end].start < 0 || sum > ends[end].score else { return }
            ends[end] = End(score: sum, start: start, piece: piece)
        }
        var start = 0
        while start < text.count {
            let score = ends[start].score
            let letter = min(SentencePieceNormalizer.letterLength(text[start]), text.count - start)
            var isLetterPiece = false
            trie.forEachPrefix(of: text, from: start) { end, piece in
                let isGiven = model.pieces[piece].kind == .userDefined
                let given = Float(Double(Float(end - start) * greatestScore) - 0.1)
                consider((isGiven ? given : model.pieces[piece].score) + score, piece, from: start, to: end)
                if end - start == letter { isLetterPiece = true }
            }
            if !isLetterPiece { consider(unknownScore + score, model.unknown, from: start, to: start + letter) }
            start += letter
        }
        var (pieces, end): ([Int], Int) = ([], text.count)
        while end > 0 {
            let best = ends[end]
            if best.piece != model.unknown || pieces.last != model.unknown { pieces.append(best.piece) }
            end = best.start
        }
        return pieces.reversed()
    }
}
