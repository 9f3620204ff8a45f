import Analysis

extension State {
    /// The cells of the map that hold points; nil where the screen shows none.
    var mapCells: Area? { layout.inside(.map).map { MapLayout(in: $0, map).plot } }

    private func projection(_ cells: Area) -> MapProjection {
        MapProjection(map.bounds, map.window, width: cells.width * 2, height: cells.height * 4)
    }

    mutating func perform(onMap command: Command) {
        guard map.shown != nil, let cells = mapCells else {
            if command == .mapAgain { mapAgain() }
            return
        }
        switch command {
        case .nearestUnit(let columns, let rows): selectNearest(columns, rows, cells)
        case .panMap(let columns, let rows):
            let projection = projection(cells)
            let step = SIMD2(Float(columns * cells.width) / 2, Float(-rows * cells.height)) / projection.scale
            map.window.center = projection.center + step
        case .zoomMap(let steps):
            // Towards the unit, where it is in sight; the first step begins there.
            if steps > 0, let point = map.selectedPoint { map.window.center = SIMD2(point.x, point.y) }
            setZoom(map.window.zoom + steps)
        case .wholeMap: map.window = MapWindow()
        case .nextOfGroup(let step): selectNextOfGroup(step, cells)
        case .switchColoring: map.coloring = map.coloring == .category ? .class : .category
        case .mapAgain: mapAgain()
        default: break
        }
    }

    /// Starts the layout that was stopped.
    private mutating func mapAgain() {
        guard map.isStopped else { return }
        map.isStopped = false
        map.attempt += 1
    }

    mutating func stopMapping() -> [Effect] {
        guard let job = jobs.stop(.map) else { return [] }
        map.isStopped = true
        tell("The layout is stopped; r starts it again")
        return [.cancel(job)]
    }

    private mutating func setZoom(_ zoom: Int) {
        map.window.zoom = max(0, min(MapWindow.deepest, zoom))
        if map.window.zoom == 0 { map.window.center = nil }
    }

    /// The unit that is least far in a direction, sideways counting double.
    private mutating func selectNearest(_ columns: Int, _ rows: Int, _ cells: Area) {
        guard map.places.indices.contains(map.selected) else { return }
        let from = map.places[map.selected]
        let direction = SIMD2(Float(columns), Float(-rows))
        var best: (index: Int, cost: Float)?
        for (index, place) in map.places.enumerated() {
            let d = place - from
            let along = (d * direction).sum()
            let across = abs((d * SIMD2(direction.y, -direction.x)).sum())
            guard along > 0, across <= 2 * along else { continue }
            let cost = along + 2 * across
            if cost < best?.cost ?? .infinity { best = (index, cost) }
        }
        if let best { select(best.index, cells) }
    }

    private mutating func selectNextOfGroup(_ step: Int, _ cells: Area) {
        if let next = map.nextFound(step) { return select(next, cells) }
        let groups = map.grouping.ofPoint
        guard groups.indices.contains(map.selected) else { return }
        let count = groups.count
        for distance in 1...count {
            let index = ((map.selected + step * distance) % count + count) % count
            if groups[index] == groups[map.selected] { return select(index, cells) }
        }
    }

    /// Selects a unit, and moves the window no further than it takes to show it.
    private mutating func select(_ index: Int, _ cells: Area) {
        map.selected = index
        let projection = projection(cells)
        let dot = projection.dot(map.places[index])
        let (width, height) = (cells.width * 2, cells.height * 4)
        let (x, y) = (max(2, min(width - 3, dot.x)), max(2, min(height - 3, dot.y)))
        guard map.window.zoom > 0, x != dot.x || y != dot.y else { return }
        let step = SIMD2(Float(dot.x - x), Float(y - dot.y)) / projection.scale
        map.window.center = projection.center + step
    }

    /// Selects the unit nearest to a point of the screen.
    mutating func selectOnMap(at point: Point) {
        guard let cells = mapCells, cells.contains(point) else { return }
        let place = place(of: point, cells)
        func distance(_ index: Int) -> Float {
            let d = map.places[index] - place
            return (d * d).sum()
        }
        if let nearest = map.places.indices.min(by: { distance($0) < distance($1) }) { map.selected = nearest }
    }

    /// Zooms so that what is under a point of the screen stays there.
    mutating func zoomMap(by steps: Int, around point: Point) {
        guard map.shown != nil, let cells = mapCells, cells.contains(point) else { return }
        let before = place(of: point, cells)
        map.window.center = projection(cells).center
        setZoom(map.window.zoom + steps)
        guard map.window.zoom > 0, let center = map.window.center else { return }
        map.window.center = center + before - place(of: point, cells)
    }

    private func place(of point: Point, _ cells: Area) -> SIMD2<Float> {
        projection(cells).place(x: (point.column - cells.column) * 2 + 1, y: (point.row - cells.row) * 4 + 2)
    }
}
