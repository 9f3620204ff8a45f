import Analysis

extension State {
    /// Neurons or features.
    mutating func switchUnits(_ study: OpenStudy) {
        guard study.facts.features > 0 else {
            return tell(Self.noFeatures)
        }
        steer.list.units = unitKind == .neuron ? .feature : .neuron
        showUnits()
    }

    static let noFeatures = "No features of this layer yet: B trains or imports an autoencoder"

    /// Begins anew on lists of other units.
    mutating func showUnits() {
        locate.cursor = ListCursor()
        units.cursor = ListCursor()
        map.forget()
    }

    /// Sorts by the column whose header is under a point, or the other way round.
    mutating func sort(byHeaderAt point: Point, _ header: Area) {
        let columns = UnitColumns(header: header, sort: units.sort, chosen: unitColumns)
        guard let column = columns.cells.first(where: { $0.area.contains(point) }) else { return }
        if column.sort == units.sort { units.isReversed.toggle() } else { units.sort = column.sort }
    }
}
