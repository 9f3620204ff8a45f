/// The columns of the table of all units.
struct UnitColumns {
    let cells: [(sort: UnitSort, title: String, area: Area)]

    /// - Parameter sort: what the table is sorted by: shown even where there is no room for all figures.
    init(header: Area, sort: UnitSort) {
        var rest = header
        _ = rest.takeLeft(1)
        var right: [(UnitSort, String, Area)] = []
        var figures = [(UnitSort.score, "cos"), (.mean, "mean"), (.deviation, "dev")]
        let scores: [(UnitSort, String)] = [(.pearson, "pearson"), (.auprc, "auprc")]
        let quality: [(UnitSort, String)] = [
            (.clarity, "clarity"), (.polysemanticity, "polysem"), (.redundancy, "redund"), (.selectivity, "select"),
        ]
        if header.width >= 88 {
            figures += (header.width >= 106 ? scores : []) + quality
        }
        if !figures.contains(where: { $0.0 == sort }), let sorted = (scores + quality).first(where: { $0.0 == sort }) {
            figures[2] = sorted
        }
        for (sort, title) in figures.reversed() {
            right.insert((sort, title, rest.takeRight(title.count > 4 ? 9 : 7)), at: 0)
        }
        let index = rest.takeLeft(8)
        cells = [(.index, "unit", index), (.concept, "best concept", rest)] + right
    }
}
