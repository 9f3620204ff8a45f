/// The way through a text in pieces whose scores have the greatest sum (Kudo 2018), of equal ones the first, as the references have
/// it.
struct BestPieces<Score: BinaryFloatingPoint> {
    let trie: ByteTrie
    /// The number that stands for a letter that is no piece, and its score.
    let unknown: Int
    let unknownScore: Score

    /// The best way to an end: its score, and where its last piece begins.
    private struct End { var (score, start, piece) = (Score.zero, -1, -1) }

    /// Where each piece begins, with its number, from the last to the first.
    ///
    /// - Parameter score: of a piece by its number and its bytes.
    func callAsFunction(of text: [UInt8], score: (Int, Int) -> Score) -> [(start: Int, piece: Int)] {
        var ends = [End](repeating: End(), count: text.count + 1)
        func consider(_ sum: Score, _ piece: Int, from start: Int, to end: Int) {
            guard ends[end].start < 0 || sum > ends[end].score else { return }
            ends[end] = End(score: sum, start: start, piece: piece)
        }
        var start = 0
        while start < text.count {
            let sum = ends[start].score
            let letter = min(SentencePieceNormalizer.letterLength(text[start]), text.count - start)
            var isLetterPiece = false
            trie.forEachPrefix(of: text, from: start) { end, piece in
                consider(score(piece, end - start) + sum, piece, from: start, to: end)
                if end - start == letter { isLetterPiece = true }
            }
            if !isLetterPiece { consider(unknownScore + sum, unknown, from: start, to: start + letter) }
            start += letter
        }
        var (way, end): ([(start: Int, piece: Int)], Int) = ([], text.count)
        while end > 0 {
            way.append((ends[end].start, ends[end].piece))
            end = ends[end].start
        }
        return way
    }
}
