/// One of several equal shares of an extraction: `2/4` is the second of four.
package struct Shard: Sendable, Hashable, Codable, CustomStringConvertible {
    /// From 1.
    package let index: Int
    package let count: Int

    /// - Precondition: 1 ≤ index ≤ count.
    package init(index: Int, count: Int) {
        precondition(index >= 1 && index <= count, "no share \(index) of \(count)")
        self.index = index
        self.count = count
    }

    /// Nil for anything but `i/n` with 1 ≤ i ≤ n, of 31 bits: an index is multiplied by the batches of all images.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int32($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else {
            return nil
        }
        self.init(index: Int(index), count: Int(count))
    }

    package var description: String { "\(index)/\(count)" }

    /// This share of `total` rows: whole batches that follow one another, cut where a single run cuts them, so that every
    /// number is computed in the same company and comes out the same.
    func rows(of total: Int, batchSize: Int) -> Range<Int> {
        let batches = (total + batchSize - 1) / batchSize
        func bound(_ index: Int) -> Int { min(total, batches * index / count * batchSize) }
        return bound(index - 1)..<bound(index)
    }
}
