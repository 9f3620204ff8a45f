/// Which row of a list is selected, and the first one on show.
package struct ListCursor: Sendable, Hashable {
    package private(set) var selected = 0
    private var offset = 0

    package init() {}

    package enum Move: Sendable, Hashable, CaseIterable {
        case up, down, pageUp, pageDown, first, last

        /// The first row on show of a text of which `height` rows are, and whose last page begins at `last`.
        func scrolled(from offset: Int, height: Int, last: Int) -> Int {
            let wanted =
                switch self {
                case .up: offset - 1
                case .down: offset + 1
                // A line stays in sight, as in lists: the first may be under the head of a table.
                case .pageUp: offset - max(1, height - 1)
                case .pageDown: offset + max(1, height - 1)
                case .first: 0
                case .last: last
                }
            return max(0, min(last, wanted))
        }
    }

    package mutating func apply(_ move: Move, count: Int, height: Int, above: Int = 0) {
        let page = max(1, height - 1 - above)
        let row =
            switch move {
            case .up: selected - 1
            case .down: selected + 1
            case .pageUp: selected - page
            case .pageDown: selected + page
            case .first: 0
            case .last: count - 1
            }
        select(row, count: count, height: height, above: above)
    }

    /// Selects a row, and scrolls no further than it takes to show it.
    package mutating func select(_ row: Int, count: Int, height: Int, above: Int = 0) {
        selected = max(0, min(row, count - 1))
        offset = visible(count: count, height: height, above: above).lowerBound
    }

    /// Selects a row of a list that is not on the screen yet.
    mutating func jump(to row: Int) { selected = max(0, row) }

    /// Keeps to a list of `count` rows, whether it is on the screen or not.
    mutating func clamp(to count: Int) { selected = max(0, min(selected, count - 1)) }

    /// The rows on show in a list of `count` rows and `height` lines: always includes the selected one, and as many as
    /// `above` before it where there is room.
    func visible(count: Int, height: Int, above: Int = 0) -> Range<Int> {
        guard count > 0, height > 0 else { return 0..<0 }
        let selected = min(self.selected, count - 1)
        let first = max(selected - height + 1, min(offset, max(0, selected - above), max(0, count - height)))
        return first..<min(count, first + height)
    }
}
