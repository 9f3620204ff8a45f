/// Partial selection.
public enum TopK {
    /// Positions of the `count` greatest of `scores`, greatest first; equal scores in order of position. NaN counts as
    /// the least.
    public static func indices(of scores: [Float], count: Int) -> [Int] {
        func precedes(_ a: Int, _ b: Int) -> Bool {
            let (x, y) = (scores[a].isNaN ? -.infinity : scores[a], scores[b].isNaN ? -.infinity : scores[b])
            return x > y || (x == y && a < b)
        }
        guard count < scores.count / 8 else { return Array(scores.indices.sorted(by: precedes).prefix(count)) }
        // A bounded heap whose root is the last of those kept.
        var heap: [Int] = []
        heap.reserveCapacity(count)
        for index in scores.indices {
            if heap.count < count {
                heap.append(index)
                var child = heap.count - 1
                while child > 0, precedes(heap[(child - 1) / 2], heap[child]) {
                    heap.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if let root = heap.first, precedes(index, root) {
                heap[0] = index
                var parent = 0
                while true {
                    var last = parent
                    for child in [2 * parent + 1, 2 * parent + 2]
                    where child < heap.count && precedes(heap[last], heap[child]) { last = child }
                    if last == parent { break }
                    heap.swapAt(parent, last)
                    parent = last
                }
            }
        }
        return heap.sorted(by: precedes)
    }
}
