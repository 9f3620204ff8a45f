import Analysis

extension State {
    /// A click goes where it points; a drag holds its slider until the button is let go.
    mutating func handle(_ mouse: Mouse) -> [Effect] {
        guard let study else { return [] }
        let layout = layout
        switch mouse.kind {
        case .release: steer.dragged = nil
        case .drag:
            if let row = steer.dragged { drag(row, to: mouse.point, layout, study) }
        case .press:
            message = nil
            steer.dragged = nil
            if layout.tabs.contains(mouse.point) { return press(tabAt: mouse.point, layout) }
            guard let (panel, _) = layout.panel(at: mouse.point) else { break }
            focus = panel
            locate.field.deselect()
            press(panel, at: mouse.point, layout, study)
        case .wheelUp, .wheelDown:
            guard let (panel, _) = layout.panel(at: mouse.point) else { break }
            turnWheel(mouse.kind == .wheelUp ? -1 : 1, over: panel, at: mouse.point, layout, study)
        }
        return []
    }

    private mutating func press(tabAt point: Point, _ layout: Layout) -> [Effect] {
        let tabs = Layout.tabs(in: layout.tabs, findings: findings.all.count)
        guard let tab = tabs.first(where: { $0.area.contains(point) }) else { return [] }
        return perform(.show(tab.screen))
    }

    private mutating func press(_ panel: Panel, at point: Point, _ layout: Layout, _ study: OpenStudy) {
        guard let inside = layout.inside(panel) else { return }
        let row = point.row - inside.row
        switch panel {
        case .concept, .filter: break
        case .units where row >= 0:
            let count = locate.found?.units.count ?? 0
            let index = locate.cursor.visible(count: count, height: inside.height).lowerBound + row
            if index < count { locate.cursor.select(index, count: count, height: inside.height) }
        case .table where row >= 0:
            let count = units.shown.count
            let index = units.cursor.visible(count: count, height: inside.height).lowerBound + row
            if index < count { units.cursor.select(index, count: count, height: inside.height) }
        case .table where row == -1: sort(byHeaderAt: point, inside)
        case .findings where row >= 0:
            let (count, height) = (findings.all.count, inside.height / 2)
            let index = findings.cursor.visible(count: count, height: height).lowerBound + row / 2
            if index < count { findings.cursor.select(index, count: count, height: height) }
        case .profile:
            guard let area = profileLayout?.concepts, area.contains(point) else { break }
            let count = profile.shown?.concepts.count ?? 0
            let index = profile.cursor.visible(count: count, height: area.height).lowerBound + point.row - area.row
            if index < count { profile.cursor.select(index, count: count, height: area.height) }
        case .steering:
            guard let area = layout[.steering] else { break }
            let parts = SteeringLayout(in: area, entries: steer.list.entries.count)
            if parts.entries.contains(point) {
                selectIntervention(shownEntries(parts).lowerBound + point.row - parts.entries.row)
            }
            guard let row = grabbed(at: point, in: parts) else { break }
            choose(row)
            steer.dragged = row
            drag(row, to: point, layout, study)
        case .map: selectOnMap(at: point)
        default: break
        }
    }

    private mutating func sort(byHeaderAt point: Point, _ inside: Area) {
        let header = Area(column: inside.column, row: point.row, width: inside.width, height: 1)
        guard let column = UnitColumns(header: header, sort: units.sort).cells.first(where: { $0.area.contains(point) })
        else { return }
        if column.sort == units.sort { units.isReversed.toggle() } else { units.sort = column.sort }
    }

    /// The slider under a point: its own line, or the plot for the β in force.
    private func grabbed(at point: Point, in parts: SteeringLayout) -> SteerState.Row? {
        if let row = SteerState.Row.allCases.first(where: { parts.sliders[$0]?.contains(point) == true }) { return row }
        guard parts.plotCells.contains(point) else { return nil }
        return steer.operator == .scaling ? .scaling : .adding
    }

    private mutating func drag(_ row: SteerState.Row, to point: Point, _ layout: Layout, _ study: OpenStudy) {
        guard let area = layout[.steering] else { return }
        let parts = SteeringLayout(in: area, entries: steer.list.entries.count)
        let track = parts.plotCells.contains(point) && row != .size ? parts.plotCells : parts.track(row)
        guard track.width > 1 else { return }
        set(row, to: slider(row, study).value(at: point.column - track.column, width: track.width), study)
    }

    private mutating func turnWheel(
        _ direction: Int, over panel: Panel, at point: Point, _ layout: Layout, _ study: OpenStudy
    ) {
        let height = layout.inside(panel)?.height ?? 1
        switch panel {
        case .units:
            locate.cursor.select(
                locate.cursor.selected + direction, count: locate.found?.units.count ?? 0, height: height)
        case .table: units.cursor.select(units.cursor.selected + direction, count: units.shown.count, height: height)
        case .findings:
            findings.cursor.select(
                findings.cursor.selected + direction, count: findings.all.count, height: height / 2)
        case .profile:
            profile.cursor.select(
                profile.cursor.selected + direction, count: profile.shown?.concepts.count ?? 0,
                height: profileLayout?.concepts.height ?? 1)
        case .steering:
            if let area = layout[.steering],
                let row = grabbed(at: point, in: SteeringLayout(in: area, entries: steer.list.entries.count))
            {
                choose(row)
            }
            slide(by: -direction, fine: false, study)
        case .map: zoomMap(by: -direction, around: point)
        case .concept, .filter: break
        }
    }
}
