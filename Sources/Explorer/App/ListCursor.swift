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
                case .pageUp: offset - height
                case .pageDown: offset + height
                case .first: 0
                case .last: last
                }
            return max(0, min(last, wanted))
        }
    }

    package mutating func apply(_ move: Move, count: Int, height: Int) {
        let page = max(1, height - 1)
        switch move {
        case .up: select(selected - 1, count: count, height: height)
        case .down: select(selected + 1, count: count, height: height)
        case .pageUp: select(selected - page, count: count, height: height)
        case .pageDown: select(selected + page, count: count, height: height)
        case .first: select(0, count: count, height: height)
        case .last: select(count - 1, count: count, height: height)
        }
    }

    /// Selects a row, and scrolls no further than it takes to show it.
    package mutating func select(_ row: Int, count: Int, height: Int) {
        selected = max(0, min(row, count - 1))
        offset = visible(count: count, height: height).lowerBound
    }

    /// Selects a row of a list that is not on the screen yet.
    mutating func jump(to row: Int) { selected = max(0, row) }

    /// Keeps to a list of `count` rows, whether it is on the screen or not.
    mutating func clamp(to count: Int) { selected = max(0, min(selected, count - 1)) }

    /// The rows on show in a list of `count` rows and `height` lines: always includes the selected one.
    func visible(count: Int, height: Int) -> Range<Int> {
        guard count > 0, height > 0 else { return 0..<0 }
        let selected = min(self.selected, count - 1)
        let first = max(selected - height + 1, min(offset, selected, max(0, count - height)))
        return first..<min(count, first + height)
    }
}
