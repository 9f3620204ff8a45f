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
        // Sums are floats as in the reference: ties fall as there.
        let best = BestPieces(trie: trie, unknown: model.unknown, unknownScore: unknownScore)
        var pieces: [Int] = []
        for (_, piece) in best(of: text, score: score(of:length:))
        where piece != model.unknown || pieces.last != model.unknown {
            pieces.append(piece)
        }
        return pieces.reversed()
    }

    /// A piece that the user gave goes before all others.
    private func score(of piece: Int, length: Int) -> Float {
        let isGiven = model.pieces[piece].kind == .userDefined
        return isGiven ? Float(Double(Float(length) * greatestScore) - 0.1) : model.pieces[piece].score
    }
}
