/// Where the panels of the present screen stand: shared by the view, which draws them, and by the mouse, which hits them.
struct Layout {
    static let smallest = Size(columns: 60, rows: 16)

    let tabs: Area
    let footer: Area
    /// In the order Tab visits them.
    private(set) var panels: [(panel: Panel, area: Area)] = []
    /// On Findings, beside the list: what the selected one says.
    private(set) var detail: Area?

    init(screen: Screen, size: Size) {
        var rest = Area(size)
        tabs = rest.takeTop(1)
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
            add(.table, rest.takeLeft(isWidest ? 104 : isWide ? 64 : rest.width * 11 / 20))
            add(.profile, gutter(rest))
        case .steer:
            add(.concept, rest.takeTop(1))
            if isWide { add(.units, rest.takeLeft(40)) }
            let profile = isWidest ? rest.takeRight(72) : nil
            add(.steering, isWide ? gutter(rest, right: profile != nil) : rest)
            if let profile { add(.profile, profile) }
        case .findings:
            add(.findings, rest.takeLeft(isWide ? rest.width / 2 : rest.width * 9 / 20))
            detail = gutter(rest)
        case .map:
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

/// The parts of the steering pane.
struct SteeringLayout {
    /// A line for each slider.
    let sliders: [SteerState.Row: Area]
    /// A line for each intervention, where there are several.
    let entries: Area
    /// The units of the set, by name.
    let members: Area
    let readOut: Area
    let plot: Area

    static let labelWidth = 12
    static let valueWidth = 8

    /// - Parameter entries: how many interventions there are.
    init(in area: Area, entries count: Int) {
        var rest = area
        _ = rest.takeTop(1)
        let sideBySide = area.width >= 76
        var controls: Area
        if sideBySide {
            var upper = rest.takeTop(min(7, rest.height / 2))
            controls = upper.takeLeft(upper.width / 2 - 2)
            _ = upper.takeLeft(3)
            readOut = upper
        } else {
            controls = rest.takeTop(min(6, rest.height / 3))
            readOut = rest.takeTop(min(6, rest.height / 2))
        }
        sliders = Dictionary(
            uniqueKeysWithValues: SteerState.Row.allCases.map { ($0, controls.takeTop(1)) })
        _ = controls.takeTop(controls.height > 2 ? 1 : 0)
        members = controls
        entries = rest.takeTop(count > 1 ? min(count, max(1, rest.height - 6)) : 0)
        plot = rest
    }

    /// The cells of a slider that the knob moves on.
    func track(_ row: SteerState.Row) -> Area {
        guard let line = sliders[row] else { return Area(column: 0, row: 0, width: 0, height: 0) }
        return Area(
            column: line.column + Self.labelWidth, row: line.row,
            width: line.width - Self.labelWidth - Self.valueWidth, height: line.height)
    }

    /// The cells of the plot that stand for a β: without the axis labels.
    var plotCells: Area {
        var cells = plot
        _ = cells.takeTop(1)
        _ = cells.takeBottom(2)
        _ = cells.takeLeft(6)
        _ = cells.takeRight(1)
        return cells
    }
}
