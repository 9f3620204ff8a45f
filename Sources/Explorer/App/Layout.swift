/// Where the panels of the present screen stand: shared by the view, which draws them, and by the mouse, which hits them.
struct Layout {
    static let smallest = Size(columns: 60, rows: 16)

    let tabs: Area
    /// A line for what makes the accuracy doubtful; empty where nothing does.
    let doubt: Area
    let footer: Area
    /// In the order Tab visits them.
    private(set) var panels: [(panel: Panel, area: Area)] = []
    /// On Findings, beside the list: what the selected one says.
    private(set) var detail: Area?

    init(
        screen: Screen, size: Size, hasDoubt: Bool = false, searchesMap: Bool = false, columns: [UnitSort]? = nil
    ) {
        var rest = Area(size)
        tabs = rest.takeTop(1)
        doubt = rest.takeTop(hasDoubt ? 1 : 0)
        footer = rest.takeBottom(1)
        _ = rest.takeRight(1)
        let isWide = size.columns >= 120
        let isWidest = size.columns >= 180
        switch screen {
        case .locate:
            add(.concept, rest.takeTop(1))
            let list = rest.takeLeft(isWide ? 48 : rest.width * 9 / 20)
            let steering = isWidest ? rest.takeRight(64) : nil
            add(.units, list)
            add(.profile, gutter(rest, right: steering != nil))
            if let steering { add(.steering, steering) }
        case .units:
            add(.filter, rest.takeTop(1))
            let standard = isWidest ? 104 : isWide ? 64 : rest.width * 11 / 20
            // Figures that were chosen have the room that they need, as long as a profile stays beside them.
            let wanted = columns.map { UnitColumns.width(of: $0) } ?? 0
            add(.table, rest.takeLeft(max(standard, min(wanted, rest.width - 36))))
            add(.profile, gutter(rest))
        case .steer:
            add(.concept, rest.takeTop(1))
            if isWide { add(.units, rest.takeLeft(40)) }
            let profile = isWidest ? rest.takeRight(72) : nil
            add(.steering, isWide ? gutter(rest, right: profile != nil) : rest)
            if let profile { add(.profile, profile) }
        case .findings:
            add(.filter, rest.takeTop(1))
            add(.findings, rest.takeLeft(isWide ? rest.width / 2 : rest.width * 9 / 20))
            detail = gutter(rest)
        case .map:
            if searchesMap { add(.filter, rest.takeTop(1)) }
            add(.map, rest.takeLeft(isWide ? rest.width * 3 / 5 : rest.width * 11 / 20))
            add(.profile, gutter(rest))
        }
    }

    private mutating func add(_ panel: Panel, _ area: Area) { panels.append((panel, area)) }

    /// The area less the columns that part it from its neighbours.
    private func gutter(_ area: Area, right: Bool = false) -> Area {
        var area = area
        _ = area.takeLeft(2)
        if right { _ = area.takeRight(2) }
        return area
    }

    subscript(panel: Panel) -> Area? { panels.first { $0.panel == panel }?.area }

    /// A panel's area below its title.
    func inside(_ panel: Panel) -> Area? {
        self[panel].map { area in
            var area = area
            _ = area.takeTop(panel == .table ? 2 : 1)
            return area
        }
    }

    func panel(at point: Point) -> (panel: Panel, area: Area)? { panels.first { $0.area.contains(point) } }

    /// Where each tab stands in the top line.
    static func tabs(in line: Area, findings: Int) -> [(screen: Screen, label: String, area: Area)] {
        var column = line.column + 9
        return Screen.allCases.enumerated().map { index, screen in
            let count = screen == .findings && findings > 0 ? " (\(findings))" : ""
            let label = " \(index + 1) \(screen.title)\(count) "
            defer { column += label.count + 1 }
            return (screen, label, Area(column: column, row: line.row, width: label.count, height: 1))
        }
    }
}
