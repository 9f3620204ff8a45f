import Workbench

/// JSON of `shares`.
struct SharesDocument: Encodable {
    struct Partial: Encodable {
        var share: Int
        var rows: Int
        var of: Int
    }

    var study: String
    var count: Int
    /// From 1.
    var done: [Int] = []
    var partial: [Partial] = []
    var missing: [Int] = []
    /// The scheduler's numbers of what is not done, as in `3,5-7`.
    var retry: String

    init(_ root: ShareRoot, _ plan: ShareRoot.Plan, _ states: [ShareRoot.State]) {
        (study, count) = (root.folder.path, plan.count)
        for (place, state) in states.enumerated() {
            switch state {
            case .done: done.append(place + 1)
            case .partial(let rows, let all): partial.append(Partial(share: place + 1, rows: rows, of: all))
            case .missing: missing.append(place + 1)
            }
        }
        let left = Set(states.indices.filter { states[$0] != .done }.map { plan.number(of: $0 + 1) })
        retry = left.sorted().arrayExpression
    }
}
