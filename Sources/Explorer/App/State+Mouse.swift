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
            guard let panel = layout.panel(at: mouse.point)?.panel else { break }
            focus = panel
            press(panel, at: mouse.point, layout, study)
        case .wheelUp, .wheelDown:
            guard let panel = layout.panel(at: mouse.point)?.panel else { break }
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
        if let list = list(panel, in: layout) { press(at: point, in: list) }
        switch panel {
        case .table:
            guard let inside = layout.inside(.table), point.row == inside.row - 1 else { break }
            sort(byHeaderAt: point, Area(column: inside.column, row: point.row, width: inside.width, height: 1))
        case .steering: press(steeringAt: point, layout, study)
        case .map: selectOnMap(at: point)
        case .concept: concept.deselect()
        case .filter, .units, .findings, .profile: break
        }
    }

    private mutating func turnWheel(
        _ direction: Int, over panel: Panel, at point: Point, _ layout: Layout, _ study: OpenStudy
    ) {
        if let list = list(panel, in: layout) { return scroll(by: direction, in: list) }
        switch panel {
        case .steering: turnWheel(direction, overSteeringAt: point, layout, study)
        case .map: zoomMap(by: -direction, around: point)
        case .concept, .filter, .units, .table, .findings, .profile: break
        }
    }
}
