/// The ranges that cut numbered items into blocks of one size, the last one shorter.
package struct Blocks: RandomAccessCollection, Sendable {
    private let range: Range<Int>
    private let size: Int

    fileprivate init(_ range: Range<Int>, size: Int) { (self.range, self.size) = (range, size) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { (range.count + size - 1) / size }

    package subscript(index: Int) -> Range<Int> {
        let start = range.lowerBound + index * size
        return start..<Swift.min(range.upperBound, start + size)
    }
}

/// Blocks of the items of a range.
///
/// - Precondition: `size` is positive.
package func blocks(of range: Range<Int>, size: Int) -> Blocks {
    precondition(size > 0, "blocks of \(size) items")
    return Blocks(range, size: size)
}

/// Blocks of the items below `count`.
package func blocks(of count: Int, size: Int) -> Blocks { blocks(of: 0..<count, size: size) }

/// Calls `body` once for every block, on all cores, and returns when all are done.
package func parallel(_ blocks: Blocks, _ body: @Sendable (Range<Int>) -> Void) {
    parallel(blocks.count) { body(blocks[$0]) }
}

/// The results of `body` for every block, computed on all cores, in order.
package func parallelMap<Result: Sendable>(_ blocks: Blocks, _ body: @Sendable (Range<Int>) -> Result) -> [Result] {
    parallelMap(blocks.count) { body(blocks[$0]) }
}
