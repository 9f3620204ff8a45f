/// The columns of the table of all units.
struct UnitColumns {
    let cells: [(sort: UnitSort, title: String, area: Area)]

    /// - Parameters:
    ///   - sort: what the table is sorted by: shown even where there is no room for all figures.
    ///   - chosen: the figures to show, in their order; nil for those that most need to be seen.
    init(header: Area, sort: UnitSort, chosen: [UnitSort]? = nil) {
        var rest = header
        _ = rest.takeLeft(1)
        var figures = Self.figures(in: header.width, chosen)
        if sort.isFigure, !figures.contains(sort) {
            if figures.isEmpty { figures = [sort] } else { figures[min(2, figures.count - 1)] = sort }
        }
        var right: [(UnitSort, String, Area)] = []
        for figure in figures.reversed() {
            right.insert((figure, figure.title, rest.takeRight(figure.columnWidth)), at: 0)
        }
        let index = rest.takeLeft(8)
        cells = [(.index, UnitSort.index.title, index), (.concept, UnitSort.concept.title, rest)] + right
    }

    /// The figures that there is room for.
    static func figures(in width: Int, _ chosen: [UnitSort]? = nil) -> [UnitSort] {
        guard let chosen else {
            let first = [UnitSort.score, .mean, .deviation]
            guard width >= 88 else { return first }
            return first + (width >= 106 ? [.pearson, .auprc] : [])
                + [.clarity, .polysemanticity, .redundancy, .selectivity]
        }
        var figures = chosen
        while self.width(of: figures, concept: 12) > width, !figures.isEmpty { figures.removeLast() }
        return figures
    }

    /// Columns of the screen that figures take beside the unit and its concept.
    static func width(of figures: [UnitSort], concept: Int = 20) -> Int {
        figures.reduce(1 + 8 + concept) { $0 + $1.columnWidth }
    }
}

extension UnitSort {
    /// All figures, in the order they are offered.
    static let figures: [UnitSort] = [
        .score, .mean, .deviation, .pearson, .auprc, .clarity, .polysemanticity, .redundancy, .selectivity,
    ]

    /// As the head of a column.
    var title: String {
        switch self {
        case .index: "unit"
        case .concept: "best concept"
        case .score: "cos"
        case .mean: "mean"
        case .deviation: "dev"
        case .pearson: "pearson"
        case .auprc: "auprc"
        case .clarity: "clarity"
        case .polysemanticity: "polysem"
        case .redundancy: "redund"
        case .selectivity: "select"
        }
    }

    /// What it says, beside its name in a list.
    var meaning: String {
        switch self {
        case .index, .concept: ""
        case .score: "cosine with the best concept"
        case .mean: "mean activation"
        case .deviation: "deviation of the activation"
        case .pearson: "how well the concept foretells it"
        case .auprc: "how well it finds the concept"
        case .clarity: "how alike its images are"
        case .polysemanticity: "whether they are of two kinds"
        case .redundancy: "greatest cosine with a unit"
        case .selectivity: "how far it keeps to one class"
        }
    }

    fileprivate var columnWidth: Int { title.count > 4 ? 9 : 7 }
}
