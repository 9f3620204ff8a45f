import Analysis

/// The mouse over the steering pane.
extension State {
    mutating func press(steeringAt point: Point, _ layout: Layout, _ study: OpenStudy) {
        guard let parts = steeringLayout(layout) else { return }
        if parts.entries.contains(point) {
            selectIntervention(shownEntries(parts).lowerBound + point.row - parts.entries.row)
        }
        guard let row = grabbed(at: point, in: parts) else { return }
        choose(row)
        steer.dragged = row
        drag(row, to: point, layout, study)
    }

    mutating func drag(_ row: SteerState.Row, to point: Point, _ layout: Layout, _ study: OpenStudy) {
        guard let parts = steeringLayout(layout) else { return }
        let track = parts.plotCells.contains(point) && row != .size ? parts.plotCells : parts.track(row)
        guard track.width > 1 else { return }
        set(row, to: slider(row, study).value(at: point.column - track.column, width: track.width), study)
    }

    mutating func turnWheel(_ direction: Int, overSteeringAt point: Point, _ layout: Layout, _ study: OpenStudy) {
        guard let parts = steeringLayout(layout) else { return }
        if let row = grabbed(at: point, in: parts) { choose(row) }
        slide(by: -direction, fine: false, study)
    }

    /// The parts of the steering pane; nil where there are no sliders in it.
    private func steeringLayout(_ layout: Layout) -> SteeringLayout? {
        guard study?.whyNotCounted == nil else { return nil }
        return layout[.steering].map { SteeringLayout(in: $0, entries: steer.list.entries.count) }
    }

    /// The interventions on show where not all fit: always the selected one.
    func shownEntries(_ parts: SteeringLayout) -> Range<Int> {
        let (count, height) = (steer.list.entries.count, parts.entries.height)
        let first = max(0, min(count - height, steer.list.selected - height / 2))
        return first..<min(count, first + height)
    }

    /// The slider under a point: its own line, or the plot for the β in force.
    private func grabbed(at point: Point, in parts: SteeringLayout) -> SteerState.Row? {
        if let row = SteerState.Row.allCases.first(where: { parts.sliders[$0]?.contains(point) == true }) { return row }
        guard parts.plotCells.contains(point) else { return nil }
        return steer.operator == .scaling ? .scaling : .adding
    }
}
