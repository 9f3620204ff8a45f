import LinearAlgebra
import TestSupport
import Testing

@Suite struct SelectionTests {
    @Test(arguments: [0, 1, 7, 100, 999, 1000, 2000])
    func `the best are those a full sort puts first, equal ones in order, NaN last`(count: Int) {
        var random = SeededRandom(seed: 4)
        var scores = (0..<1000).map { _ in Float(Int.random(in: 0..<300, using: &random)) }
        for place in stride(from: 0, to: 1000, by: 97) { scores[place] = .nan }
        scores[3] = -.infinity
        let sorted = scores.indices.sorted {
            let (x, y) = (scores[$0].isNaN ? -.infinity : scores[$0], scores[$1].isNaN ? -.infinity : scores[$1])
            return x > y || (x == y && $0 < $1)
        }
        #expect(TopK.indices(of: scores, count: count) == Array(sorted.prefix(count)))
        #expect(TopK.indices(of: scores.map { _ in .nan }, count: min(count, 5)) == Array(0..<min(count, 5)))
    }

    @Test func `blocks cover every item once, the last one shorter`() {
        #expect(Array(blocks(of: 10, size: 4)) == [0..<4, 4..<8, 8..<10])
        #expect(Array(blocks(of: 3..<9, size: 3)) == [3..<6, 6..<9])
        #expect(Array(blocks(of: 0, size: 5)).isEmpty)
        #expect(parallelMap(blocks(of: 1000, size: 7)) { Array($0) }.flatMap { $0 } == Array(0..<1000))
    }
}
