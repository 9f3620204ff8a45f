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
