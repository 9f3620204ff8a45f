import Analysis

/// Axes and legend of the plot of accuracy over β.
extension Painter {
    mutating func axes(_ slider: Slider, _ axis: AccuracyAxis, area: Area, cells: Area) {
        for depth in [0, 0.5, 1] {
            let row = Int((depth * Double(cells.height - 1)).rounded())
            frame.putRight(
                axis.label(at: depth), in: Area(column: area.column, row: cells.row + row, width: 5, height: 1),
                style: palette[.dim])
        }
        for row in 0..<cells.height {
            frame.put("│", at: Point(column: cells.column - 1, row: cells.row + row), style: palette[.border])
        }
        frame.put("╰", at: Point(column: cells.column - 1, row: cells.bottom), style: palette[.border])
        frame.fill(
            Area(column: cells.column, row: cells.bottom, width: cells.width, height: 1), with: "─",
            style: palette[.border])
        let identity = slider.column(of: state.steer.operator.identity, width: cells.width)
        frame.put("┴", at: Point(column: cells.column + identity, row: cells.bottom), style: palette[.border])
        let labels = Area(column: cells.column, row: cells.bottom + 1, width: cells.width, height: 1)
        for step in 0...4 {
            let (lower, upper) = (slider.range.lowerBound, slider.range.upperBound)
            let value = lower + (upper - lower) * Double(step) / 4
            let isWhole = abs(value - value.rounded()) < 1e-9
            let text = fixed(value, isWhole ? 0 : slider.decimals, signed: state.steer.operator == .adding)
            let column = slider.column(of: value, width: labels.width) - (step == 4 ? text.count - 1 : text.count / 2)
            frame.put(text, at: labels.point(max(0, column)), style: palette[.dim])
        }
        frame.put("β", at: Point(column: area.column + 4, row: cells.bottom + 1), style: palette[.dim])
    }

    mutating func legend(_ reading: SteerReading, in line: Area) {
        frame.fill(line, with: "─", style: palette[.border])
        let name = reading.target?.name ?? ""
        let verb = state.steer.operator == .scaling ? "scaled by β" : "with β added"
        let title = line.width >= 72 ? "Accuracy, units \(verb)" : "Accuracy over β"
        let used = frame.put(
            " \(title) ", at: line.point(2), width: line.width - 4, style: palette[.text].with(.bold))
        var rest = line
        _ = rest.takeLeft(used + 4)
        _ = rest.takeRight(2)
        let shortName = name.fitted(to: max(0, rest.width - 23))
        guard displayWidth(of: shortName) >= 3 else { return }
        var box = rest.takeRight(displayWidth(of: shortName) + 22)
        frame.fill(box, style: palette[.text])
        _ = box.takeLeft(1)
        frame.put("── ", at: box.takeLeft(3).origin, style: palette[.accent])
        frame.put(shortName, at: box.takeLeft(displayWidth(of: shortName) + 1).origin, style: palette[.text])
        frame.put("╌╌ ", at: box.takeLeft(3).origin, style: palette[.other])
        frame.put("other classes", at: box.origin, width: box.width, style: palette[.text])
    }
}
