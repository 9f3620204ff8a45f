import Analysis

extension OverlayLayout {
    static func concepts(in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(130, size.columns - 2), height: size.rows - 1, in: size)
    }

    /// Rows of units, below a line of what both share and the titles of the columns.
    var conceptRows: Area {
        var rest = inside
        _ = rest.takeTop(3)
        return rest
    }
}

extension Painter {
    mutating func conceptPairOverlay(_ study: OpenStudy, _ place: ConceptPairPlace) {
        let own = state.steer.list.active.concept
        guard let other = place.other else { return chooseConcept(place, beside: own) }
        let layout = OverlayLayout.concepts(in: frame.size)
        let inside = box(layout, "“\(own)” beside “\(other)”".fitted(to: layout.inside.width - 2))
        guard let (first, second) = state.conceptPairLists, let list = state.overlayList(in: frame.size) else {
            return hint(["Looking for the units of both…"], in: inside)
        }
        frame.put(
            sharing(study, first, second).fitted(to: inside.width), at: inside.origin, width: inside.width,
            style: palette[.text].with(.bold))
        let width = (inside.width - 2) / 2
        for (found, opposite, isOther) in [(first, second, false), (second, first, true)] {
            let column = isOther ? inside.end - width : inside.column
            let title = "\(found.concept) · class \(found.target.name)"
            _ = pane(
                title, in: Area(column: column, row: inside.row + 2, width: width, height: 1),
                focused: place.isOnOther == isOther)
            let top = [found.units.first, found.units.last].reduce(0) { max($0, abs(Double($1?.score ?? 0))) }
            let shared = state.shared(found.units, with: opposite)
            for (row, line) in list.rows(place.cursor) where row < found.units.count {
                let area = Area(column: column, row: line.row, width: width, height: 1)
                put(found.units[row], row, shared[row], top: top, in: area)
                if row == place.cursor.selected { select(area, focused: place.isOnOther == isOther) }
            }
        }
    }

    /// Sign, unit, bar, score, and what the unit is described by.
    private mutating func put(_ ranked: RankedUnit, _ row: Int, _ shared: SharedUnit?, top: Double, in line: Area) {
        var rest = line
        let isInSet = row < state.steer.setSize
        frame.put(isInSet ? "▎" : " ", at: rest.takeLeft(1).origin, style: palette[.accent])
        let sign =
            switch shared {
            case .same: "="
            case .otherPole: "±"
            case nil: " "
            }
        frame.put(sign, at: rest.takeLeft(2).origin, style: palette[.accent].with(.bold))
        frame.put(
            ranked.unit.shortName.fitted(to: 6), at: rest.takeLeft(7).origin,
            style: palette[shared == nil ? .text : .accent])
        let barWidth = rest.width > 40 ? rest.width - 32 : 0
        if barWidth > 0 {
            frame.bar(
                Double(ranked.score) / max(top, .leastNormalMagnitude), in: rest.takeLeft(barWidth),
                style: palette[.bar])
        }
        frame.putRight(
            fixed(Double(ranked.score), decimals(for: top)), in: rest.takeLeft(8), style: palette[.text])
        _ = rest.takeLeft(1)
        guard let summary = state.units[ranked.unit] else { return }
        frame.put(
            summary.concept.concept.fitted(to: rest.width), at: rest.origin, width: rest.width, style: palette[.dim])
    }

    /// `7 of the first 20 units are shared (=); of two sets drawn at random 2.1 of 192 would be`
    private func sharing(_ study: OpenStudy, _ first: Localization, _ second: Localization) -> String {
        let size = min(state.steer.setSize, first.units.count, second.units.count)
        let shared = state.shared(Array(first.units.prefix(size)), with: second).values
        let all = state.unitKind == .feature ? study.facts.features : first.units.count
        let chance = Double(size) * Double(size) / Double(max(1, all))
        let other = shared.count { $0 == .otherPole }
        return
            "by \(first.ranking.name): \(shared.count { $0 == .same }) of the first \(counted(size, "unit")) shared (=)"
            + (other > 0 ? ", \(other) by the other pole (±)" : "")
            + "; of \(grouped(all)) at random \(fixed(chance, 1))"
    }

    private mutating func chooseConcept(_ place: ConceptPairPlace, beside own: String) {
        let layout = OverlayLayout.palette(in: frame.size)
        _ = box(layout, "Beside “\(own)”".fitted(to: layout.inside.width - 2))
        field(
            place.field, label: "Concept", placeholder: "any words, or one of these", in: layout.inside.line(0),
            focused: true)
        guard let list = state.overlayList(in: frame.size) else { return }
        let choices = state.conceptChoices(place)
        for (row, line) in list.rows(place.cursor) {
            frame.put(
                choices[row].fitted(to: line.width - 1), at: line.point(1), width: line.width - 1,
                style: palette[.text])
            if row == place.cursor.selected { select(line, focused: true) }
        }
    }
}
