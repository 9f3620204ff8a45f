/// Cuts a text into the pieces whose scores, log-probabilities, have the greatest sum (Kudo 2018), as SentencePiece does it.
struct Unigram: Sendable {
    let model: SentencePieceModel
    private let trie: ByteTrie
    /// Of a letter that is no piece.
    private let unknownScore: Float
    /// How much worse than the worst piece such a letter is.
    private static let unknownPenalty: Float = 10

    init(_ model: SentencePieceModel) {
        self.model = model
        var trie = ByteTrie()
        var least = Float.greatestFiniteMagnitude
        for (number, piece) in model.pieces.enumerated() {
            if piece.kind == .normal { least = min(least, piece.score) }
            if piece.kind == .normal || piece.kind == .userDefined { trie.insert(piece.text, number) }
        }
        (self.trie, unknownScore) = (trie, least - Self.unknownPenalty)
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

    /// A piece that the user gave goes before others: SentencePiece 0.2.3 gives it a tenth for every byte but the first (0.2.0
    /// took a tenth away; ways through its neighbours that are as good then fall otherwise).
    private func score(of piece: Int, length: Int) -> Float {
        let isGiven = model.pieces[piece].kind == .userDefined
        return isGiven ? Float(0.1 * Double(length - 1)) : model.pieces[piece].score
    }
}
